from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import replies
from functions.door import Kind, Refusal, Surface
from functions.promo import Caller, CheckCall, Outcome, RedeemCall, Role, RollbackCall
from functions.replies import Reply, bot_reply, message, till_reply
from sheet_schema import languages
from sheet_schema.language import MESSAGE_HOLES, odd_holes

MOSCOW = ZoneInfo("Europe/Moscow")
EXPIRES = datetime(2026, 3, 31, 23, 59, 59, tzinfo=MOSCOW)
USED = datetime(2026, 3, 10, 12, 0, tzinfo=MOSCOW)
FULL = Outcome(
    "already_used",
    code="SPRING-7K2QM-4XWDA",
    campaign="Весна",
    discount="10%",
    issued=datetime(2026, 3, 1, 9, 30, 15, tzinfo=MOSCOW),
    expires=EXPIRES,
    used_on=USED,
    channel="till-1",
    by="till-1",
    days_left=21,
    name="Ivan Petrov",
    uses=1,
    uses_left=0,
    language="ru",
)
BOT_KEYS = [
    "ok",
    "status",
    "code",
    "message",
    "campaign",
    "discount",
    "issue_date",
    "expiration_date",
    "used_on",
    "usage_channel",
    "days_left",
]
YES = {"issued", "already_issued", "valid", "redeemed", "rolled_back", "listed"}
AT_THE_DOOR = {
    "unauthorized": 401,
    "forbidden": 403,
    "not_found_path": 404,
    "method_not_allowed": 405,
    "too_large": 413,
}
WORDS = {
    "issued": 200,
    "already_issued": 200,
    "valid": 200,
    "redeemed": 200,
    "rolled_back": 200,
    "listed": 200,
    "not_found": 404,
    "already_used": 409,
    "not_yours": 409,
    "subscriber_limit_reached": 409,
    "not_redeemed": 409,
    "expired": 410,
    "void": 410,
    "idempotency_mismatch": 422,
    "invalid_request": 400,
    "too_many": 429,
    "busy": 503,
    "sheet_broken": 503,
} | AT_THE_DOOR
ISSUE_WORDS = [
    "campaign_not_found",
    "campaign_inactive",
    "campaign_not_started",
    "campaign_ended",
    "campaign_limit_reached",
    "out_of_codes",
]


def read(reply: Reply) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reply.body.decode("utf-8"))
    return found


def test_the_words_of_these_tests_are_all_the_words_there_are() -> None:
    assert set(WORDS) | set(ISSUE_WORDS) == set(languages.language("en").titles)


# bots


def test_a_bot_gets_one_flat_object_of_texts() -> None:
    reply = bot_reply(FULL, "en")
    assert reply.status == 200
    assert reply.headers == {
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    assert read(reply) == {
        "ok": "false",
        "status": "already_used",
        "code": "SPRING-7K2QM-4XWDA",
        "message": message(FULL, "ru"),
        "campaign": "Весна",
        "discount": "10%",
        "issue_date": "2026-03-01T09:30:15+03:00",
        "expiration_date": "2026-03-31T23:59:59+03:00",
        "used_on": "2026-03-10T12:00:00+03:00",
        "usage_channel": "till-1",
        "days_left": "21",
    }
    assert "Весна".encode() in reply.body


@pytest.mark.parametrize("word", [*WORDS, *ISSUE_WORDS])
def test_a_bot_always_gets_every_key_and_200_for_all_but_the_door(word: str) -> None:
    reply = bot_reply(Outcome(word), "en")
    found = read(reply)
    assert reply.status == AT_THE_DOOR.get(word, 200)
    assert list(found) == BOT_KEYS
    assert all(isinstance(value, str) for value in found.values())
    assert found["status"] == word
    assert found["ok"] == str(word in YES).lower()
    assert found["message"]
    assert "{" not in found["message"]


def test_a_bots_refusal_at_the_door_has_its_headers_and_says_which_field() -> None:
    refusal = Refusal("invalid_request", 400, "cuid", "empty", kind=Kind.ISSUE)
    assert bot_reply(refusal, "en").status == 200
    assert "in cuid: it is empty" in read(bot_reply(refusal, "en"))["message"]
    assert bot_reply(Refusal("method_not_allowed", 405, headers=(("Allow", "POST"),)), "en").headers["Allow"] == "POST"


# tills


def test_a_till_gets_json_types() -> None:
    reply = till_reply(Kind.REDEEM, FULL.but(word="redeemed", days_left=None, expires=None), "en")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert read(reply) == {
        "ok": True,
        "status": "redeemed",
        "code": "SPRING-7K2QM-4XWDA",
        "message": "Готово: промокод погашен.",
        "campaign": "Весна",
        "discount": "10%",
        "issue_date": "2026-03-01T09:30:15+03:00",
        "expiration_date": None,
        "used_on": "2026-03-10T12:00:00+03:00",
        "usage_channel": "till-1",
        "days_left": None,
        "by": "till-1",
        "first_name": "Ivan",
        "uses": 1,
        "uses_left": 0,
    }


def test_a_tills_refusal_is_problem_json() -> None:
    reply = till_reply(Kind.REDEEM, FULL, "en")
    assert (reply.status, reply.headers["Content-Type"]) == (409, "application/problem+json; charset=utf-8")
    assert read(reply) == {
        "type": "urn:promosheet:already_used",
        "title": "Промокод уже использован",
        "status": 409,
        "detail": message(FULL, "ru"),
        "reason": "already_used",
        "ok": False,
        "code": "SPRING-7K2QM-4XWDA",
        "campaign": "Весна",
        "discount": "10%",
        "issue_date": "2026-03-01T09:30:15+03:00",
        "expiration_date": "2026-03-31T23:59:59+03:00",
        "used_on": "2026-03-10T12:00:00+03:00",
        "usage_channel": "till-1",
        "days_left": 21,
        "by": "till-1",
        "first_name": "Ivan",
        "uses": 1,
        "uses_left": 0,
    }


@pytest.mark.parametrize("kind", [Kind.REDEEM, Kind.ROLLBACK])
@pytest.mark.parametrize(("word", "status"), WORDS.items())
def test_a_till_gets_the_status_of_http(kind: Kind, word: str, status: int) -> None:
    assert till_reply(kind, Outcome(word), "en").status == status


@pytest.mark.parametrize("word", [word for word in WORDS if word not in AT_THE_DOOR])
def test_a_check_is_always_200_and_says_valid_or_not(word: str) -> None:
    reply = till_reply(Kind.CHECK, Outcome(word), "en")
    found = read(reply)
    assert reply.status == 200
    assert (found["valid"], found["status"]) == (word == "valid", word)
    assert "application/json" in reply.headers["Content-Type"]


@pytest.mark.parametrize(("word", "status"), AT_THE_DOOR.items())
def test_a_check_that_does_not_get_through_the_door_is_no_check(word: str, status: int) -> None:
    reply = till_reply(Kind.CHECK, Refusal(word, status, kind=Kind.CHECK), "en")
    assert (reply.status, read(reply)["reason"]) == (status, word)


@pytest.mark.parametrize("kind", Kind)
def test_a_till_is_told_when_to_try_again(kind: Kind) -> None:
    assert till_reply(kind, Outcome("busy"), "en").headers["Retry-After"] == "2"
    assert till_reply(kind, Outcome("sheet_broken"), "en").headers["Retry-After"] == "60"
    assert "Retry-After" not in till_reply(kind, Outcome("already_used"), "en").headers


@pytest.mark.parametrize(("name", "first"), [("", ""), ("Ivan", "Ivan"), ("  Анна Мария  П", "Анна"), ("\u00a0", "")])
def test_a_till_sees_only_the_first_name(name: str, first: str) -> None:
    reply = till_reply(Kind.CHECK, Outcome("valid", name=name), "en")
    assert read(reply)["first_name"] == first
    assert "name" not in read(reply)


# which of the two


def test_the_surface_decides_the_shape() -> None:
    caller = Caller("till-1", Role.TILL)
    used = Outcome("already_used")
    assert replies.told(Surface.BOT, CheckCall(caller, "A"), used, "en") == bot_reply(used, "en")
    assert replies.told(Surface.TILL, CheckCall(caller, "A"), used, "en") == till_reply(Kind.CHECK, used, "en")
    for call in (RedeemCall(caller, "A"), RollbackCall(caller, "A")):
        assert replies.told(Surface.TILL, call, used, "en") == till_reply(Kind.REDEEM, used, "en")
    refusal = Refusal("invalid_request", 400, "code", "missing", kind=Kind.CHECK)
    assert replies.refused(Surface.BOT, refusal, "en") == bot_reply(refusal, "en")
    assert read(replies.refused(Surface.TILL, refusal, "en"))["valid"] is False


# messages


@pytest.mark.parametrize(
    ("outcome", "parts"),
    [
        pytest.param(Outcome("issued", code="A1"), ["A1"], id="code"),
        pytest.param(Outcome("issued", code="A1", expires=EXPIRES), ["A1", "31 March 2026"], id="code and date"),
        pytest.param(Outcome("issued", code="A1", expires=EXPIRES, discount="5%"), ["A1", "5%", "31 March"], id="all"),
        pytest.param(Outcome("already_used", used_on=USED), ["10 March 2026"], id="when"),
        pytest.param(Outcome("already_used", used_on=USED, channel="Main St"), ["10 March", "Main St"], id="where"),
        pytest.param(Outcome("expired", expires=EXPIRES), ["31 March 2026"], id="until when"),
        pytest.param(Outcome("campaign_not_started", starts=USED), ["10 March 2026"], id="from when"),
        pytest.param(Outcome("invalid_request", field="code", why="missing"), ["code: it is missing"], id="why"),
    ],
)
def test_a_sentence_says_what_is_known(outcome: Outcome, parts: list[str]) -> None:
    text = message(outcome, "en")
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize(
    ("own", "given", "spoken"),
    [("ru", "en", "ru"), ("", "ru", "ru"), ("", "en", "en"), ("xx", "ru", "en"), ("", "", "en")],
)
def test_the_sheets_language_comes_first_then_the_callers_then_english(own: str, given: str, spoken: str) -> None:
    assert message(Outcome("void", language=own), given) == languages.language(spoken).sentences["void"]


@pytest.mark.parametrize("word", ["issued", "already_issued"])
@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{name}, {code}: {discount} until {expires}!", "Ivan, A1: 5% until 31 March 2026!", id="all"),
        pytest.param("{code} {code}", "A1 A1", id="twice"),
        pytest.param("{phone} {} {{code}} {0} {code.x} {code", "{phone} {} {A1} {0} {code.x} {code", id="unknown"),
        pytest.param("Просто текст 100%", "Просто текст 100%", id="none"),
    ],
)
def test_a_campaigns_message_is_filled_in(word: str, template: str, text: str) -> None:
    outcome = Outcome(word, code="A1", discount="5%", expires=EXPIRES, name="Ivan", message=template)
    assert message(outcome, "en") == text


def test_what_a_campaigns_message_asks_for_and_nobody_knows_is_left_blank() -> None:
    assert message(Outcome("issued", code="A1", message="{name}/{code}/{expires}/{discount}"), "en") == "/A1//"


@given(st.text(max_size=20) | st.sampled_from(["{code}", "{name}", "{", "}", "\\1", "\\g<0>", "{expires}", "%s"]))
def test_a_hostile_name_is_put_in_as_it_is(name: str) -> None:
    outcome = Outcome("issued", code="A1", name=name, message="<{name}> {code}")
    assert message(outcome, "en") == f"<{name}> A1"


@pytest.mark.parametrize("template", ["{name}", " {expires} ", "{discount}{name}", "\u00a0"])
def test_a_message_that_would_say_nothing_is_the_languages_sentence(template: str) -> None:
    assert message(Outcome("issued", code="A1", message=template), "en") == message(Outcome("issued", code="A1"), "en")


@pytest.mark.parametrize(("own", "text"), [("en", "until 31 March 2026"), ("ru", "until 31 марта 2026 года")])
def test_a_date_in_a_campaigns_message_is_written_as_the_sheets_language_writes_it(own: str, text: str) -> None:
    outcome = Outcome("issued", code="A1", expires=EXPIRES, message="until {expires}", language=own)
    assert message(outcome, "en") == text


@pytest.mark.parametrize(
    "hostile",
    [
        "{code}",
        "{discount}{expires}",
        "\u202eевА",
        "\U0001f381",
        "a\nb",
        "%(code)s",
        "${code}",
        "\\1",
        "=IMPORTXML(1)",
        "</b>",
    ],
)
@pytest.mark.parametrize("place", ["code", "discount", "name"])
def test_nothing_that_is_put_in_is_read_as_a_placeholder(place: str, hostile: str) -> None:
    outcome = Outcome("issued", message="[{code}|{discount}|{name}]").but(**{place: hostile})
    parts = {"code": "", "discount": "", "name": ""} | {place: hostile}
    assert message(outcome, "en") == "[" + "|".join(parts.values()) + "]"


def test_what_a_message_may_ask_for_is_filled_in_and_told_in_every_language() -> None:
    known = Outcome("issued", code="A1", discount="5%", expires=EXPIRES, name="Ivan")
    template = "".join(f"{{{name}}}" for name in MESSAGE_HOLES)
    assert "{" not in message(known.but(message=template), "en")
    notes = [each.notes["campaigns"]["message"] for each in languages.LANGUAGES.values()]
    assert all(f"{{{name}}}" in note for name in MESSAGE_HOLES for note in notes)


@pytest.mark.parametrize(
    ("typed", "odd"),
    [
        pytest.param("{name}, {code} until {expires}: {discount}", [], id="all that there are"),
        pytest.param("Hello", [], id="none"),
        pytest.param("a smile :} and a frown :{", [], id="half a pair"),
        pytest.param("{phone} {code} {phone}", ["phone"], id="unknown, said once"),
        pytest.param("{Code} {КОД}", ["Code", "КОД"], id="capitals, another language"),
        pytest.param("{{code}} {%code%} { code }", ["code", "%code%"], id="another platform's braces, spaces"),
        pytest.param("{}", ["…"], id="nothing in them"),
        pytest.param("#{code}", [], id="a hash before a good one"),
        pytest.param("{code.x} {0}", ["code.x", "0"], id="what str.format would take"),
    ],
)
def test_what_is_odd_in_a_message_is_found(typed: str, odd: list[str]) -> None:
    assert odd_holes(typed) == odd


def test_a_message_of_another_word_is_not_filled_in() -> None:
    assert message(Outcome("expired", code="A1", message="{code} is over"), "en") == "{code} is over"


# dates


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        pytest.param(datetime(2026, 3, 31, 23, 59, 59, 999_000, tzinfo=UTC), "2026-03-31T23:59:59+00:00", id="UTC"),
        pytest.param(
            datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Kathmandu")), "2026-01-01T00:00:00+05:45", id="45 minutes"
        ),
        pytest.param(datetime(2026, 1, 1, tzinfo=ZoneInfo("America/St_Johns")), "2026-01-01T00:00:00-03:30", id="west"),
        pytest.param(
            datetime(1900, 1, 1, tzinfo=timezone(timedelta(hours=2, minutes=30, seconds=17))),
            "1899-12-31T21:29:43+00:00",
            id="local mean time",
        ),
    ],
)
def test_dates_are_rfc_3339_in_whole_seconds(moment: datetime, text: str) -> None:
    assert read(bot_reply(Outcome("valid", expires=moment), "en"))["expiration_date"] == text


def test_half_a_surrogate_pair_from_the_sheet_does_not_break_the_answer() -> None:
    assert read(bot_reply(Outcome("valid", campaign="\ud800"), "en"))["campaign"] == "?"
