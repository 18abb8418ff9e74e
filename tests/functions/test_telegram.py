"""Telegram: which Update asks for what, and how its answer looks. The sheet is not asked here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from asked import headers_of, length_of
from hypothesis import example, given
from hypothesis import strategies as st
from updates import ANNA, message, press

from functions.bots.platform import Errand, Ignored
from functions.bots.telegram import CALLER, PLATFORM, Help, Message, Press
from functions.door import Refusal, Request, open_delivery
from functions.promo import Call, Outcome
from functions.replies import Reply
from functions.settings import Settings

SECRET = "telegram-secret_0123"
HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
TOKEN = "700:AAtoken-of-the-bot_0123456789"
SETTINGS = Settings("id", (), b"k" * 32, telegram_secret_token=SECRET.encode(), telegram_bot_token=TOKEN)
WITHOUT_TOKEN = replace(SETTINGS, telegram_bot_token="")
ENDS = datetime(2026, 3, 31, 23, 59, 59, tzinfo=ZoneInfo("Europe/Moscow"))
ISSUED = Outcome("issued", code="SPRING-11111-22222", campaign="spring", expires=ENDS, name="Anna", language="ru")


def request(
    body: bytes = b"", headers: dict[str, str] | None = None, query: tuple[tuple[str, str], ...] = (), **more: Any
) -> Request:
    values: dict[str, Any] = {"method": "POST", "path": "/telegram", "length": length_of(len(body))} | more
    header = headers_of(HEADER if headers is None else headers)
    return Request(query=query, header=header, read_body=lambda n: body[:n], **values)


def opened(update: Any, settings: Settings = SETTINGS, **more: Any) -> Call | Ignored | Refusal:
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    return open_delivery(request(body, **more), PLATFORM, settings)


def told(call: Any, outcome: Outcome, settings: Settings = SETTINGS, language: str = "en") -> Any:
    answer = PLATFORM.told(request(), call, outcome, language, settings)
    assert isinstance(answer, Reply)
    return json.loads(answer.body)


def wrote(text: str = "spring", **more: Any) -> Message:
    values: dict[str, Any] = {"chat_id": 1849, "spoken": "en"} | more
    return Message(CALLER, "tg1849", text, "Anna Smirnova", "telegram", **values)


def pressed(**more: Any) -> Press:
    return replace(Press(CALLER, "SPRING-11111-22222", "tg1849", chat_id=1849, spoken="en", press_id="794"), **more)


# --- who calls ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({"X-Telegram-Bot-Api-Secret-Token": ""}, id="empty"),
        pytest.param({"X-Telegram-Bot-Api-Secret-Token": SECRET[:-1]}, id="one letter short"),
        pytest.param({"X-Telegram-Bot-Api-Secret-Token": SECRET.upper()}, id="capitals"),
        pytest.param({"X-Telegram-Bot-Api-Secret-Token": "секрет".encode().decode("latin-1")}, id="not ASCII"),
        pytest.param({"X-Telegram-Bot-Api-Secret-Token": "\ud800"}, id="half a letter"),
        pytest.param({"X-Api-Key": SECRET}, id="in the header of an API key"),
        pytest.param({"Authorization": f"Bearer {SECRET}"}, id="as a bearer"),
    ],
)
def test_without_the_secret_nobody_is_telegram_and_no_byte_is_read(headers: dict[str, str]) -> None:
    def read(_: int) -> bytes:
        raise AssertionError("the body was read")

    asked = replace(request(headers=headers, query=(("key", SECRET), ("secret_token", SECRET))), read_body=read)
    refused = open_delivery(asked, PLATFORM, SETTINGS)
    assert isinstance(refused, Refusal)
    assert PLATFORM.refused(asked, refused, "en").status == 401


@pytest.mark.parametrize(
    "headers", [HEADER, {}, {"X-Telegram-Bot-Api-Secret-Token": ""}], ids=["some", "none", "empty"]
)
def test_where_no_secret_is_set_there_is_no_such_path(headers: dict[str, str]) -> None:
    refused = opened(message(), replace(SETTINGS, telegram_secret_token=b""), headers=headers)
    assert isinstance(refused, Refusal)
    assert PLATFORM.refused(request(), refused, "en").status == 404


@pytest.mark.parametrize(
    ("more", "status"),
    [
        pytest.param({"method": "GET"}, 405, id="method"),
        pytest.param({"path": "/telegram/check"}, 404, id="path below"),
        pytest.param({"length": length_of(20_000)}, 200, id="too large: or it came again for a day"),
    ],
)
def test_what_is_no_delivery_is_refused(more: dict[str, Any], status: int) -> None:
    refused = opened(message(), **more)
    assert isinstance(refused, Refusal)
    assert PLATFORM.refused(request(), refused, "en").status == status


# --- what is asked -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said", "linked"),
    [
        pytest.param("/start spring", "spring", True, id="a link with a campaign"),
        pytest.param("/start", "", True, id="Start pressed"),
        pytest.param("/START@promo_bot  spring ", "spring", True, id="with the bot's name"),
        pytest.param("/start Чёрная пятница", "Чёрная пятница", True, id="typed by hand"),
        pytest.param("Spring", "Spring", False, id="a keyword"),
        pytest.param("  Чёрная \n пятница ", "Чёрная пятница", False, id="on two lines"),
        pytest.param("spring 7k2qm\u00a04xwda", "spring 7k2qm 4xwda", False, id="a code"),
        pytest.param("=IMPORTXML(A1)", "=IMPORTXML(A1)", False, id="a formula"),
        pytest.param("\u202etfel ot thgir", "\u202etfel ot thgir", False, id="right to left"),
        pytest.param("starting", "starting", False, id="no command"),
    ],
)
def test_a_text_asks_for_a_campaign_or_about_a_code(text: str, said: str, linked: bool) -> None:  # noqa: FBT001
    assert opened(message(text)) == wrote(said, linked=linked)


def test_start_alone_means_the_campaign_of_the_webhooks_address() -> None:
    assert opened(message("/start"), query=(("campaign", "spring"),)) == wrote("spring", linked=True)
    assert opened(message("/start summer"), query=(("campaign", "spring"),)) == wrote("summer", linked=True)
    assert opened(message("summer"), query=(("campaign", "spring"),)) == wrote("summer")


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        pytest.param({"last_name": None}, "Anna", id="no last name"),
        pytest.param({"first_name": "Анна", "last_name": "Петрова"}, "Анна Петрова", id="Cyrillic"),
        pytest.param({"first_name": "أنّا", "last_name": "\u202eX"}, "أنّا \u202eX", id="right to left"),
        pytest.param({"first_name": "👩‍🚀", "last_name": "🎉"}, "👩‍🚀 🎉", id="emoji"),
        pytest.param({"first_name": '=IMPORTXML("x")', "last_name": ""}, '=IMPORTXML("x")', id="a formula"),
        pytest.param({"first_name": "{{first_name}}", "last_name": "B"}, "B", id="a macro"),
        pytest.param({"first_name": "a\nb\x00c", "last_name": 7}, "a bc", id="control characters, a number"),
        pytest.param({"first_name": "x" * 300, "last_name": "y"}, "x" * 100, id="long"),
        pytest.param({"first_name": None, "last_name": None}, "", id="none"),
    ],
)
def test_any_name_is_a_name(sender: dict[str, Any], name: str) -> None:
    call = opened(message("spring", sender))
    assert isinstance(call, Message)
    assert call.name == name


@pytest.mark.parametrize(
    ("tag", "spoken"),
    [("ru", "ru"), ("ru-RU", "ru"), ("EN-us", "en"), ("pt-br", ""), ("", ""), (None, ""), (7, ""), ("russian", "")],
)
def test_the_language_is_that_of_the_persons_app_if_it_is_one_of_ours(tag: Any, spoken: str) -> None:
    call = opened(message("spring", {"language_code": tag}))
    assert isinstance(call, Message)
    assert call.spoken == spoken


@pytest.mark.parametrize(
    ("person", "subscriber"),
    [
        pytest.param(7, "tg7", id="small"),
        pytest.param(10**18, "tg1000000000000000000", id="10^18"),
    ],
)
def test_the_subscriber_is_the_person(person: int, subscriber: str) -> None:
    call = opened(message("spring", {"id": person}))
    assert isinstance(call, Message)
    assert (call.subscriber_id, call.chat_id, call.platform) == (subscriber, person, "telegram")


GROUP = {"id": -100123, "title": "Friends", "type": "supergroup"}
NOTHING: dict[str, Any] = {
    "an id as a text": message("spring", {"id": "1849"}),
    "an id as a float": message("spring", {"id": 1849.0}),
    "an id as a boolean": message("spring", {"id": True}),
    "no id": message("spring", {"id": None}),
    "id 0": message("spring", {"id": 0}),
    "a negative id": message("spring", {"id": -5}),
    "an id beyond 64 bits": message("spring", {"id": 10**19}),
    "a list for an id": message("spring", {"id": [1]}),
    "another bot": message("spring", {"is_bot": True}),
    "no sender": message("spring", **{"from": None}),
    "a group": message("spring", chat=GROUP),
    "a group that poses as private": message("spring", chat={**GROUP, "type": "private"}),
    "no chat": message("spring", chat=None),
    "a photo": message(None, photo=[{"file_id": "x", "width": 90, "height": 90}], caption="spring"),
    "a sticker": message(None, sticker={"emoji": "🙂"}),
    "a contact": message(None, contact={"phone_number": "+7", "first_name": "B"}),
    "blanks": message(" \n "),
    "a number for a text": message("x", text=7),
    "null for a text": message("x", text=None),
    "an edited message": {"update_id": 1, "edited_message": message()["message"]},
    "a post in a channel": {"update_id": 1, "channel_post": message()["message"]},
    "the bot was blocked": {"update_id": 1, "my_chat_member": {"chat": {"id": 1849, "type": "private"}, "from": ANNA}},
    "an inline query": {"update_id": 1, "inline_query": {"id": "1", "from": ANNA, "query": "spring"}},
    "a message that is a list": {"update_id": 1, "message": [message()["message"]]},
    "a press of another button": press("buy:1"),
    "a press without data": press(data=None),  # type: ignore[arg-type]
    "a press for no code": press("qr:"),
    "a press with a macro": press("qr:{{code}}"),
    "a press in a group": press(message={"message_id": 1, "chat": GROUP, "date": 0}),
    "a press below an inline message": press(message=None, inline_message_id="x"),
    "a press with a number for its id": press(id=7),
    "nothing": {},
    "broken JSON": b'{"message": {"text": "Ivan "the" Terrible"}}',
    "half a JSON": b'{"message": {"text": "/start',
    "an array": b"[]",
    "null": b"null",
    "not UTF-8": b"\xff\xfe",
    "empty": b"",
    "very deep": b'{"message":' * 1300 + b"1" + b"}" * 1300,
    "a long number": b'{"message": {"from": {"id": ' + b"9" * 5000 + b"}}}",
    "not a number": b'{"message": {"from": {"id": NaN}}}',
}


def test_a_name_that_came_twice_is_no_name() -> None:
    sender = '{"id": 1849, "first_name": "A", "first_name": "B"}'
    message = f'{{"from": {sender}, "chat": {{"id": 1849, "type": "private"}}, "text": "spring"}}'
    assert opened(f'{{"message": {message}}}'.encode()) == replace(wrote("spring"), name="", spoken="")


@pytest.mark.parametrize("update", NOTHING.values(), ids=NOTHING)
def test_what_asks_for_nothing_is_acknowledged_or_it_would_come_again(update: Any) -> None:
    ignored = opened(update)
    assert type(ignored) is Ignored
    answer = PLATFORM.ignored(ignored, "en")
    assert (answer.status, answer.body) == (200, b"{}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("/help", id="a command that we have not"),
        pytest.param("/qr@promo_bot SPRING", id="with a name and more"),
        pytest.param("x" * 201, id="a long text"),
        pytest.param("{{promo_code}}", id="a macro"),
        pytest.param("a\x00b", id="a control character"),
        pytest.param("\ud83d", id="half an emoji"),
        pytest.param("/start " + "x" * 201, id="a long link"),
    ],
)
@pytest.mark.parametrize(
    ("tag", "begin"),
    [("en", "Send the name"), ("ru", "Отправьте"), ("pt", "Отправьте")],
    ids=["en", "ru", "the sheet's"],
)
def test_what_can_be_no_question_is_helped_without_a_look_into_the_sheet(text: str, tag: str, begin: str) -> None:
    ignored = opened(message(text, {"language_code": tag}))
    assert isinstance(ignored, Help)
    answer = json.loads(PLATFORM.ignored(ignored, "ru").body)
    assert (answer["method"], answer["chat_id"]) == ("sendMessage", 1849)
    assert answer["text"].startswith(begin)


def test_the_button_asks_for_the_picture_of_its_code() -> None:
    found = Press(CALLER, "SPRING-11111-22222", "tg1849", chat_id=1849, spoken="en", press_id="7940000000000000001")
    assert opened(press()) == found
    assert opened(press(message={"message_id": 1, "chat": {"id": 1849, "type": "private"}, "date": 0})) == found


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
IDS = st.sampled_from([1849, "1849", 1849.0, None, 10**18, True])
people = st.fixed_dictionaries(
    {"id": IDS},
    optional={"first_name": values, "last_name": values, "language_code": values, "is_bot": values, "name": values},
)
chats = st.fixed_dictionaries({"id": IDS, "type": st.sampled_from(["private", "group"]) | values})
messages = st.fixed_dictionaries({"from": people | values, "chat": chats | values, "text": st.text() | values})
queries = st.fixed_dictionaries(
    {
        "id": st.text(max_size=9) | values,
        "from": people | values,
        "message": messages | values,
        "data": st.text().map("qr:{}".format) | values,
    }
)
updates = st.fixed_dictionaries({}, optional={"message": messages | values, "callback_query": queries | values})


@given(
    updates | values, st.sampled_from(["issued", "valid", "not_found", "campaign_not_found", "invalid_request", "busy"])
)
def test_no_update_breaks_anything(update: Any, word: str) -> None:
    call = opened(json.dumps(update).encode())
    assert not isinstance(call, Refusal)
    if isinstance(call, Ignored):
        assert PLATFORM.ignored(call, "en").status == 200
        return
    assert isinstance(call, Message | Press)
    assert call.subscriber_id == f"tg{call.chat_id}"
    answer = PLATFORM.told(request(), call, ISSUED.but(word=word), "en", SETTINGS)
    assert isinstance(answer, Errand) or answer.status == (503 if word == "busy" else 200)


@given(st.binary(max_size=200))
@example(b'{"message": {"chat": null}}')
def test_no_body_breaks_anything(body: bytes) -> None:
    assert isinstance(opened(body), Ignored)


# --- what is answered --------------------------------------------------------------------------------------------


def test_a_code_is_a_message_in_the_answer_itself_with_a_button_for_its_picture() -> None:
    assert told(wrote(), ISSUED) == {
        "method": "sendMessage",
        "chat_id": 1849,
        "text": "Your promo code is SPRING-11111-22222, valid until 31 March 2026. Use it when you order or pay.",
        "reply_markup": {
            "inline_keyboard": [[{"text": "Show as a QR code", "callback_data": "qr:SPRING-11111-22222"}]]
        },
    }


@pytest.mark.parametrize(
    ("spoken", "sheet", "begin"),
    [
        pytest.param(
            "ru", "en", "Ваш промокод: SPRING-11111-22222. Он действует до 31 марта 2026 года.", id="the person's"
        ),
        pytest.param("", "ru", "Ваш промокод", id="the sheet's"),
        pytest.param("", "", "Your promo code", id="neither known"),
    ],
)
def test_the_answer_is_in_the_persons_language_else_the_sheets(spoken: str, sheet: str, begin: str) -> None:
    assert told(wrote(spoken=spoken), ISSUED.but(language=sheet))["text"].startswith(begin)


def test_a_repeat_is_answered_in_the_same_words() -> None:
    assert told(wrote(), ISSUED) == told(wrote(), ISSUED.but(word="already_issued"))


def test_a_name_or_a_message_of_staff_is_plain_text() -> None:
    own = ISSUED.but(message="*{name}* <b>{code}</b> {nonsense}", name="_[x](tg://user?id=1)_<i>")
    answer = told(wrote(), own)
    assert answer["text"] == "*_[x](tg://user?id=1)_<i>* <b>SPRING-11111-22222</b> {nonsense}"
    assert "parse_mode" not in answer
    assert "entities" not in answer


def test_a_text_is_no_longer_than_telegram_takes_and_no_emoji_is_cut_in_two() -> None:
    text = told(wrote(), ISSUED.but(message="x" + "🎉" * 5000))["text"]
    assert len(text.encode("utf-16-le")) == 2 * 4095
    assert text.endswith("🎉")


@pytest.mark.parametrize(
    ("call", "outcome", "said"),
    [
        pytest.param(wrote("hello"), Outcome("campaign_not_found"), "Send the name of an offer", id="small talk"),
        pytest.param(wrote("", linked=True), Outcome("invalid_request", field="campaign"), "Send the name", id="Start"),
        pytest.param(
            wrote("gone", linked=True), Outcome("campaign_not_found"), "There is no such offer", id="a dead link"
        ),
        pytest.param(wrote("ABC-1"), Outcome("not_found"), "There is no such promo code", id="a mistyped code"),
        pytest.param(wrote("ABC-1"), Outcome("too_many"), "There were too many", id="a guesser"),
        pytest.param(wrote(), Outcome("campaign_ended"), "This offer is over", id="an offer that is over"),
        pytest.param(wrote(), Outcome("sheet_broken"), "The promo codes cannot be read", id="a broken sheet"),
    ],
)
def test_a_refusal_is_told_to_the_person(call: Message, outcome: Outcome, said: str) -> None:
    answer = told(call, outcome)
    assert answer["text"].startswith(said)
    assert "reply_markup" not in answer


@pytest.mark.parametrize("call", [wrote(), pressed()], ids=["a text", "a press"])
def test_when_busy_telegram_is_asked_to_come_again(call: Message | Press) -> None:
    answer = PLATFORM.told(request(), call, Outcome("busy"), "en", SETTINGS)
    assert isinstance(answer, Reply)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


def test_a_picture_is_offered_with_a_code_that_is_good() -> None:
    assert "reply_markup" in told(wrote(), ISSUED.but(word="valid"))
    assert "reply_markup" not in told(wrote(), ISSUED.but(word="already_used"))


def test_without_the_bots_token_no_picture_is_offered() -> None:
    assert "reply_markup" not in told(wrote(), ISSUED, WITHOUT_TOKEN)
    assert told(pressed(), ISSUED.but(word="valid"), WITHOUT_TOKEN)["text"].startswith("The picture could not be sent")


@pytest.mark.parametrize(
    ("code", "offered"),
    [
        pytest.param("x" * 61, True, id="64 bytes with its word"),
        pytest.param("x" * 62, False, id="65 bytes"),
        pytest.param("я" * 30, True, id="63 bytes of Cyrillic"),
        pytest.param("я" * 31, False, id="65 bytes of Cyrillic"),
    ],
)
def test_a_code_too_long_for_a_button_has_none(code: str, offered: bool) -> None:  # noqa: FBT001
    assert ("reply_markup" in told(wrote(), ISSUED.but(code=code))) == offered


def test_a_good_code_is_drawn_and_sent_before_the_press_is_answered() -> None:
    errand = PLATFORM.told(request(), pressed(), ISSUED.but(word="valid"), "en", SETTINGS)
    assert isinstance(errand, Errand)
    assert json.loads(errand.done.body) == {"method": "answerCallbackQuery", "callback_query_id": "794"}
    failed = json.loads(errand.failed.body)
    assert failed["show_alert"] is True
    assert failed["text"].startswith("The picture could not be sent. Try again")


@pytest.mark.parametrize("word", ["already_used", "expired", "not_found", "void", "sheet_broken", "too_many"])
def test_a_press_for_a_code_that_is_not_good_says_why(word: str) -> None:
    answer = told(pressed(), ISSUED.but(word=word))
    assert (answer["method"], answer["show_alert"]) == ("answerCallbackQuery", True)
    assert 0 < len(answer["text"]) <= 200


@pytest.mark.parametrize("show", [repr, str], ids=["repr", "str"])
def test_no_secret_is_shown_with_the_settings_or_an_errand(show: Callable[[object], str]) -> None:
    errand = PLATFORM.told(request(), pressed(), ISSUED.but(word="valid"), "en", SETTINGS)
    assert TOKEN not in show(errand)
    assert SECRET not in show(SETTINGS)
    assert TOKEN not in show(SETTINGS)
