"""Every parser of what a request says, with anything at all: a value, or BadField with a reason that can be said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.bots import chatfuel, manychat
from functions.fields import CODE, SENDER, BadField, Body, Fields, Sender, parse
from sheet_schema.languages import LANGUAGES

any_text = st.text(st.characters(codec=None), max_size=20)
names = st.sampled_from(
    [
        "subscriber_id",
        "id",
        "chatfuel user id",
        "user_id",
        "code",
        "promo_code",
        "name",
        "first_name",
        "custom_fields",
        "dry_run",
        "campaign",
    ]
)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | any_text, inner, max_size=3),
    max_leaves=8,
)
SENDERS = [
    pytest.param(SENDER, id="flat JSON"),
    pytest.param(manychat.PLATFORM._sender, id="ManyChat"),
    pytest.param(chatfuel.PLATFORM._sender, id="Chatfuel"),
]
READERS: list[tuple[str, Callable[[Fields], object]]] = [
    ("subscriber", Fields.subscriber),
    ("code", Fields.code),
    ("person", Fields.person),
    ("platform", Fields.platform),
    ("flag", lambda fields: fields.flag("dry_run")),
    ("text", lambda fields: fields.text("campaign")),
    ("note", lambda fields: fields.note("campaign")),
    ("has_any", lambda fields: fields.has_any(CODE)),
]


def reasons() -> set[str]:
    """Why a field may be refused, as every language can say it."""
    said = [{word[4:] for word in each.sentences if word.startswith("why_")} for each in LANGUAGES.values()]
    return set.intersection(*said)


def tried(read: Callable[[], object]) -> object:
    """What was read, or the refusal, which names a field and a reason that can be said."""
    try:
        return read()
    except BadField as bad:
        return bad


def is_sayable(bad: BadField) -> bool:
    name, why = bad.args
    return bool(name) and why in reasons()


@given(raw=st.binary(max_size=200) | any_json.map(json.dumps).map(str.encode))
@example(raw=b"[" * 100_000)
@example(raw=b'{"a":' * 50_000)
@example(raw=b"9" * 10_000)
@example(raw=b'{"a": 1e999}')
@example(raw=b'{"a": -NaN}')
@example(raw=b"\xef\xbb\xbf\xef\xbb\xbf{}")
@example(raw='{"а": "я"}'.encode("cp1251"))
@example(raw=b'{"a": "\\ud800\\udc00\\udfff"}')
def test_a_body_is_an_object_or_refused(raw: bytes) -> None:
    found = tried(lambda: parse(raw))
    if isinstance(found, BadField):
        assert found.args[0] == "body"
        assert is_sayable(found)
    else:
        assert isinstance(found, Body)


@given(found=st.dictionaries(any_text, any_json, max_size=4))
def test_an_object_comes_through_as_it_is(found: dict[str, object]) -> None:
    text = json.dumps(found)
    assert parse(text.encode()) == json.loads(text)


@given(pairs=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([1, 1.0, True, "1", None, {}, []])), max_size=4))
def test_a_name_that_came_twice_is_noted_if_its_values_differ(pairs: list[tuple[str, object]]) -> None:
    raw = "{" + ",".join(f'"{name}":{json.dumps(value)}' for name, value in pairs) + "}"
    texts = {name: {json.dumps(value) for each, value in pairs if each == name} for name, _ in pairs}
    assert parse(raw.encode()).twice == {name for name, found in texts.items() if len(found) > 1}


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize(("name", "read"), READERS, ids=[name for name, _ in READERS])
@settings(max_examples=50)
@given(body=st.dictionaries(names, any_json, max_size=5), query=st.lists(st.tuples(names, any_text), max_size=3))
def test_a_field_is_usable_or_refused(
    sender: Sender,
    name: str,
    read: Callable[[Fields], object],
    body: dict[str, object],
    query: Sequence[tuple[str, str]],
) -> None:
    fields = Fields(query, parse(json.dumps(body).encode()), sender)
    found = tried(lambda: read(fields))
    if isinstance(found, BadField):
        assert is_sayable(found)
        assert name != "person"  # a name is never a reason to refuse
    elif isinstance(found, str):
        assert found == found.strip()
        assert len(found) <= 200
        found.encode()


INNER = Sender(ids=("id",), prefix="zz", platform="chat", inner="custom_fields")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"custom_fields": {"promo_code": "A"}}, "A", id="inside"),
        pytest.param({"custom_fields": {"promo_code": 5}}, "5", id="a number inside"),
        pytest.param({"code": "", "custom_fields": {"promo_code": "A"}}, "A", id="empty outside"),
        pytest.param({"code": "B", "custom_fields": {"code": "A"}}, "B", id="outside first"),
        pytest.param({"code": 0, "custom_fields": {"code": "A"}}, "0", id="a zero is a code"),
    ],
)
def test_the_code_may_be_in_an_inner_object(body: dict[str, object], code: str) -> None:
    assert Fields([], parse(json.dumps(body).encode()), INNER).code() == code


@pytest.mark.parametrize("sender", [SENDER, INNER], ids=["no inner object", "twice inside"])
def test_a_code_inside_counts_only_where_it_is_looked_for_and_only_once(sender: Sender) -> None:
    body = parse(b'{"custom_fields": {"code": "A", "code": "B"}}')
    with pytest.raises(BadField) as refusal:
        Fields([], body, sender).code()
    assert refusal.value.args == (("code", "twice") if sender is INNER else ("code", "missing"))


def test_a_name_that_came_twice_is_no_name() -> None:
    assert Fields([("name", "Anna"), ("name", "Bella"), ("last_name", "P")], Body()).person() == "P"
    assert Fields([], parse(b'{"name": "Anna", "name": "Bella"}')).person() == ""


@pytest.mark.parametrize("prefix", ["tg", "mc", "cf", "sp", "sb", "tb", " mc "])
def test_a_prefix_alone_is_nobody(prefix: str) -> None:
    with pytest.raises(BadField) as refusal:
        Fields([("subscriber_id", prefix)], Body()).subscriber()
    assert refusal.value.args == ("subscriber_id", "empty")
