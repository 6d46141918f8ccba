"""Merges side by side, and merges beside votes and comments: real threads on real connections."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text

from portal.db import db, is_postgres, table_of, writing
from portal.errors import Conflict
from portal.ideas import service as ideas
from portal.ideas import talking
from portal.ideas.models import Comment
from portal.ideas.talking import NewComment
from portal.ideas.words import Stage
from portal.people.models import Person
from portal.swarm import audit, merging
from portal.swarm.merge_rules import MergeRefusal, UnmergeRefusal
from portal.swarm.models import Via, Vote
from portal.swarm.rules import VoteKind, VoteRefusal, WantedVote
from portal.swarm.service import Voter, cast_vote
from tests.counting import counted
from tests.factories import NOON, Cast
from tests.ideas.making import idea, said, viewer
from tests.ledger.racing import race
from tests.swarm.merges import merge, standing, unmerge
from tests.swarm.voting import vote

pytestmark = pytest.mark.slow


def two(app: Flask, cast: Cast) -> tuple[int, int]:
    with app.app_context():
        return said(cast.asha, "One rule too many."), said(cast.kim, "There are too many rules.")


@pytest.mark.parametrize("turn", range(5))
def test_of_two_merges_the_other_way_round_one_wins(app: Flask, cast: Cast, turn: int) -> None:
    numbers = two(app, cast)
    with app.app_context():
        mia = viewer(cast.mia)
        for number in numbers:
            vote(cast.bo, number, "support")

    def join(n: int) -> object:
        return merging.merge(mia, idea(numbers[n]), numbers[1 - n], now=NOON).from_id

    answers = race(app, 2, join)

    lost = {MergeRefusal.CHANGED, MergeRefusal.ALREADY_MERGED, MergeRefusal.JOINED_THIS}
    won = [number for number in answers if number in numbers]
    assert len(won) == 1 and len(set(answers) & lost) == 1
    with app.app_context():
        assert sorted(idea(number).stage for number in numbers) == [Stage.MERGED, Stage.OPEN]
        assert audit.verify() == []


def test_a_merge_into_what_joins_a_third_at_this_moment_is_refused(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        third, mia = said(cast.bo, "Rules upon rules."), viewer(cast.mia)

    refused = while_waiting(
        app,
        lambda: merging.merge(mia, idea(into), third, now=NOON),
        lambda: merging.merge(mia, idea(one), into, now=NOON),
    )

    assert refused == MergeRefusal.CHANGED
    with app.app_context():
        assert (idea(one).stage, idea(into).merged_into_id) == (Stage.OPEN, third) and audit.verify() == []


def test_what_is_taken_apart_at_this_moment_is_not_taken_apart_again(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        mia = viewer(cast.mia)
        merge(cast, one, into)

    refused = while_waiting(
        app,
        lambda: merging.unmerge(mia, idea(one), now=NOON),
        lambda: merging.unmerge(mia, idea(one), now=NOON),
    )

    assert refused == UnmergeRefusal.CHANGED
    with app.app_context():
        assert idea(one).stage is Stage.OPEN and audit.verify() == []


def while_waiting(app: Flask, first: Callable[[], object], second: Callable[[], object]) -> str:
    """The code with which `second` is refused when it has read everything and waits for what `first` holds."""
    with app.app_context():
        if not is_postgres():
            pytest.skip("on SQLite whoever writes has read nothing before it is their turn")

    def late() -> str:
        with app.app_context(), pytest.raises(Conflict) as caught, writing():
            second()
        return caught.value.code

    with ThreadPoolExecutor(1) as pool:
        with app.app_context(), writing():
            first()
            waits = pool.submit(late)
            while not db.session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                assert not waits.done()
                time.sleep(0.01)
        return waits.result(timeout=30)


def test_one_idea_joins_one_other(app: Flask, cast: Cast) -> None:
    one, *others = (*two(app, cast), *two(app, cast))
    with app.app_context():
        mia = viewer(cast.mia)

    answers = race(app, 3, lambda n: merging.merge(mia, idea(one), others[n], now=NOON).into_id)

    assert Counter(answer in others for answer in answers) == {True: 1, False: 2}
    with app.app_context():
        assert idea(one).merged_into_id in answers and audit.verify() == []


def test_of_two_who_take_it_apart_at_once_one_does(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        mia = viewer(cast.mia)
        vote(cast.bo, one, "support")
        merge(cast, one, into)

    answers = race(app, 2, lambda _: merging.unmerge(mia, idea(one), now=NOON).from_id)

    assert one in answers and set(answers) - {one} <= {UnmergeRefusal.CHANGED, UnmergeRefusal.NOT_MERGED}
    with app.app_context():
        assert set(standing(one)) == {cast.bo} and standing(into) == {} and audit.verify() == []


@pytest.mark.parametrize("turn", range(3))
def test_no_vote_and_no_comment_is_lost_beside_a_merge(app: Flask, cast: Cast, turn: int) -> None:
    """Each either comes before and moves along, or is told where the idea is now."""
    one, into = two(app, cast)
    with app.app_context():
        mia, people = viewer(cast.mia), [viewer(person) for person in cast.voters[:16]]

    def act(n: int) -> object:
        if n == 8:
            return merging.merge(mia, idea(one), into, now=NOON).id
        if n % 4 == 3:
            return talking.add_comment(people[n], idea(one), NewComment("Try this."), now=NOON).id
        wanted = WantedVote(VoteKind.PASS)
        return cast_vote(Voter.of(people[n]), one, wanted, via=Via.FEED, now=NOON)

    answers = race(app, 16, act)

    refused = Counter(answer for answer in answers if isinstance(answer, str))
    voted = sum(answer is False for answer in answers)
    commented = 16 - 1 - voted - sum(refused.values())
    with app.app_context():
        assert set(refused) <= {VoteRefusal.MERGED}
        assert standing(one) == {} and len(standing(into)) == voted
        where = select(Comment.idea_id, func.count()).group_by(Comment.idea_id)
        assert dict(db.session.execute(where).all()) == ({into: commented} if commented else {})
        assert idea(into).comment_count == commented and audit.verify() == []


def test_an_author_who_withdraws_beside_a_merge_takes_nobodys_votes_away(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        mia, kim = viewer(cast.mia), viewer(cast.kim)

    def act(n: int) -> object:
        if n:
            return ideas.withdraw(kim, idea(into), now=NOON)
        return merging.merge(mia, idea(one), into, now=NOON).id

    answers = race(app, 2, act)

    with app.app_context():
        stages = idea(one).stage, idea(into).stage
    assert stages in ((Stage.MERGED, Stage.OPEN), (Stage.OPEN, Stage.WITHDRAWN)), answers


def test_five_thousand_votes_take_as_many_statements_as_fifty(app: Flask, cast: Cast) -> None:
    few, many = (_statements(app, cast, votes) for votes in (50, 5_000))

    assert few == many


def _statements(app: Flask, cast: Cast, votes: int) -> int:
    """How many statements it takes to merge an idea with so many votes and to take it apart."""
    one, into = two(app, cast)
    with app.app_context():
        with writing():
            ids = _crowd(cast, votes)
            db.session.execute(insert(Vote), [_vote(cast, one, person, place) for place, person in enumerate(ids)])
            some = [_vote(cast, into, person, place + 1) for place, person in enumerate(ids[::2])]
            db.session.execute(insert(Vote), some)
            audit.rebuild(now=NOON)
        with counted(app) as statements:
            merge(cast, one, into)
            unmerge(cast, one)
        assert len(standing(one)) == votes and len(standing(into)) == votes // 2 and audit.verify() == []
    return len(statements)


def _crowd(cast: Cast, many: int) -> list[int]:
    bo = db.session.get_one(Person, cast.bo)
    names = table_of(Person).columns.keys()
    columns = {name: getattr(bo, name) for name in names if name not in ("id", "email")}
    db.session.execute(insert(Person), [columns | {"email": f"crowd{n}-{many}@harbour.example"} for n in range(many)])
    newest = select(Person.id).order_by(Person.id.desc()).limit(many)
    return list(db.session.scalars(newest))


def _vote(cast: Cast, number: int, person: int, place: int) -> dict[str, object]:
    kind = (VoteKind.SUPPORT, VoteKind.PASS)[place % 2]
    return {
        "idea_id": number, "person_id": person, "team_id": cast.places["Leeds/Billing"],
        "site_id": cast.places["Leeds"], "kind": kind, "reason": None, "sentence": "", "via": Via.FEED, "at": NOON,
    }  # fmt: skip
