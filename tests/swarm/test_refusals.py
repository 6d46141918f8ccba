"""Every refusal of a vote, of a merge and of taking one apart, given by the verb and not only by its rule.

What two people at the same moment are refused stands in test_merge_races.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.db import writing
from portal.errors import DomainError
from portal.ideas import moderating
from portal.ideas import service as ideas
from portal.ideas.queries import readable_number
from portal.ideas.rules import Action
from portal.ideas.words import Audience, Stage
from portal.swarm import audit
from portal.swarm.merge_rules import MergeRefusal, UnmergeRefusal
from portal.swarm.models import Via
from portal.swarm.rules import SENTENCE_MAX, STRONG_AT_ONCE, StopReason, VoteKind, VoteRefusal, WantedVote
from portal.swarm.service import Voter, cast_vote
from tests.factories import NOON, Cast
from tests.ideas.making import idea, said, viewer
from tests.swarm.merges import merge, unmerge
from tests.swarm.voting import WANTED, vote

LATER = NOON + timedelta(minutes=1)
Attempt = Callable[[Cast], object]


def weigh_in(person: int, number: int, wanted: WantedVote | str) -> None:
    """As the page and the interface do it."""
    who, what = viewer(person), WANTED[wanted] if isinstance(wanted, str) else wanted
    with writing():
        cast_vote(Voter.of(who), readable_number(who, number), what, via=Via.LINK, now=LATER)


def withdrawn(author: int) -> int:
    number = said(author, "A rule that its author has thought over")
    with writing():
        ideas.withdraw(viewer(author), idea(number), now=NOON)
    return number


def hidden(cast: Cast) -> int:
    number = said(cast.kim, "A rule with a name in it")
    with writing():
        moderating.moderate(viewer(cast.mia), moderating.Text(idea(number)), Action.HIDE, "A name in it", now=NOON)
    return number


def carried(cast: Cast) -> int:
    number = said(cast.asha, "The form wants a fax number.")
    assert any(vote(person, number, "strong") for person in cast.voters[:8])
    return number


def objected_to(cast: Cast) -> int:
    number = said(cast.kim, "No fax.")
    for person in cast.voters[8:20]:
        vote(person, number, "stop")
    return number


def at_stage(cast: Cast, stage: Stage) -> int:
    number = said(cast.cy, "A rule that went its way")
    with writing():
        idea(number).stage = stage
    return number


def joined(cast: Cast) -> int:
    number = said(cast.di, "The same rule in other words")
    merge(cast, number, said(cast.kim))
    return number


def a_sixth_offer(cast: Cast) -> None:
    for n in range(STRONG_AT_ONCE + 1):
        weigh_in(cast.bo, said(cast.asha, f"Rule number {n} should go"), "strong")


def stop(reason: StopReason | None, sentence: str = "") -> WantedVote:
    return WantedVote(VoteKind.STOP, reason, sentence)


TOO_LONG = stop(StopReason.TRIED, "x" * (SENTENCE_MAX + 1))
VOTES: dict[VoteRefusal, Attempt] = {
    VoteRefusal.NO_TEAM: lambda cast: weigh_in(cast.vic, said(cast.asha), "support"),
    VoteRefusal.OUT_OF_SCOPE: lambda cast: weigh_in(cast.sam, said(cast.asha, audience=Audience.SITE), "support"),
    VoteRefusal.OWN_IDEA: lambda cast: weigh_in(cast.asha, said(cast.asha), "support"),
    VoteRefusal.MERGED: lambda cast: weigh_in(cast.bo, joined(cast), "support"),
    VoteRefusal.CLOSED: lambda cast: weigh_in(cast.bo, at_stage(cast, Stage.DECLINED), "support"),
    VoteRefusal.TOO_MANY_STRONG: a_sixth_offer,
    VoteRefusal.STOP_NEEDS_REASON: lambda cast: weigh_in(cast.bo, said(cast.asha), stop(None)),
    VoteRefusal.STOP_NEEDS_SENTENCE: lambda cast: weigh_in(cast.bo, said(cast.asha), stop(StopReason.UNSAFE)),
    VoteRefusal.SENTENCE_TOO_LONG: lambda cast: weigh_in(cast.bo, said(cast.asha), TOO_LONG),
    VoteRefusal.NO_VOTE_TO_WITHDRAW: lambda cast: weigh_in(cast.bo, said(cast.asha), "none"),
}
MERGES: dict[MergeRefusal, Attempt] = {
    MergeRefusal.SELF: lambda cast: merge(cast, number := said(cast.asha), number),
    MergeRefusal.NOT_VISIBLE: lambda cast: merge(cast, said(cast.asha), 999_999),
    MergeRefusal.ALREADY_MERGED: lambda cast: merge(cast, joined(cast), said(cast.asha)),
    MergeRefusal.JOINED_THIS: lambda cast: merge(cast, idea(number := joined(cast)).merged_into_id or 0, number),
    MergeRefusal.HAS_COMMITMENT: lambda cast: merge(cast, at_stage(cast, Stage.PROMISED), said(cast.asha)),
    MergeRefusal.DECLINED: lambda cast: merge(cast, at_stage(cast, Stage.DECLINED), said(cast.asha)),
    MergeRefusal.WITHDRAWN: lambda cast: merge(cast, withdrawn(cast.asha), said(cast.kim)),
    MergeRefusal.HIDDEN: lambda cast: merge(cast, hidden(cast), said(cast.asha)),
    MergeRefusal.TARGET_WITHDRAWN: lambda cast: merge(cast, said(cast.asha), withdrawn(cast.mia)),
    MergeRefusal.TARGET_HIDDEN: lambda cast: merge(cast, said(cast.asha), hidden(cast)),
    MergeRefusal.TARGET_DECLINED: lambda cast: merge(cast, said(cast.asha), at_stage(cast, Stage.DECLINED)),
    MergeRefusal.TARGET_DONE: lambda cast: merge(cast, said(cast.asha), at_stage(cast, Stage.DONE)),
    MergeRefusal.WIDER_AUDIENCE: lambda cast: merge(cast, said(cast.asha, audience=Audience.SITE), said(cast.bo)),
    MergeRefusal.NARROWER_AUDIENCE: lambda cast: merge(cast, said(cast.bo), said(cast.asha, audience=Audience.SITE)),
    MergeRefusal.LOSES_PROMOTION: lambda cast: merge(cast, carried(cast), objected_to(cast), now=LATER),
}


def after_thirty_days(cast: Cast) -> None:
    unmerge(cast, joined(cast), now=NOON + timedelta(days=30, seconds=1))


def after_the_other_joined_a_third(cast: Cast) -> None:
    number = joined(cast)
    merge(cast, idea(number).merged_into_id or 0, said(cast.asha, "A rule for all of it"))
    unmerge(cast, number)


def after_an_answer(cast: Cast) -> None:
    number = joined(cast)
    with writing():
        idea(idea(number).merged_into_id or 0).stage = Stage.DECLINED
    unmerge(cast, number)


UNMERGES: dict[UnmergeRefusal, Attempt] = {
    UnmergeRefusal.NOT_MERGED: lambda cast: unmerge(cast, said(cast.asha)),
    UnmergeRefusal.TOO_LATE: after_thirty_days,
    UnmergeRefusal.MERGED_FURTHER: after_the_other_joined_a_third,
    UnmergeRefusal.DECIDED_SINCE: after_an_answer,
}
AT_THE_SAME_MOMENT = {MergeRefusal.CHANGED, UnmergeRefusal.CHANGED}
EVERY = [
    *((VOTES, refusal) for refusal in VoteRefusal),
    *((MERGES, refusal) for refusal in MergeRefusal if refusal not in AT_THE_SAME_MOMENT),
    *((UNMERGES, refusal) for refusal in UnmergeRefusal if refusal not in AT_THE_SAME_MOMENT),
]


@pytest.mark.parametrize(("attempts", "refusal"), EVERY, ids=lambda one: getattr(one, "name", ""))
def test_every_refusal_is_given_by_the_verb(
    context: Flask, cast: Cast, attempts: dict[object, Attempt], refusal: VoteRefusal
) -> None:
    expected = refusal.as_error()

    with pytest.raises(type(expected)) as caught:
        attempts[refusal](cast)

    assert isinstance(caught.value, DomainError) and caught.value.code == expected.code
    assert caught.value.fields == expected.fields and audit.verify() == []
