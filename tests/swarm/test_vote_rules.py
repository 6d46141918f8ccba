"""Who may vote on what: every refusal is produced here."""

from datetime import UTC, datetime

import pytest

from portal.errors import Conflict, Invalid, Missing, Refused
from portal.swarm.rules import (
    SENTENCE_MAX,
    IdeaFacts,
    StopReason,
    VoteKind,
    VoteRefusal,
    VoterFacts,
    WantedVote,
    vote_refusal,
)

NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
SUPPORT = WantedVote(VoteKind.SUPPORT)
STRONG = WantedVote(VoteKind.STRONG)
WITHDRAW = WantedVote(None)


def refusal(wanted=SUPPORT, *, author=7, stage="open", **voter):
    return vote_refusal(VoterFacts(person_id=1, **voter), IdeaFacts(author, stage), wanted, NOW)


def stop(reason=None, sentence=""):
    return WantedVote(VoteKind.STOP, reason, sentence)


PRODUCED = {
    VoteRefusal.OUT_OF_SCOPE: {"in_audience": False},
    VoteRefusal.NO_TEAM: {"has_team": False},
    VoteRefusal.OWN_IDEA: {"author": 1},
    VoteRefusal.MERGED: {"stage": "merged"},
    VoteRefusal.CLOSED: {"stage": "declined"},
    VoteRefusal.TOO_MANY_STRONG: {"wanted": STRONG, "open_strong": 5},
    VoteRefusal.STOP_NEEDS_REASON: {"wanted": stop(sentence="It just is.")},
    VoteRefusal.STOP_NEEDS_SENTENCE: {"wanted": stop(StopReason.UNSAFE, "  ")},
    VoteRefusal.SENTENCE_TOO_LONG: {"wanted": stop(StopReason.TRIED, "a" * (SENTENCE_MAX + 1))},
    VoteRefusal.NO_VOTE_TO_WITHDRAW: {"wanted": WITHDRAW},
}


@pytest.mark.parametrize(("expected", "case"), PRODUCED.items())
def test_each_refusal_is_given_for_its_reason(expected, case):
    assert refusal(**case) is expected


def test_no_refusal_is_left_without_a_test():
    assert set(PRODUCED) == set(VoteRefusal)


@pytest.mark.parametrize("reason", list(VoteRefusal))
def test_each_refusal_has_a_plain_sentence_and_becomes_an_error(reason):
    error = reason.as_error()
    assert reason.sentence == error.message
    assert reason.sentence[0].isupper()
    assert reason.sentence.endswith(".")
    assert "!" not in reason.sentence
    assert error.code == ("not_found" if reason is VoteRefusal.OUT_OF_SCOPE else reason.value)


@pytest.mark.parametrize(
    ("reason", "family"),
    [
        (VoteRefusal.NO_TEAM, Refused),
        (VoteRefusal.OUT_OF_SCOPE, Missing),
        (VoteRefusal.OWN_IDEA, Refused),
        (VoteRefusal.CLOSED, Conflict),
        (VoteRefusal.TOO_MANY_STRONG, Conflict),
        (VoteRefusal.STOP_NEEDS_REASON, Invalid),
        (VoteRefusal.STOP_NEEDS_SENTENCE, Invalid),
        (VoteRefusal.SENTENCE_TOO_LONG, Invalid),
        (VoteRefusal.NO_VOTE_TO_WITHDRAW, Conflict),
    ],
)
def test_each_refusal_names_its_class(reason, family):
    assert type(reason.as_error()) is family


def test_what_is_wrong_in_the_form_names_its_field():
    assert VoteRefusal.STOP_NEEDS_REASON.as_error().fields.keys() == {"reason"}
    assert VoteRefusal.STOP_NEEDS_SENTENCE.as_error().fields.keys() == {"sentence"}
    assert VoteRefusal.SENTENCE_TOO_LONG.as_error().fields.keys() == {"sentence"}


@pytest.mark.parametrize("kind", [VoteKind.SUPPORT, VoteKind.STRONG, VoteKind.PASS])
@pytest.mark.parametrize("stage", ["open", "promoted"])
def test_open_and_promoted_ideas_take_votes(kind, stage):
    assert refusal(WantedVote(kind), stage=stage) is None


@pytest.mark.parametrize("wanted", [SUPPORT, WITHDRAW])
@pytest.mark.parametrize("stage", ["promised", "done", "declined", "withdrawn"])
def test_answered_and_withdrawn_ideas_take_none_and_give_none_back(wanted, stage):
    assert refusal(wanted, stage=stage, standing=VoteKind.SUPPORT) is VoteRefusal.CLOSED


def test_an_idea_without_an_author_is_nobodys_own():
    assert refusal(author=None) is None


def test_whoever_may_not_see_the_idea_learns_nothing_else_about_it():
    assert refusal(in_audience=False, author=1, stage="declined") is VoteRefusal.OUT_OF_SCOPE


@pytest.mark.parametrize("before", [None, *VoteKind])
@pytest.mark.parametrize("after", [None, *VoteKind])
def test_every_vote_may_become_every_other(before, after):
    wanted = WantedVote(after, StopReason.WRONG_FIX if after is VoteKind.STOP else None)
    expected = VoteRefusal.NO_VOTE_TO_WITHDRAW if before is None and after is None else None
    assert refusal(wanted, standing=before) is expected


def test_a_fifth_strong_vote_is_taken_and_the_fifth_may_be_given_again():
    assert refusal(STRONG, open_strong=4) is None
    assert refusal(STRONG, open_strong=5, standing=VoteKind.STRONG) is None
    assert refusal(STRONG, open_strong=5, standing=VoteKind.SUPPORT) is VoteRefusal.TOO_MANY_STRONG


def test_five_strong_votes_do_not_stand_in_the_way_of_a_plain_one():
    assert refusal(SUPPORT, open_strong=5) is None


@pytest.mark.parametrize("reason", list(StopReason))
def test_only_harm_and_law_need_a_sentence(reason):
    needs = reason in (StopReason.UNSAFE, StopReason.UNLAWFUL)
    assert refusal(stop(reason)) is (VoteRefusal.STOP_NEEDS_SENTENCE if needs else None)
    assert refusal(stop(reason, "It tells callers their account number.")) is None


def test_a_sentence_is_measured_without_the_space_around_it():
    assert refusal(stop(StopReason.TRIED, "a" * SENTENCE_MAX + "  \n")) is None


def test_reason_and_sentence_of_another_kind_are_not_looked_at():
    assert refusal(WantedVote(VoteKind.PASS, None, "a" * 9999)) is None


@pytest.mark.parametrize("member", [*VoteKind, *StopReason])
def test_every_kind_and_reason_has_words_for_staff(member):
    assert member.words[0].isupper()


def test_codes_are_the_stored_words():
    assert [kind.value for kind in VoteKind] == ["support", "strong", "pass", "stop"]
    assert [reason.value for reason in StopReason] == [
        "unsafe",
        "unlawful",
        "tried",
        "wrong_fix",
        "moves_pain",
    ]
