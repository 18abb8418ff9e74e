"""The declaration of every tab and column, and nothing else. Titles are in `languages`."""

from __future__ import annotations

from sheet_schema.schema import Column, Kind, Tab

CODES = Tab(
    "codes",
    (
        Column("code", Kind.TEXT, width=210, warned=True),
        Column("campaign", Kind.TEXT, width=140),
        Column("subscriber_id", Kind.TEXT, width=140),
        Column("name", Kind.TEXT, optional=True, width=150),
        Column("platform", Kind.TEXT, optional=True, width=100),
        Column("issue_date", Kind.TIME, width=140, warned=True),
        Column("expiration_date", Kind.DATE, width=125),
        Column("status", Kind.CHOICE, choices=("unused", "used", "void"), width=125),
        Column("usage_channel", Kind.TEXT, optional=True, width=140, warned=True),
        Column("used_on", Kind.TIME, width=140, warned=True),
        Column("delivery", Kind.TEXT, optional=True, choices=("sent", "failed", "unknown"), width=250, warned=True),
    ),
)

REDEMPTIONS = Tab(
    "redemptions",
    (
        Column("time", Kind.TIME, width=140),
        Column("code", Kind.TEXT, width=210),
        Column("event", Kind.CHOICE, choices=("redeemed", "rolled_back", "withdrawn", "reminded"), width=110),
        Column("usage_channel", Kind.TEXT, width=140),
        Column("subscriber_id", Kind.TEXT, width=140),
        Column("reference", Kind.TEXT, width=140),
        Column("by", Kind.TEXT, width=120),
        Column("request_id", Kind.TEXT, width=150),
        Column("claim", Kind.TEXT, hidden=True, width=150),
    ),
    warned=True,
)

CAMPAIGNS = Tab(
    "campaigns",
    (
        Column("campaign", Kind.TEXT, width=160),
        Column("active", Kind.YES_NO, width=80),
        Column("discount", Kind.TEXT, width=100),
        Column("code_source", Kind.CHOICE, choices=("generated", "pool", "shared"), width=120),
        Column("prefix", Kind.TEXT, width=100),
        Column("length", Kind.COUNT, width=80),
        Column("shared_code", Kind.TEXT, width=130),
        Column("valid_days", Kind.COUNT, width=130),
        Column("starts_on", Kind.DATE, width=110),
        Column("ends_on", Kind.DATE, width=110),
        Column("total_limit", Kind.COUNT, width=100),
        Column("codes_per_subscriber", Kind.COUNT, width=160),
        Column("uses_per_code", Kind.COUNT, width=160),
        Column("holder_only", Kind.YES_NO, width=130),
        Column("remind_days", Kind.COUNT, width=160),
        Column("message", Kind.TEXT, width=360),
    ),
)

POOL = Tab(
    "pool",
    (
        Column("code", Kind.TEXT, width=210),
        Column("campaign", Kind.TEXT, width=160),
    ),
)

#: No columns: its cell A1 holds the number of the guard.
GUARD = Tab("guard", (), hidden=True, warned=True)

#: What the functions read and write.
TABS = (CODES, REDEMPTIONS, CAMPAIGNS, POOL, GUARD)

HELP = Tab("help", ())
DASHBOARD = Tab("dashboard", (), warned=True)
PROBLEMS = Tab(
    "problems",
    (
        Column("tab", Kind.TEXT, width=120),
        Column("cell", Kind.TEXT, width=80),
        Column("found", Kind.TEXT, width=200),
        Column("wrong", Kind.TEXT, width=420),
        Column("mend", Kind.TEXT, width=420),
    ),
    warned=True,
)

#: What staff read: the functions never do, and a file without them is no fault.
PAGES = (HELP, DASHBOARD, PROBLEMS)
