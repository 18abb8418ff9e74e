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
    },
    words={
        "unused": "unused",
        "used": "used",
        "void": "void",
        "redeemed": "redeemed",
        "rolled_back": "rolled back",
        "withdrawn": "withdrawn",
        "generated": "generated",
        "pool": "pool",
        "shared": "shared",
        "yes": "yes",
        "no": "no",
    },
    spellings={"yes": ("y", "true", "1", "x"), "no": ("n", "false", "0")},
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
    },
    titles={
        "issued": "Promo code issued",
        "already_issued": "Promo code already issued",
        "valid": "Promo code valid",
        "redeemed": "Promo code redeemed",
        "rolled_back": "Redemption undone",
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
            "There is no campaign '{found}' in the tab Campaigns.",
            "Type a name exactly as it stands there, for example Spring, or add the campaign there.",
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
            "Delete the row, or leave it: it counts for nothing, for example not towards Total limit.",
        ),
        "bad_number_cell": (
            "Cell A1 of the hidden tab '{tab}' holds '{found}' and not a number.",
            "Empty the cell, it fills itself; or bring back the number with File > Version history, for example 125.",
        ),
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
