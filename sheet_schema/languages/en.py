"""English."""

from __future__ import annotations

from sheet_schema.language import Language

LANGUAGE = Language(
    code="en",
    tabs={
        "codes": "Promo codes",
        "redemptions": "Redemptions",
        "campaigns": "Campaigns",
        "pool": "Code pool",
        "guard": "_promosheet",
        "help": "Start here",
        "dashboard": "Dashboard",
        "problems": "Problems",
    },
    columns={
        "codes": {
            "code": "Promo code",
            "campaign": "Campaign",
            "subscriber_id": "Subscriber ID",
            "name": "Subscriber name",
            "platform": "Platform",
            "issue_date": "Issue date",
            "expiration_date": "Expiration date",
            "status": "Status",
            "usage_channel": "Usage channel",
            "used_on": "Used on",
            "delivery": "Delivery",
        },
        "redemptions": {
            "time": "Time",
            "code": "Promo code",
            "event": "Event",
            "usage_channel": "Usage channel",
            "subscriber_id": "Subscriber ID",
            "reference": "Reference",
            "by": "By",
            "request_id": "Request ID",
            "claim": "Claim",
        },
        "campaigns": {
            "campaign": "Campaign",
            "active": "Active",
            "discount": "Discount",
            "code_source": "Code source",
            "prefix": "Prefix",
            "length": "Length",
            "shared_code": "Shared code",
            "valid_days": "Valid for (days)",
            "starts_on": "Starts on",
            "ends_on": "Ends on",
            "total_limit": "Total limit",
            "codes_per_subscriber": "Codes per subscriber",
            "uses_per_code": "Uses per code",
            "holder_only": "Holder only",
            "remind_days": "Remind (days before)",
            "message": "Message",
        },
        "pool": {"code": "Promo code", "campaign": "Campaign"},
        "guard": {},
        "help": {},
        "dashboard": {},
        "problems": {
            "tab": "Tab",
            "cell": "Cell",
            "found": "What is there",
            "wrong": "What is wrong",
            "mend": "What to do",
        },
    },
    aliases={
        "code": ("Code", "Promotional code", "Discount code"),
        "campaign": ("Campaign name", "Promotion", "Offer"),
        "subscriber": (
            "Subscriber",
            "Subscriber name/ID",
            "Subscriber ID/name",
            "Name/ID",
            "ID/name",
            "Name or ID",
            "Subscriber name or ID",
            "Client",
            "Customer",
            "User",
            "Issued to",
            "Given to",
        ),
        "subscriber_id": ("ID", "User ID", "Client ID", "Customer ID", "BotHelp ID", "Subscriber's ID"),
        "name": ("Name", "Full name", "Client name", "Customer name", "User name", "Subscriber's name"),
        "platform": ("Messenger",),
        "issue_date": (
            "Issued",
            "Issued on",
            "Date issued",
            "Date of issue",
            "Date of issuance",
            "Issuance date",
            "Given on",
        ),
        "expiration_date": (
            "Expires",
            "Expires on",
            "Expiry",
            "Expiry date",
            "Expiration",
            "Date of expiry",
            "Valid until",
            "Valid till",
            "Valid to",
            "Valid through",
            "End date",
        ),
        "status": ("State", "Code status", "Used/unused", "Used or unused", "Status used/unused"),
        "usage_channel": ("Channel", "Channel of use", "Used in", "Used at", "Where used", "Place of use"),
        "used_on": ("Use date", "Usage date", "Date used", "Date of use", "Redeemed on"),
        "delivery": (),
    },
    words={
        "unused": "unused",
        "used": "used",
        "void": "void",
        "redeemed": "redeemed",
        "rolled_back": "rolled back",
        "withdrawn": "withdrawn",
        "reminded": "reminded",
        "sent": "sent",
        "failed": "failed",
        "unknown": "unknown",
        "generated": "generated",
        "pool": "pool",
        "shared": "shared",
        "yes": "yes",
        "no": "no",
    },
    spellings={
        "yes": ("y", "true", "1", "x"),
        "no": ("n", "false", "0"),
        "unused": ("un-used", "not used", "not-used", "not yet used", "not used yet"),
        "used": ("already used",),
        "void": ("voided", "cancelled", "canceled"),
    },
    sentences={
        "issued": "Your promo code is {code}. Use it when you order or pay.",
        "issued_expires": "Your promo code is {code}, valid until {expires}. Use it when you order or pay.",
        "issued_discount": "Your promo code is {code} ({discount}). Use it when you order or pay.",
        "issued_discount_expires": (
            "Your promo code is {code} ({discount}), valid until {expires}. Use it when you order or pay."
        ),
        "already_issued": "You already have a promo code: {code}. Use it when you order or pay.",
        "already_issued_expires": (
            "You already have a promo code: {code}, valid until {expires}. Use it when you order or pay."
        ),
        "already_issued_discount": (
            "You already have a promo code: {code} ({discount}). Use it when you order or pay."
        ),
        "already_issued_discount_expires": (
            "You already have a promo code: {code} ({discount}), valid until {expires}. Use it when you order or pay."
        ),
        "valid": "Promo code {code} is valid and can be used now.",
        "valid_expires": "Promo code {code} is valid until {expires} and can be used now.",
        "valid_discount": "Promo code {code} ({discount}) is valid and can be used now.",
        "valid_discount_expires": "Promo code {code} ({discount}) is valid until {expires} and can be used now.",
        "redeemed": "Done: the promo code has been redeemed.",
        "rolled_back": "Done: the redemption has been undone, and the promo code can be used again.",
        "listed": "Redeemed today: {count}.",
        "already_used": "This promo code has already been used. If that was not you, ask the shop.",
        "already_used_on": "This promo code was already used on {used_on}. If that was not you, ask the shop.",
        "already_used_on_at": (
            "This promo code was already used on {used_on} ({channel}). If that was not you, ask the shop."
        ),
        "expired": "This promo code has expired. Ask the shop about the next offer.",
        "expired_on": "This promo code was valid until {expires}. Ask the shop about the next offer.",
        "void": "This promo code has been cancelled. Ask the shop for help.",
        "not_found": (
            "There is no such promo code. Check every letter and digit and try again, or ask the shop for help."
        ),
        "not_yours": "This promo code was issued to another person. Use your own one, or ask the shop for help.",
        "subscriber_limit_reached": (
            "This promo code has been used as often as one person may. Ask the shop about other offers."
        ),
        "not_redeemed": (
            "There is no redemption to undo. Check the promo code, and undo it where it was redeemed, "
            "or ask the manager."
        ),
        "campaign_not_found": "There is no such offer. Ask the shop which offers are on.",
        "campaign_inactive": "This offer is switched off at the moment. Ask the shop which offers are on.",
        "campaign_not_started": "This offer starts on {starts}. Come back then for your promo code.",
        "campaign_ended": "This offer is over. Ask the shop about the next one.",
        "campaign_limit_reached": "All promo codes of this offer have been given out. Ask the shop about the next one.",
        "out_of_codes": "There are no promo codes left right now. Try again later, or ask the shop.",
        "invalid_request": "There is a mistake in the request, in {field}: {why}. Correct it and send it again.",
        "why_missing": "it is missing",
        "why_empty": "it is empty",
        "why_request_ids_differ": "it differs from the header Idempotency-Key",
        "why_not_utf8": "it is not UTF-8",
        "why_too_deep": "it is nested too deeply",
        "why_not_json": "it is not JSON",
        "why_not_an_object": "it has to be one JSON object",
        "why_not_a_flag": "it is neither 1 nor 0",
        "why_twice": "it came twice, with different values",
        "why_not_a_scalar": "it has to be a text or a whole number",
        "why_too_long": "it is too long",
        "why_placeholder": "the bot has not filled in its placeholder",
        "why_characters": "it has characters that cannot be shown",
        "why_no_active_campaign": "name the campaign, there is no active one",
        "why_several_campaigns": "name the campaign, several are active",
        "why_several_redemptions": "several redemptions of this code stand, say which one",
        "idempotency_mismatch": "This request ID was used before for something else. Send the call with a new one.",
        "busy": "Many requests came at once. Try again in a few seconds.",
        "sheet_broken": "The promo codes cannot be read right now. Ask the shop, or try again later.",
        "too_many": "There were too many attempts. Wait ten minutes and try again, or ask the shop for help.",
        "unauthorized": "The key is missing or wrong. Send one that the owner of the promo codes gave you.",
        "forbidden": "This key is not meant for this call. Ask the owner of the promo codes for another one.",
        "not_found_path": "There is nothing at this address. Check the end of the URL.",
        "method_not_allowed": "This address does not take such a request. Check whether it has to be GET or POST.",
        "too_large": "The request is too large. Send no more than 16,384 bytes.",
        "reminder": (
            "Your promo code {code} has not been used yet, and it is valid until {expires}. Show it when you order "
            "or pay."
        ),
        "reminder_discount": (
            "Your promo code {code} ({discount}) has not been used yet, and it is valid until {expires}. Show it when "
            "you order or pay."
        ),
        "telegram_help": "Send the name of an offer to get your promo code, or send a promo code to check it.",
        "telegram_qr": "Show as a QR code",
        "telegram_qr_failed": "The picture could not be sent. Try again in a minute, or show the promo code itself.",
    },
    titles={
        "issued": "Promo code issued",
        "already_issued": "Promo code already issued",
        "valid": "Promo code valid",
        "redeemed": "Promo code redeemed",
        "rolled_back": "Redemption undone",
        "listed": "Redeemed today",
        "already_used": "Promo code already used",
        "expired": "Promo code expired",
        "void": "Promo code cancelled",
        "not_found": "No such promo code",
        "not_yours": "Another person's promo code",
        "subscriber_limit_reached": "Person's limit reached",
        "not_redeemed": "No redemption to undo",
        "campaign_not_found": "No such campaign",
        "campaign_inactive": "Campaign switched off",
        "campaign_not_started": "Campaign not started",
        "campaign_ended": "Campaign is over",
        "campaign_limit_reached": "Campaign limit reached",
        "out_of_codes": "No codes left",
        "invalid_request": "Mistake in request",
        "idempotency_mismatch": "Request ID used before",
        "busy": "Try again soon",
        "sheet_broken": "Spreadsheet needs mending",
        "too_many": "Too many attempts",
        "unauthorized": "Key missing or wrong",
        "forbidden": "Key not allowed",
        "not_found_path": "No such address",
        "method_not_allowed": "Wrong request method",
        "too_large": "Request too large",
    },
    faults={
        "several_by_hand": (
            "Several tabs look like '{tab}': {others}.",
            "Rename the one that is, for example to '{tab}', and run the command again; nothing has been changed.",
        ),
        "header_below": (
            "The titles of the columns of {others} stand in row {found}, not in row 1.",
            (
                "Delete or move the rows above them, so that for example 'Promo code' stands in row 1, and run the "
                "command again; nothing has been changed. If these are not your codes, add an empty tab '{tab}'."
            ),
        ),
        "no_header": (
            "Row 1 of {others} has no title '{column}', so it cannot be told which column is which.",
            (
                "Put a title over each column in row 1 (insert a row if there is none), for example Promo code, "
                "Status, and run the command again; nothing has been changed. If these are not your codes, add an "
                "empty tab '{tab}'."
            ),
        ),
        "missing_tab": (
            "The tab '{tab}' is missing.",
            "Bring it back with File > Version history, or run `promosheet sheet apply` for a new, empty one.",
        ),
        "doubled_tab": (
            "More than one tab could be '{tab}'; not read: {others}.",
            "Give the one that is not needed another name, for example 'Old {tab}', or delete it.",
        ),
        "missing_column": (
            "The column '{column}' of the tab '{tab}' is missing.",
            (
                "Bring it back with File > Version history, type its title '{column}' into row 1 above it, "
                "or run `promosheet sheet apply` for a new, empty one."
            ),
        ),
        "doubled_column": (
            "The tab '{tab}' has more than one column '{column}': {cells}.",
            "Keep one, and type another title above the other, for example '{column} (notes)'.",
        ),
        "not_a_date": ("'{found}' is not a date.", "Type the date like 2026-03-31 or 31.03.2026."),
        "date_two_ways": (
            "'{found}' can be read in two ways, by day or by month first.",
            "Type the date like 2026-03-31 or 31.03.2026.",
        ),
        "date_wrong_way": (
            "'{found}' has day and month the wrong way round.",
            "Type the date like 2026-03-31 or 31.03.2026.",
        ),
        "not_a_count": (
            "'{found}' is not a whole number from 1.",
            "Type a number like 5, or leave the cell empty.",
        ),
        "not_a_choice": ("'{found}' is none of the words for this column.", "Choose one of: {choices}."),
        "not_yes_no": ("'{found}' is neither yes nor no.", "Choose one of: {choices}."),
        "code_twice": (
            "The same promo code stands in more than one row: {cells}.",
            "Keep one row and delete the others, or type another code there, for example SPRING-2.",
        ),
        "code_alike": (
            "This promo code is read like '{other}': {cells}.",
            "Type a code that differs by more than capitals, spaces, dashes or O and 0, for example SPRING-2.",
        ),
        "campaign_twice": (
            "The same campaign stands in more than one row: {cells}.",
            "Keep one row and delete the others, or type another name there, for example Spring 2.",
        ),
        "unknown_campaign": (
            "There is no campaign '{found}' in the tab Campaigns: {cells}.",
            "Type a name as it stands there, for example Spring, or add the campaign there.",
        ),
        "shared_code_missing": (
            "The campaign gives everybody one shared code, but the cell Shared code is empty.",
            "Type the code into it, for example SPRING10.",
        ),
        "prefix_bad": (
            "'{found}' cannot be a prefix.",
            "Type up to 20 letters and digits, for example SPRING, or - for none.",
        ),
        "length_bad": ("'{found}' cannot be a length.", "Type a number from 6 to 20, for example 10."),
        "row_without_code": (
            "The row has no promo code.",
            "Type the code into it, for example SPRING-2, or delete the row.",
        ),
        "ends_before_start": (
            "The campaign ends before it starts.",
            "Type an Ends on that is not before Starts on, for example 2026-03-31 after 2026-03-01.",
        ),
        "stray_mark": (
            "The row shows the redemption of another promo code: rows were moved in the moment when it was written.",
            (
                "Choose unused in Status and empty Used on and Usage channel, for example with the Delete key; "
                "if this code was used, the tab Redemptions still knows."
            ),
        ),
        "used_too_often": (
            "The promo code was redeemed more often than Uses per code allows ({found}): {cells}.",
            (
                "Ask those named in By which redemption was real and delete the other row, "
                "or raise Uses per code, for example to 2."
            ),
        ),
        "withdrawn_row": (
            "The row was taken back in the moment when it was written: nobody was given this code by it.",
            "Delete the row: until then the Dashboard counts it, and nothing else does, for example Total limit.",
        ),
        "renamed_tab": (
            "The tab '{tab}' is called '{found}' now. It is still read.",
            "Leave it so, or give it its old name, for example for staff who look for it.",
        ),
        "time_zone_differs": (
            "The spreadsheet's time zone is {other}, the shop's is {found}: dates end at another hour than yours.",
            "Choose {found} in File > Settings, or type the right one, for example {other}, into the tab '{tab}'.",
        ),
        "limit_passed": (
            "Total limit is {found}, but {count} are out already: no more are given.",
            "Type a number above {count}, for example 500, or leave the cell empty for no limit.",
        ),
        "campaign_renamed": (
            "There is no campaign '{found}' in the tab Campaigns any more, and codes still bear its name: {cells}.",
            (
                "If it is '{other}' now, put that name there (Edit > Find and replace), "
                "or give the campaign its old name, for example '{found}'."
            ),
        ),
        "check_symbol": (
            "'{found}' looks like one of our codes, but one symbol is wrong: nobody was given it like this.",
            "Compare it with what the subscriber shows, or type a code of your own, for example SPRING-2.",
        ),
        "id_cut": (
            "The spreadsheet made a number of this and cut its last digits: '{found}'.",
            "Type it again with an apostrophe in front, for example '123456789012345678.",
        ),
        "date_swapped": (
            "The code ends on {found}, before it was given: maybe day and month have changed places.",
            "Type the day that was meant, for example {other}.",
        ),
        "expires_before_issue": (
            "The code ends on {found}, before it was given.",
            "Type a day that is not before Issue date, for example 2026-12-31, or leave the cell empty.",
        ),
        "used_without_redemption": (
            "The code says used, and the tab Redemptions knows nothing of it. It counts as used.",
            "If it was used, type the day into Used on, for example 2026-03-14; if not, choose unused.",
        ),
        "redeemed_but_unused": (
            "The code was redeemed, and its row does not say so. It counts as used.",
            "Choose used, for example from the drop-down.",
        ),
        "redeemed_unknown": (
            "'{found}' was redeemed, and no row of the tab Promo codes has it.",
            "If it was real, type it into Promo codes again, for example from File > Version history.",
        ),
        "pool_low": (
            "Few ready codes are left for the campaign '{other}': {count}; given out in the last 28 days: {found}.",
            "Paste more codes into the tab '{others}', with the name of the campaign beside each, for example {other}.",
        ),
        "pool_code_in_use": (
            "This ready code is out already, and not by its campaign: {cells}.",
            "Delete it here, or type another one, for example GIFT-0002.",
        ),
        "too_many_days": (
            "'{found}' days are more than a hundred years.",
            "Type a number up to 36500, for example 30, or leave the cell empty: then codes never end.",
        ),
        "shared_code_twice": (
            "More than one campaign has this shared code: {cells}. It is refused, for nobody can tell whose it is.",
            "Type another one into all but one of them, for example SPRING10.",
        ),
        "shared_code_elsewhere": (
            "The code is the shared code of the campaign '{other}', and these rows say otherwise: {cells}.",
            "Type the campaign there, for example {other}, or another code into Promo code.",
        ),
        "shared_code_changed": (
            (
                "'{found}' was given to several people, and the campaign's shared code is '{other}' now: the old one "
                "counts as a single code of them all."
            ),
            "Put '{found}' back into Shared code, and add a campaign for the new code, for example Spring 2.",
        ),
        "limit_passed_shared": (
            "Total limit is {found}, but the shared code was redeemed {count} times already: no more is accepted.",
            "Type a number above {count}, for example 500, or leave the cell empty for no limit.",
        ),
        "undone_but_used": (
            "The redemption of this code was undone, and its row still says used. The code can be used again.",
            "Choose unused in Status and empty Used on and Usage channel, for example with the Delete key.",
        ),
        "row_without_campaign": (
            "The ready code has no campaign: it is never given.",
            "Type the campaign, as it stands in the tab Campaigns, for example Gifts.",
        ),
        "unknown_placeholder": (
            "The message has '{other}' in braces, which is not filled in: subscribers would read it as it is typed.",
            "Choose one of code, expires, discount, name, and type it in one pair of braces, without spaces.",
        ),
        "bad_number_cell": (
            "Cell A1 of the hidden tab '{tab}' holds '{found}' and not a number.",
            "Empty the cell, it fills itself; or bring back the number with File > Version history, for example 125.",
        ),
    },
    notes={
        "codes": {
            "code": (
                "The code that the subscriber shows at the till. Promosheet fills it; to give a code by hand, type one "
                "into an empty row. Example: SPRING-7K2QM-4XWDA"
            ),
            "campaign": (
                "The campaign that the code belongs to, as it stands in the tab Campaigns. Promosheet fills it; so do "
                "you when you give a code by hand. Example: Spring"
            ),
            "subscriber_id": (
                "Who holds the code: the bot's number for this person. Promosheet fills it; empty for a code that "
                "anybody may use. Example: 1849"
            ),
            "name": (
                "The person's name, for you alone. The bot fills it. Delete this column, and no names are kept. "
                "Example: Anna"
            ),
            "platform": "Where the person asked. The bot fills it. Example: bothelp",
            "issue_date": "When the code was given. Promosheet fills it. Example: 2026-03-01 14:05",
            "expiration_date": (
                "The last day on which the code is good. Promosheet fills it, you may change it; empty: it never "
                "ends. Example: 2026-03-31"
            ),
            "status": (
                "unused, used or void. Promosheet writes used when the code is redeemed. Choose void to block a code; "
                "empty means unused."
            ),
            "usage_channel": "Where the code was redeemed. Promosheet fills it. Example: main-street",
            "used_on": "When the code was redeemed. Promosheet fills it. Example: 2026-03-14 18:20",
            "delivery": (
                "Whether the code was taken to the subscriber through the bot's API, and when. Promosheet fills it. "
                "failed: it is tried again when the bot asks again. unknown: look into the chat. Example: sent "
                "2026-03-01 14:05"
            ),
        },
        "redemptions": {
            "time": "When it happened. Promosheet fills it. Example: 2026-03-14 18:20",
            "code": "The code that was redeemed. Promosheet fills it. Example: SPRING-7K2QM-4XWDA",
            "event": (
                "redeemed: the code was used. rolled back: a till undid it. withdrawn: written and taken back at "
                "once, nobody was told. reminded: the bot reminded the holder of the code. Promosheet fills it."
            ),
            "usage_channel": "Where: the till or the bot. Promosheet fills it. Example: main-street",
            "subscriber_id": "Who used it, if the till or the bot said so. Promosheet fills it. Example: 1849",
            "reference": "The order number that the till typed. Promosheet fills it. Example: A-1042",
            "by": "The key that redeemed it. Promosheet fills it. Example: main-street",
            "request_id": "The till's own number for this redemption. Promosheet fills it. Example: 7f3a",
            "claim": "For Promosheet alone: the name of this redemption. Leave it as it is. Example: k3x9",
        },
        "campaigns": {
            "campaign": (
                "The name, as the bot sends it. You type it: a name alone is a whole campaign. Capitals and spaces "
                "make no difference. Example: Spring"
            ),
            "active": "no stops new codes at once; codes that are out stay good. You choose. Empty: yes. Example: no",
            "discount": "What the code is worth, in your words. You type it. Empty: nothing is said. Example: 15 %",
            "code_source": (
                "generated: Promosheet makes codes. pool: it takes them from the tab Code pool. shared: one code for "
                "all. You choose. Empty: generated, or shared if Shared code is filled. Example: pool"
            ),
            "prefix": (
                "What generated codes begin with: up to 20 letters and digits, - for none. You type it. Empty: the "
                "first letters of the name. Example: SPRING"
            ),
            "length": "How many symbols a generated code has, 6 to 20. You type it. Empty: 10. Example: 12",
            "shared_code": "The one code that everybody gets. You type it. Empty: none. Example: HELLO10",
            "valid_days": (
                "For how many days a code is good, from the day it is given. You type it. Empty: it never ends. "
                "Example: 30"
            ),
            "starts_on": "No codes before this day. You type it. Empty: at once. Example: 2026-03-01",
            "ends_on": "No codes after this day, none is good longer. You type it. Empty: never. Example: 2026-03-31",
            "total_limit": (
                "How many codes there are for all together; for a shared code, how many times it may be redeemed. You "
                "type it. Empty: no limit. Example: 500"
            ),
            "codes_per_subscriber": (
                "How many codes one person gets, one after the other. You type it. Empty: 1. Example: 2"
            ),
            "uses_per_code": (
                "How often one code may be redeemed; a shared code, by each person. You type it. Empty: 1. Example: 5"
            ),
            "holder_only": "yes: only the person who got the code may use it. You choose. Empty: no. Example: yes",
            "remind_days": (
                "How many days before its end the bot reminds a person of an unused code. You type it. Empty: no "
                "reminder. Example: 3"
            ),
            "message": (
                "What the subscriber reads with the code; {code} {expires} {discount} {name} are filled in. You type "
                "it. Empty: our sentence. Example: Here is {code}, good until {expires}!"
            ),
        },
        "pool": {
            "code": "A ready code that waits to be given. You paste them. Example: GIFT-0001",
            "campaign": "The campaign that gives it, as it stands in the tab Campaigns. You type it. Example: Gifts",
        },
        "problems": {
            "tab": "The tab where something is wrong. `promosheet sheet check --write` fills it. Example: Promo codes",
            "cell": "Click it to go there. Example: H7",
            "found": "What stands in the cell now. Example: usd",
            "wrong": "Why it cannot stay so. Example: 'usd' is none of the words for this column.",
            "mend": "What to do about it. Example: Choose one of: unused, used, void.",
        },
    },
    views={
        "unused": "Unused",
        "expiring": "Expiring this week",
        "used_today": "Used today",
        "by_campaign": "By campaign",
    },
    hints={
        "choice": "Choose one of: {choices}.",
        "count": "Type a whole number from 1, for example 5, or leave the cell empty.",
        "date": "Type a date like 2026-03-31, or leave the cell empty.",
        "campaign": "Choose a campaign from the tab '{tab}', or add it there first.",
        "written": "Promosheet writes this. Change it by hand only if you mean it.",
        "header": "Promosheet finds columns by these titles. You may rename and move them; do not delete them.",
    },
    help=(
        (
            "Promosheet",
            (
                "Bots give promo codes, tills redeem them, and this spreadsheet is where it is kept. Sort, filter, "
                "colour and hide as you like; add columns and tabs of your own; correct what is wrong. What stands "
                "here counts at once."
            ),
        ),
        (
            "Add a campaign",
            (
                "Type a name into the first empty row of the tab '{tab_campaigns}'. That is all: every other cell may "
                "stay empty; point at a column's title to read what an empty cell means. The bot has to send the same "
                "name."
            ),
        ),
        (
            "Stop a campaign",
            "Choose '{word_no}' in its '{campaigns_active}'. No more codes are given; those that are out stay good.",
        ),
        (
            "Load ready codes",
            (
                "Choose '{word_pool}' in the campaign's column '{campaigns_code_source}'. Then paste the codes into "
                "the tab '{tab_pool}', with the name of the campaign beside each."
            ),
        ),
        (
            "Void a code",
            (
                "Find its row in the tab '{tab_codes}' (Ctrl+F) and choose '{word_void}' in '{codes_status}'. It is "
                "refused everywhere from then on."
            ),
        ),
        (
            "Give a code by hand",
            (
                "Type a code of your own and the campaign into the first empty row of the tab '{tab_codes}'; "
                "'{codes_subscriber_id}' and '{codes_expiration_date}' may stay empty. If the spreadsheet asks whether "
                "you really want to edit this, say yes."
            ),
        ),
        (
            "What '{codes_status}' means",
            (
                "'{word_unused}': the code can be redeemed. '{word_used}': it was redeemed; '{codes_used_on}' and "
                "'{codes_usage_channel}' say when and where. '{word_void}': you blocked it; choose '{word_unused}' to "
                "allow it again. An empty cell means '{word_unused}'."
            ),
        ),
        (
            "What the colours mean",
            (
                "Amber: the code ends within 3 days. Grey: it has ended; a later '{codes_expiration_date}' makes it "
                "good again. Pale: it was used. Struck through: it is '{word_void}'."
            ),
        ),
        (
            "What never to do",
            (
                "Nothing is lost for good: File > Version history brings everything back. But do not delete a column "
                "that Promosheet needs: calls are refused until it is back. Do not give one code to two people. Do not "
                "delete rows of '{tab_redemptions}': a used code would be good again. Leave the hidden tab "
                "'{tab_guard}' alone."
            ),
        ),
        (
            "Whom to ask",
            (
                "Look into the tab '{tab_problems}' first: it says what is wrong and what to type instead. Then ask "
                "whoever set this up:"
            ),
        ),
        ("Name and phone number", ""),
    ),
    help_time_zone=(
        "Time zone of the shop",
        (
            "If this is not your time zone, type yours (for example Europe/London); the tab '{tab_problems}' then says "
            "where to change the spreadsheet's. All dates here are in the spreadsheet's own."
        ),
    ),
    example={
        "campaign": "Spring (example)",
        "discount": "15 %",
        "valid_days": 30,
        "message": "Here is your code {code}, good until {expires}!",
    },
    dashboard={
        "title": "Dashboard",
        "issued": "Codes given",
        "used": "Used",
        "redeemed": "Redeemed",
        "conversion": "Used, %",
        "issued_today": "Given today",
        "redeemed_today": "Redeemed today",
        "expiring": "Unused, end within 7 days",
        "campaign": "Campaign",
        "left": "Left",
        "pool_left": "Ready codes left",
        "more_campaigns": "More in the tab Campaigns:",
        "other_channels": "Elsewhere",
        "no_limit": "no limit",
        "day": "Day",
        "channel": "Channel",
        "by_day": "Given and redeemed, 30 days",
        "by_campaign": "Given and used, by campaign",
    },
    problems={
        "clean": "Nothing is wrong.",
        "some": "That is all.",
        "more": "{count} more like this.",
        "checked": "Checked {time}.",
    },
    till={
        "title": "Promosheet till",
        "short_name": "Till",
        "no_script": "This page needs JavaScript. Allow it in the browser's settings.",
        "sign_in": "Sign in",
        "key": "Key of this till",
        "key_hint": "The owner of the promo codes has it. A link for signing in works too.",
        "show_key": "Show the key",
        "wrong_key": "This key is wrong. Type it again, or ask the owner of the promo codes for a new one.",
        "wrong_link": "This link is no longer good. Ask for a new one, or type the key.",
        "slowed": "There were too many wrong keys. Try again in {seconds} s.",
        "session_ended": "Please sign in again. You go on where you were.",
        "sign_out": "Sign out",
        "signed_out": "You are signed out.",
        "code": "Promo code",
        "code_hint": "Small letters, spaces and dashes do not matter.",
        "check": "Check",
        "checking": "Checking…",
        "clear": "Clear",
        "scan": "Scan",
        "stop_scan": "Close",
        "scan_hint": "Hold the code in front of the camera.",
        "picture": "Choose a picture",
        "no_camera": "No camera was found. Type the code, or choose a picture of it.",
        "camera_refused": (
            "The page may not use the camera. Allow it in the browser's settings, type the code, or choose a "
            "picture of it."
        ),
        "nothing_in_picture": "There is no code in this picture. Take it closer and in more light.",
        "reference": "Order number or amount",
        "optional": "optional",
        "redeem": "Redeem",
        "redeeming": "Redeeming…",
        "undoing": "Undoing…",
        "unknown": "We don't know yet",
        "unknown_redeem": (
            "The answer has not come. Asking again: the promo code is redeemed only once, however often we ask."
        ),
        "unknown_undo": "The answer has not come. Asking again: it is undone only once, however often we ask.",
        "lost": "Not clear",
        "lost_hint": "Look in the tab Redemptions whether this promo code stands there, or ask the manager.",
        "ask_now": "Ask now",
        "offline": "The server does not answer. Asking again; what you typed stays.",
        "unknown_broken": (
            "The spreadsheet cannot be read right now; the manager should look into its tab Problems. Asking "
            "again: the promo code is redeemed only once."
        ),
        "no_answer": "The server does not answer. Try again.",
        "valid": "Valid",
        "redeemed": "Redeemed",
        "rolled_back": "Undone",
        "rolled_back_hint": "The promo code can be used again.",
        "undo": "Undo",
        "undo_short": "Undo",
        "undo_left": "Can be undone for {minutes} more min",
        "next": "Next customer",
        "back": "Back",
        "name_row": "Name",
        "expires_row": "Valid until",
        "expired_row": "Was valid until",
        "used_row": "Used",
        "channel_row": "Where",
        "campaign_row": "Campaign",
        "reference_row": "Order",
        "uses_row": "Uses",
        "uses": "{used} of {total} used",
        "no_end": "no end date",
        "last_day": "today is the last day",
        "already_used": "Already used",
        "already_used_hint": "The discount was given before.",
        "expired": "Expired",
        "expired_hint": "It is over, and cannot be redeemed any more.",
        "void": "Cancelled",
        "void_hint": "The shop has cancelled this promo code. The manager knows why.",
        "not_found": "No such promo code",
        "not_found_hint": "Compare it with what the customer shows, symbol by symbol.",
        "mistyped_hint": "A symbol of it seems to be wrong. Compare it with what the customer shows.",
        "not_found_yet": "No such promo code so far. Type on, or correct it.",
        "not_yours": "Somebody else's",
        "not_yours_hint": "This promo code was given to another person.",
        "subscriber_limit_reached": "Used up",
        "subscriber_limit_reached_hint": "The customer has used it as often as one person may.",
        "not_redeemed": "Nothing to undo",
        "not_redeemed_hint": "This till did not redeem it. Undo it where it was redeemed, or ask the manager.",
        "invalid_request": "That is no promo code",
        "invalid_request_hint": "Type what stands on it and nothing else.",
        "too_many": "Too many attempts",
        "too_many_hint": "Wait a minute, then try again.",
        "busy": "Very busy right now",
        "sheet_broken": "The spreadsheet cannot be read",
        "sheet_broken_hint": "Nothing was changed. The manager should look into the tab Problems.",
        "forbidden": "This key may not do that",
        "forbidden_hint": "Sign in with the key of a till.",
        "other": "That did not work",
        "other_hint": "Nothing was changed. Try again.",
        "try_again": "Try again",
        "today": "Today",
        "count": "Redeemed: {count}",
        "search": "Search today's list",
        "nothing_today": "Nothing was redeemed here today.",
        "nothing_found": "Nothing in today's list fits.",
        "left_out": "Earlier today, not shown: {count}.",
        "undone_mark": "undone",
        "list_failed": "Today's list is not up to date.",
        "sound": "Sound",
    },
    date_pattern="yyyy-mm-dd",
    time_pattern="yyyy-mm-dd hh:mm",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    date_words="{day} {month} {year}",
    plural_form=lambda number: 0 if number == 1 else 1,
)
