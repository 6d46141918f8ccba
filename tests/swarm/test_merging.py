"""What moves when an idea joins another one, and that taking them apart gives back what was before."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import Conflict, Gone, Refused
from portal.ideas import service as ideas
from portal.ideas import talking
from portal.ideas.models import Comment, Story
from portal.ideas.rules import CommentRefusal, SortRefusal, WithdrawRefusal
from portal.ideas.service import NewSorting
from portal.ideas.words import Audience, Names, Stage, StoryKind
from portal.outbox.models import Message
from portal.rewards.rules import Payee, Share
from portal.swarm import audit, stops
from portal.swarm.co_authors import co_authors
from portal.swarm.looks_models import Look
from portal.swarm.merge_models import Merge
from portal.swarm.models import Promotion, Vote
from portal.swarm.occurrence_models import Occurrence, OccurrenceSum
from portal.swarm.queries import official_list
from portal.swarm.rules import StopReason, VoteKind, VoteRefusal, WantedVote
from portal.swarm.stop_models import StopStep
from tests.factories import NOON, Cast
from tests.ideas.making import commented, idea, said, viewer
from tests.swarm.looking import look
from tests.swarm.merges import everything, merge, standing, unmerge
from tests.swarm.noting import noted
from tests.swarm.voting import vote

HARM = WantedVote(VoteKind.STOP, StopReason.UNSAFE, "Somebody could be burnt.")


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def two(cast: Cast) -> tuple[int, int]:
    """Asha's idea and Kim's, said at noon."""
    return said(cast.asha, "We need two passwords to look at one bill."), said(
        cast.kim, "Bills need a second password."
    )


def test_votes_comments_and_followers_move_along(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    vote(cast.bo, one, "strong", now=after(1))
    vote(cast.cy, one, "stop", now=after(2))
    vote(cast.di, into, "pass", now=after(1))
    comment = commented(cast.asha, one, names="hidden")

    merge(cast, one, into, now=after(10), reason="The same password.")

    assert standing(into) == {
        cast.bo: ("strong", after(1)), cast.cy: ("stop", after(2)), cast.di: ("pass", after(1)),
    }  # fmt: skip
    assert standing(one) == {} and audit.verify() == []
    left, there = everything(one), everything(into)
    assert (left["stage"], left["into"]) == (Stage.MERGED, into)
    assert (there["comment_count"], left["comment_count"]) == (1, 0)
    assert there["follows"] == {cast.asha, cast.kim}
    moved = db.session.get_one(Comment, comment)
    assert (moved.idea_id, moved.by_idea_author) == (into, False)  # whose idea that is now is not Asha
    assert official_list() == [into]


def test_of_two_votes_of_one_person_the_later_stands(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    vote(cast.bo, one, "pass", now=after(1))
    vote(cast.bo, into, "support", now=after(2))
    vote(cast.cy, one, "support", now=after(4))
    vote(cast.cy, into, "stop", now=after(3))
    vote(cast.di, one, "stop", now=after(5))
    vote(cast.di, into, "strong", now=after(5))

    merge(cast, one, into, now=after(10))

    assert standing(into) == {
        cast.bo: ("support", after(2)), cast.cy: ("support", after(4)), cast.di: ("stop", after(5)),
    }  # fmt: skip
    assert audit.verify() == []


def test_the_authors_own_vote_does_not_count_for_their_idea(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    vote(cast.kim, one, "support", now=after(1))

    merge(cast, one, into, now=after(2))
    counted = standing(into)
    unmerge(cast, one, now=after(3))

    assert counted == {} and standing(one) == {cast.kim: ("support", after(1))}


def test_taking_apart_gives_back_what_was_before(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    for place, person in enumerate(cast.voters[:12]):
        vote(person, one, ("support", "pass", "pass", "stop")[place % 4], now=after(place))
    for place, person in enumerate(cast.voters[6:18]):
        vote(person, into, ("stop", "support", "pass", "stop")[place % 4], now=after(20 - 2 * place))
    commented(cast.asha, one, names="hidden")
    commented(cast.bo, into)
    before = everything(one), everything(into)

    merge(cast, one, into, now=after(30))
    unmerge(cast, one, now=after(40))

    assert (everything(one), everything(into)) == before
    assert audit.verify() == []


def test_what_is_decided_on_the_other_idea_after_the_merge_stays_there(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    vote(cast.bo, one, "support", now=after(1))
    vote(cast.cy, one, "support", now=after(1))
    merge(cast, one, into, now=after(2))
    vote(cast.bo, into, "stop", now=after(3))
    vote(cast.cy, into, "none", now=after(3))
    vote(cast.di, into, "strong", now=after(3))

    unmerge(cast, one, now=after(4))

    assert standing(one) == {cast.bo: ("support", after(1)), cast.cy: ("support", after(1))}
    assert standing(into) == {cast.bo: ("stop", after(3)), cast.di: ("strong", after(3))}
    assert audit.verify() == []


def test_chains_flatten(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    third, last = said(cast.bo, "Two passwords for one bill, again."), said(cast.cy, "One password for everything.")
    vote(cast.sam, one, "support", now=after(1))
    vote(cast.di, third, "support", now=after(1))
    merge(cast, one, into, now=after(2))

    merge(cast, third, one, now=after(3))
    assert idea(third).merged_into_id == into
    merge(cast, into, last, now=after(4))

    assert {idea(number).merged_into_id for number in (one, into, third)} == {last}
    assert set(standing(last)) == {cast.sam, cast.di} and audit.verify() == []
    with pytest.raises(Conflict, match="merged_further"):
        unmerge(cast, one, now=after(5))
    unmerge(cast, into, now=after(6))
    assert {idea(number).merged_into_id for number in (one, third)} == {into}
    unmerge(cast, one, now=after(7))
    assert set(standing(one)) == {cast.sam} and set(standing(into)) == {cast.di} and standing(last) == {}
    unmerge(cast, third, now=after(8))
    assert set(standing(third)) == {cast.di} and standing(into) == {} and audit.verify() == []


PEOPLE, KINDS = 4, ("support", "pass", "stop")
ballots = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, PEOPLE - 1)),
    st.tuples(st.sampled_from(KINDS), st.integers(0, 5)),
    max_size=10,
)


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ballots, st.permutations([0, 1, 2]))
def test_merges_can_be_taken_apart_in_any_order(context: Flask, cast: Cast, votes: dict, order: list[int]) -> None:  # type: ignore[type-arg]
    """Three ideas join a fourth; whichever leave, the fourth has the latest vote of what is still there."""
    people = cast.voters[8 : 8 + PEOPLE]
    numbers = [said(cast.asha, f"Rule {n} should go") for n in range(4)]
    for (which, person), (kind, minute) in sorted(votes.items(), key=lambda item: item[1][1]):
        vote(people[person], numbers[which], kind, now=after(minute))
    own = [standing(number) for number in numbers]

    for number in numbers[:3]:
        merge(cast, number, numbers[3], now=after(10))
    for place, leaves in enumerate(order):
        unmerge(cast, numbers[leaves], now=after(20 + place))
        stay = [own[3], *(own[which] for which in order[place + 1 :])]
        assert standing(numbers[leaves]) == own[leaves]
        assert standing(numbers[3]) == {
            person: max((found[person] for found in stay if person in found), key=_recency)
            for person in set().union(*stay)
        }
        assert audit.verify() == []


def _recency(found: tuple[str, object]) -> tuple[object, int]:
    return found[1], -("stop", "pass", "support", "strong").index(found[0])


def test_a_merge_can_carry_an_idea_over_the_line(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    for number, team in ((one, 0), (one, 3), (into, 5)):  # in Leeds, Belfast and Durban: three sites are needed
        for person in cast.voters[team::8]:
            vote(person, number, "strong", now=after(1))
    assert (idea(one).stage, idea(into).stage) == (Stage.OPEN, Stage.OPEN)

    merge(cast, one, into, now=after(2))

    assert idea(into).stage is Stage.PROMOTED and audit.verify() == []
    unmerge(cast, one, now=after(3))
    assert (idea(one).stage, idea(into).stage) == (Stage.OPEN, Stage.PROMOTED)  # carried is carried
    assert audit.verify() == []


def promoted(cast: Cast) -> int:
    number = said(cast.asha, "The form wants a fax number.")
    for person in cast.voters[:8]:
        if vote(person, number, "strong", now=after(1)):
            return number
    raise AssertionError("the swarm did not carry it")


def test_what_the_swarm_has_carried_keeps_its_promotion(context: Flask, cast: Cast) -> None:
    one, weak = promoted(cast), said(cast.kim, "No fax.")
    for person in cast.voters[8:20]:
        vote(person, weak, "stop", now=after(2))
    before = standing(one)

    with pytest.raises(Conflict, match="loses_promotion"):
        merge(cast, one, weak, now=after(3))
    assert idea(one).stage is Stage.PROMOTED and standing(one) == before

    merge(cast, weak, one, now=after(3))
    assert idea(weak).merged_into_id == one and audit.verify() == []
    unmerge(cast, weak, now=after(4))
    assert standing(one) == before and audit.verify() == []


def test_a_promoted_idea_joins_one_that_its_votes_carry_too(context: Flask, cast: Cast) -> None:
    one, into = promoted(cast), said(cast.kim, "Fax numbers should not be needed.")
    merge(cast, one, into, now=after(3))

    assert idea(into).stage is Stage.PROMOTED and audit.verify() == []
    unmerge(cast, one, now=after(4))
    assert idea(one).stage is Stage.PROMOTED and audit.verify() == []
    assert len(list(db.session.scalars(select(Promotion)))) == 2


def test_an_idea_that_has_joined_another_takes_nothing_more(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    merge(cast, one, into)

    with pytest.raises(Conflict, match=f"number {into}") as refused:
        vote(cast.bo, one, "support")
    assert refused.value.code == VoteRefusal.MERGED
    with pytest.raises(Conflict, match=CommentRefusal.MERGED):
        commented(cast.bo, one)
    with pytest.raises(Conflict, match=WithdrawRefusal.MERGED), writing():
        ideas.withdraw(viewer(cast.asha), idea(one), now=NOON)


def test_following_it_follows_the_other_one(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    merge(cast, one, into)
    with writing():
        ideas.follow(viewer(cast.bo), idea(one), now=NOON)
    assert cast.bo in everything(into)["follows"]

    with writing():
        ideas.unfollow(viewer(cast.bo), idea(one))
    assert cast.bo not in everything(into)["follows"]


def test_an_idea_that_others_have_joined_is_not_its_authors_alone(context: Flask, cast: Cast) -> None:
    where = {"audience": Audience.SITE}
    one, into = said(cast.asha, **where), said(cast.bo, **where)
    merge(cast, one, into)
    wider = NewSorting("A title", idea(into).kind, idea(into).barrier, idea(into).site_id, Audience.ORGANISATION)

    with pytest.raises(Conflict, match=WithdrawRefusal.JOINED), writing():
        ideas.withdraw(viewer(cast.bo), idea(into), now=NOON)
    with pytest.raises(Conflict, match=SortRefusal.JOINED), writing():
        ideas.sort(viewer(cast.bo), idea(into), wider, now=NOON)


def test_a_comment_that_came_along_can_be_taken_back(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    comment = commented(cast.bo, one)
    merge(cast, one, into)

    with writing():
        talking.withdraw_comment(viewer(cast.bo), db.session.get_one(Comment, comment), now=NOON)
    assert everything(into)["comment_count"] == 0
    unmerge(cast, one, now=after(1))

    assert everything(one)["comment_count"] == 0 and everything(one)["comments"] == [(comment, False)]


def test_both_stories_tell_it_and_the_outbox_knows(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    number = merge(cast, one, into, reason="The same password.")
    unmerge(cast, one, now=after(1))

    steps = {(step.idea_id, step.kind): step for step in db.session.scalars(select(Story))}
    assert steps[one, StoryKind.MERGED].words == "The same password."
    assert {(one, StoryKind.UNMERGED), (into, StoryKind.JOINED), (into, StoryKind.LEFT)} <= steps.keys()
    assert {step.actor_id for key, step in steps.items() if key[1] is not StoryKind.SAID} == {cast.mia}
    sent = {row.topic: row.payload for row in db.session.scalars(select(Message))}
    assert sent["swarm.merged"] == sent["swarm.unmerged"] == f'{{"merge": {number}}}'


def test_the_authors_of_what_joined_are_remembered_beside_the_author(context: Flask, cast: Cast) -> None:
    into, hidden, shown = said(cast.kim), said(cast.asha, names=Names.HIDDEN), said(cast.bo, names=Names.SHOWN)
    nobody, own = said(cast.cy, names=Names.NONE), said(cast.mia)
    for number in (hidden, shown, nobody, own):
        merge(cast, number, into)

    author = Share.AUTHOR
    assert co_authors(into) == [Payee(cast.asha, author, hidden=True), Payee(cast.bo, author, hidden=False)]
    unmerge(cast, hidden, now=after(1))
    assert co_authors(into) == [Payee(cast.bo, author, hidden=False)]


def test_only_who_answers_there_merges(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    for who in ("asha", "lea", "olu", "tess"):
        with pytest.raises(Refused, match="not_allowed"):
            merge(cast, one, into, who=who)
    merge(cast, one, into, who="vic")
    for who in ("asha", "kim"):
        with pytest.raises(Refused, match="not_allowed"):
            unmerge(cast, one, who=who)
    assert db.session.scalar(select(Merge.by_id)) == cast.vic


def test_an_idea_that_one_may_not_read_is_no_target(context: Flask, cast: Cast) -> None:
    one = said(cast.asha)
    for number in (10**6, 2**40, 0, -1):
        with pytest.raises(Exception, match="not_visible"):
            merge(cast, one, number)
    with pytest.raises(Exception, match="same_idea"):
        merge(cast, one, one)
    joined = said(cast.bo)
    merge(cast, joined, one)
    with pytest.raises(Conflict, match="joined_this"):
        merge(cast, one, joined)


def test_after_thirty_days_it_stays(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    merge(cast, one, into)

    with pytest.raises(Gone, match="unmerge_over"):
        unmerge(cast, one, now=NOON + timedelta(days=30, seconds=1))
    unmerge(cast, one, now=NOON + timedelta(days=30))
    with pytest.raises(Conflict, match="not_merged"):
        unmerge(cast, one, now=after(1))


def test_what_was_answered_since_is_not_taken_apart(context: Flask, cast: Cast) -> None:
    one, into = said(cast.kim, "Faxes."), promoted(cast)
    merge(cast, one, into, now=after(3))
    with writing():
        ideas.mark_declined(into, now=after(4))

    with pytest.raises(Conflict, match="decided_since"):
        unmerge(cast, one, now=after(5))


def test_looks_and_occurrences_move_along_and_back(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    vote(cast.cy, into, "support", now=after(1))
    for person, number in ((cast.bo, one), (cast.bo, into), (cast.di, one)):
        look(person, number)
    noted(cast.bo, one)
    before = everything(one), everything(into)

    merge(cast, one, into, now=after(10))

    assert audit.verify() == []
    assert looked_at(into) == {cast.bo, cast.di} and looked_at(one) == {cast.bo}  # Bo had seen both
    assert times(into) == 1 and times(one) == 0
    unmerge(cast, one, now=after(20))
    assert (everything(one), everything(into)) == before and audit.verify() == []
    assert looked_at(one) == {cast.bo, cast.di} and times(one) == 1


def test_what_was_answered_to_a_stop_signal_goes_with_it(context: Flask, cast: Cast) -> None:
    one, into = two(cast)
    vote(cast.bo, one, HARM, now=after(1))
    with writing():
        stops.answer_stop(viewer(cast.mia), stop_on(one), "There is a guard on it now.", now=after(2))

    merge(cast, one, into, now=after(10))

    assert answers(into) == ["There is a guard on it now."]
    unmerge(cast, one, now=after(20))
    assert answers(one) == ["There is a guard on it now."] and answers(into) == []


def looked_at(number: int) -> set[int]:
    return set(db.session.scalars(select(Look.person_id).where(Look.idea_id == number)))


def times(number: int) -> int:
    kept = db.session.scalar(select(OccurrenceSum.times).where(OccurrenceSum.idea_id == number))
    there = db.session.scalars(select(Occurrence.id).where(Occurrence.idea_id == number)).all()
    assert (kept or 0) == len(there)
    return len(there)


def stop_on(number: int) -> int:
    standing_stop = Vote.idea_id == number, Vote.kind == VoteKind.STOP, Vote.revoked_at.is_(None)
    return db.session.scalars(select(Vote.id).where(*standing_stop)).first() or 0


def answers(number: int) -> list[str]:
    return list(db.session.scalars(select(StopStep.words).where(StopStep.vote_id == stop_on(number))))
