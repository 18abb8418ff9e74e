"""What a text that a person typed to a bot gets: a campaign's code, or what there is to say of a code."""

from __future__ import annotations

import pytest
from fake_sheet import FakeSheet, FakeWorld
from hypothesis import given
from hypothesis import strategies as st
from rows import BOT, KEY, NOW, code, issue_call, sheet

from functions import chatting, codes, issuing
from functions.committer import Committer, Told
from functions.promo import Answer, Campaign, Claim, Decision, PromoCode, Source, Status, TypedCall
from functions.snapshot import Snapshot

CAMPAIGNS = (
    Campaign("spring", prefix="SPRING"),
    Campaign("Чёрная пятница", prefix="CHERNAYA"),
    Campaign("Summer Sale", prefix="SUN"),
    Campaign("autumn 2025", prefix="AUTUMN20", active=False),
    Campaign("autumn 2026", prefix="AUTUMN20"),
    Campaign("twin 1", prefix="TWIN"),
    Campaign("twin 2", prefix="TWIN"),
    Campaign("stopped", prefix="STOPPED", active=False),
    Campaign("for all", source=Source.SHARED, shared_code="HELLO-ALL", prefix="FORALL"),
)
OPEN = sheet(code(), campaigns=CAMPAIGNS)


def said(text: str, snapshot: Snapshot = OPEN, *, linked: bool = False, subscriber: str = "s1") -> Decision:
    call = TypedCall(BOT, subscriber, text, "Anna", "telegram", linked=linked)
    return chatting.answer(snapshot, call, NOW, KEY, "claim")


@pytest.mark.parametrize(
    ("text", "campaign"),
    [
        pytest.param("Summer Sale", "Summer Sale", id="as it stands in the sheet"),
        pytest.param("  summer   SALE ", "Summer Sale", id="small letters and spaces"),
        pytest.param("чёрная пятница", "Чёрная пятница", id="Cyrillic"),
        pytest.param("for all", "for all", id="one code for everybody"),
    ],
)
def test_a_campaigns_name_asks_for_its_code(text: str, campaign: str) -> None:
    decision = said(text, subscriber="s2")
    assert isinstance(decision, Claim)
    assert (decision.outcome.word, decision.outcome.campaign) == ("issued", campaign)
    row = decision.rows[0]
    assert isinstance(row, PromoCode)
    assert (row.subscriber_id, row.name, row.platform) == ("s2", "Anna", "telegram")


def test_the_code_is_the_one_that_every_other_way_of_asking_gives() -> None:
    decision = issuing.issue(OPEN, issue_call("s2", "Summer Sale", name="Anna", platform="telegram"), NOW, KEY, "claim")
    assert said("summer sale", subscriber="s2") == decision


@pytest.mark.parametrize(
    ("payload", "campaign"),
    [
        pytest.param("Summer Sale", "Summer Sale", id="the name"),
        pytest.param("summer_sale", "Summer Sale", id="a line for the space"),
        pytest.param("SummerSale", "Summer Sale", id="no space"),
        pytest.param("chernaya-pyatnitsa", "Чёрная пятница", id="Cyrillic in Latin letters"),
        pytest.param("sun", "Summer Sale", id="the prefix"),
        pytest.param("autumn20", "autumn 2026", id="the only active one of a prefix"),
        pytest.param("stopped", "stopped", id="a campaign that is switched off"),
    ],
)
def test_a_link_names_a_campaign_though_it_has_no_room_for_spaces_or_cyrillic(payload: str, campaign: str) -> None:
    decision = said(payload, linked=True, subscriber="s2")
    assert isinstance(decision, Claim | Answer)
    assert decision.outcome.campaign == campaign
    assert decision.outcome.word == ("campaign_inactive" if campaign == "stopped" else "issued")


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        pytest.param("twin", "campaign_not_found", id="a prefix of two"),
        pytest.param("winter", "campaign_not_found", id="nobody's"),
        pytest.param("___", "campaign_not_found", id="no letter at all"),
        pytest.param("SPRING-11111-22222", "campaign_not_found", id="a link is no place for a code"),
        pytest.param("", "invalid_request", id="none named, several active"),
    ],
)
def test_a_link_that_names_no_campaign_is_not_guessed_at(payload: str, word: str) -> None:
    decision = said(payload, linked=True)
    assert isinstance(decision, Answer)
    assert decision.outcome.word == word


def test_a_link_without_a_name_means_the_only_active_campaign() -> None:
    decision = said("", sheet(), linked=True, subscriber="s2")
    assert isinstance(decision, Claim)
    assert decision.outcome.campaign == "spring"


@pytest.mark.parametrize(
    ("text", "subscriber", "word"),
    [
        pytest.param("spring 11111 22222", "s1", "valid", id="one's own code"),
        pytest.param("SPRING-IIIII-22222", "s1", "valid", id="with look-alikes"),
        pytest.param("HELLO-ALL", "s1", "valid", id="everybody's code"),
        pytest.param("SPRING-11111-22223", "s1", "not_found", id="a wrong digit"),
        pytest.param("ABCDEF", "s1", "not_found", id="one word in capitals"),
        pytest.param("hello there", "s1", "campaign_not_found", id="small talk"),
        pytest.param("привет", "s1", "campaign_not_found", id="small talk in Russian"),
        pytest.param("OK", "s1", "campaign_not_found", id="two capitals"),
        pytest.param("🙂", "s1", "campaign_not_found", id="a face"),
        pytest.param("   ", "s1", "campaign_not_found", id="blanks are no campaign"),
        pytest.param("=IMPORTXML(A1)", "s1", "not_found", id="a formula"),
    ],
)
def test_anything_else_is_a_code_to_check(text: str, subscriber: str, word: str) -> None:
    decision = said(text, subscriber=subscriber)
    assert isinstance(decision, Answer)
    assert decision.outcome.word == word


def test_to_a_stranger_a_used_code_does_not_exist() -> None:
    used = sheet(code(status=Status.USED), campaigns=CAMPAIGNS)
    assert said("SPRING-11111-22222", used, subscriber="s2") == Answer(
        said("SPRING-11111-22223", used, subscriber="s2").outcome.but(code="SPRING-11111-22222")  # type: ignore[union-attr]
    )


@given(st.text(max_size=60), st.booleans())
def test_every_text_has_an_answer(text: str, linked: bool) -> None:  # noqa: FBT001
    decision = said(text, linked=linked)
    assert isinstance(decision, Answer | Claim)
    known = {"issued", "already_issued", "valid", "not_found", "campaign_not_found", "campaign_inactive"}
    assert decision.outcome.word in known | ({"invalid_request"} if linked and not codes.fold_name(text) else set())


# --- through the committer ---------------------------------------------------------------------------------------


@pytest.fixture
def typed() -> FakeSheet:
    sheet = FakeSheet(FakeWorld())
    sheet.type_row("campaigns", campaign="spring")
    sheet.type_row("codes", code="GIFT-7", campaign="spring", subscriber_id="s9", status="unused")
    return sheet


def submit(sheet: FakeSheet, text: str, subscriber: str = "s1") -> Told:
    committer = Committer(sheet, sheet.world, KEY, 8.0, lambda _message, _fields: None)
    return committer.submit(TypedCall(BOT, subscriber, text))


@pytest.mark.parametrize(
    ("text", "word", "requests"),
    [
        pytest.param("spring", "issued", {"reads": 2, "writes": 1}, id="a campaign: as any issue"),
        pytest.param("gift 7", "valid", {"reads": 1}, id="a code: one read, not one for each question"),
        pytest.param("hello", "campaign_not_found", {"reads": 1}, id="neither"),
    ],
)
def test_both_questions_are_answered_on_one_read(
    typed: FakeSheet, text: str, word: str, requests: dict[str, int]
) -> None:
    told = submit(typed, text)
    assert (told.outcome.word, told.requests) == (word, requests)


def test_a_campaign_that_is_renamed_while_its_code_is_written_gives_none(typed: FakeSheet) -> None:
    def rename() -> None:
        typed.rows["campaigns"][0]["campaign"] = "summer"

    typed.before_write = rename
    assert submit(typed, "spring").outcome.word == "campaign_not_found"
    assert [row["event"] for row in typed.rows["redemptions"]] == ["withdrawn"]


def test_a_person_who_was_forgotten_and_writes_again_is_the_same_one(typed: FakeSheet) -> None:
    code = submit(typed, "spring").outcome.code
    typed.rows["codes"][-1]["subscriber_id"] = codes.pseudonym(KEY, "subscriber", "s1")
    assert (submit(typed, "spring").outcome.word, submit(typed, "spring").outcome.code) == ("already_issued", code)
