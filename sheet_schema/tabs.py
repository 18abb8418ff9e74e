"""The declaration of every tab and column, and nothing else. Titles are in `languages`."""

from __future__ import annotations

from sheet_schema.schema import Column, Kind, Tab

CODES = Tab(
    "codes",
    (
        Column("code", Kind.TEXT),
        Column("campaign", Kind.TEXT),
        Column("subscriber_id", Kind.TEXT),
        Column("name", Kind.TEXT, optional=True),
        Column("platform", Kind.TEXT, optional=True),
        Column("issue_date", Kind.TIME),
        Column("expiration_date", Kind.DATE),
        Column("status", Kind.CHOICE, choices=("unused", "used", "void")),
        Column("usage_channel", Kind.TEXT, optional=True),
        Column("used_on", Kind.TIME),
        Column("delivery", Kind.TEXT, optional=True),
    ),
)

REDEMPTIONS = Tab(
    "redemptions",
    (
        Column("time", Kind.TIME),
        Column("code", Kind.TEXT),
        Column("event", Kind.CHOICE, choices=("redeemed", "rolled_back", "withdrawn")),
        Column("usage_channel", Kind.TEXT),
        Column("subscriber_id", Kind.TEXT),
        Column("reference", Kind.TEXT),
        Column("by", Kind.TEXT),
        Column("request_id", Kind.TEXT),
        Column("claim", Kind.TEXT, hidden=True),
    ),
)

CAMPAIGNS = Tab(
    "campaigns",
    (
        Column("campaign", Kind.TEXT),
        Column("active", Kind.YES_NO),
        Column("discount", Kind.TEXT),
        Column("code_source", Kind.CHOICE, choices=("generated", "pool", "shared")),
        Column("prefix", Kind.TEXT),
        Column("length", Kind.COUNT),
        Column("shared_code", Kind.TEXT),
        Column("valid_days", Kind.COUNT),
        Column("starts_on", Kind.DATE),
        Column("ends_on", Kind.DATE),
        Column("total_limit", Kind.COUNT),
        Column("codes_per_subscriber", Kind.COUNT),
        Column("uses_per_code", Kind.COUNT),
        Column("holder_only", Kind.YES_NO),
        Column("remind_days", Kind.COUNT),
        Column("message", Kind.TEXT),
    ),
)

POOL = Tab(
    "pool",
    (
        Column("code", Kind.TEXT),
        Column("campaign", Kind.TEXT),
    ),
)

#: No columns: its cell A1 holds the number of the guard.
GUARD = Tab("guard", (), hidden=True)

TABS = (CODES, REDEMPTIONS, CAMPAIGNS, POOL, GUARD)
