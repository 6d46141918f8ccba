"""A generated firm: what bulk inserts wrote is what the portal's own verbs would have come to, one by one."""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy import text as sql

from portal import bulk_write
from portal.bulk_write import bulk_insert
from portal.db import db, table_of, writing
from portal.demo import bulk_rows
from portal.demo.bulk_load import work_out, write
from portal.demo.bulk_places import make_world
from portal.demo.bulk_size import Size
from portal.demo.bulk_years import STEPS_MIN, Years
from portal.errors import Conflict, Invalid
from portal.ideas import service as ideas
from portal.ideas.models import Comment, Follow, Idea, Story
from portal.ideas.service import NewIdea
from portal.ideas.words import Audience, Barrier, Kind, Names, Stage, StoryKind
from portal.ledger.verify import verify as verify_ledger
from portal.metrics.models import Observation
from portal.people.models import Origin, Person, Place
from portal.people.queries import DEMO_ROLES, demo_viewer
from portal.people.roles import PlaceKind
from portal.rewards.models import Award
from portal.swarm import audit, scores
from portal.swarm.models import IdeaScore, IdeaTeam, PortalStat, Promotion, PromotionTeam, Via, Vote
from portal.swarm.rules import STRONG_AT_ONCE, StopReason, VoteKind, WantedVote
from portal.swarm.service import Voter, cast_vote
from tests.databases import MovableApp, PostgresCopies, SqliteCopies
from tests.factories import send

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SMALL = Size(people=120, ideas=60, votes=1_400, days=120, seed=7)
TINY = Size(people=60, ideas=40, votes=400, days=50, seed=7)
MOVES = {
    StoryKind.COMMITTED: (Stage.PROMOTED, Stage.PROMISED),
    StoryKind.DECLINED: (Stage.PROMOTED, Stage.DECLINED),
    StoryKind.DELIVERED: (Stage.PROMISED, Stage.DELIVERED),
    StoryKind.SENT_BACK: (Stage.DELIVERED, Stage.PROMISED),
    StoryKind.CONFIRMED: (Stage.DELIVERED, Stage.DONE),
    StoryKind.WITHDRAWN: (Stage.OPEN, Stage.WITHDRAWN),
}
ROOM = ("open",)  # what a score row may remember about its idea, brought in order by the worker and not by votes
Event = tuple[datetime, int, Callable[[datetime], object]]


def load(size: Size = SMALL, *, now: datetime = NOW) -> str:
    firm = work_out(size, now=now)
    with writing():
        return write(firm)


def count(*conditions: Any) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0


def rows(model: Any) -> list[dict[str, Any]]:
    """Every row of a table in the order of its key."""
    table = model.__table__
    return [dict(row._mapping) for row in db.session.execute(select(table).order_by(*table.primary_key.columns))]


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All that a database holds, but for the number of its migration."""
    tables = db.metadata.sorted_tables
    return {
        table.name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key.columns))]
        for table in tables
    }


@contextmanager
def elsewhere(copies: SqliteCopies | PostgresCopies, folder: Path) -> Iterator[None]:
    """A second fresh database of the same kind."""
    db.session.remove()
    url = copies.new(folder)
    with MovableApp(url, folder).move(url, folder).app_context():
        yield
        db.session.remove()
        db.engine.dispose()
    copies.drop(url)


# -- the same as step by step --------------------------------------------------------------------------------


def only_what_was_said(size: Size) -> None:
    """The firm before anybody weighed in: its tree, its people and its ideas, all of them open."""
    years = Years(size, make_world(size), bulk_rows.first_day(NOW, size.days))
    years.run()
    fresh = {"stage": Stage.OPEN, "first_vote_at": None, "hidden_at": None, "comment_count": 0}
    for model, columns, found, _ in bulk_rows.tree(years.world, years.began):
        bulk_insert(table_of(model), columns, found)
    model, columns, found, _ = next(iter(bulk_rows.said(years)))
    opened = (tuple(fresh.get(name, value) for name, value in zip(columns, row, strict=True)) for row in found)
    bulk_insert(table_of(model), columns, opened)
    bulk_write.next_numbers_follow([table_of(model)])


def events(size: Size, votes: list[dict[str, Any]], steps: list[dict[str, Any]]) -> Iterator[Event]:
    """Everything that moved a score, in order of time: votes, changes, answers, and the refresh of the typical idea."""
    began, number = bulk_rows.first_day(NOW, size.days), max(size.days, STEPS_MIN)
    span = timedelta(days=size.days)
    refreshes = [(began + span * step / number, 0, refresh) for step in range(number)]
    changed = {(vote["idea_id"], vote["person_id"], vote["at"]) for vote in votes}
    cast = [(vote["at"], 1, voting(vote, VoteKind(vote["kind"]))) for vote in votes]
    taken = [
        (vote["revoked_at"], 1, voting(vote, None))
        for vote in votes
        if vote["revoked_at"] and (vote["idea_id"], vote["person_id"], vote["revoked_at"]) not in changed
    ]
    answers = [(step["at"], 1, answering(step)) for step in steps if step["kind"] in (*MOVES, StoryKind.HIDDEN)]
    return heapq.merge(*(sorted(some, key=lambda one: one[:2]) for some in (refreshes, cast, taken, answers)),
                       key=lambda one: one[:2])  # fmt: skip


def refresh(at: datetime) -> None:
    scores.refresh_typical(now=at)


def voting(vote: dict[str, Any], kind: VoteKind | None) -> Callable[[datetime], object]:
    voter = Voter(vote["person_id"], vote["team_id"], vote["site_id"])
    wanted = WantedVote(kind, vote["reason"] if kind else None, vote["sentence"] if kind else "")
    return lambda at: cast_vote(voter, vote["idea_id"], wanted, via=vote["via"], now=at)


def answering(step: dict[str, Any]) -> Callable[[datetime], object]:
    if step["kind"] is StoryKind.HIDDEN:
        hide = update(Idea).where(Idea.id == step["idea_id"])
        return lambda at: db.session.execute(hide.values(hidden_at=at))
    return lambda at: ideas.move_stage(step["idea_id"], *MOVES[step["kind"]], now=at)


def same(left: list[dict[str, Any]], right: list[dict[str, Any]], *, but: tuple[str, ...] = ()) -> None:
    """Equal rows, numbers with a fraction to 1e-9."""
    assert len(left) == len(right)
    for one, other in zip(left, right, strict=True):
        for name in one.keys() - set(but):
            fits = pytest.approx(other[name], abs=1e-9) if isinstance(other[name], float) else other[name]
            assert one[name] == fits, (name, one, other)


def test_votes_cast_one_by_one_come_to_the_same_cells_scores_and_promotions(
    context: Flask, copies: SqliteCopies | PostgresCopies, tmp_path: Path
) -> None:
    load()
    kept = {model: rows(model) for model in (IdeaTeam, IdeaScore, PortalStat, Promotion, PromotionTeam, Vote, Idea)}
    steps = rows(Story)
    assert len(kept[Promotion]) > 5 and any(vote["revoked_at"] for vote in kept[Vote])

    with elsewhere(copies, tmp_path):
        with writing():
            only_what_was_said(SMALL)
            for at, _, happen in events(SMALL, kept[Vote], steps):
                happen(at)
            scores.refresh_typical(now=bulk_rows.midnight(NOW), every_score=True)
        # Ideas nobody has voted on have no row on this path, or one of noughts.
        replayed = {row["idea_id"]: row for row in rows(IdeaScore)}
        same([row for row in kept[IdeaScore] if row["idea_id"] in replayed], list(replayed.values()), but=ROOM)
        assert all(row["m"] == row["s"] == row["d"] == 0 for row in kept[IdeaScore] if row["idea_id"] not in replayed)
        same(kept[Vote], rows(Vote))
        same(kept[IdeaTeam], rows(IdeaTeam))
        same(kept[PortalStat], rows(PortalStat))
        same(kept[Promotion], rows(Promotion), but=("hash", "prev_hash"))
        by_team = sorted(rows(PromotionTeam), key=lambda row: (row["promotion_id"], row["team_id"]))
        same(kept[PromotionTeam], by_team, but=("id",))
        same(kept[Idea], rows(Idea), but=("comment_count", "moved_at"))


def test_everything_that_can_be_checked_agrees(context: Flask) -> None:
    load()

    assert audit.verify() == []
    assert verify_ledger().ok and verify_ledger().checked > 10
    before = {row["idea_id"]: row for row in rows(IdeaScore)}
    with writing():
        audit.rebuild(now=bulk_rows.midnight(NOW))
    rebuilt = rows(IdeaScore)
    same([before[row["idea_id"]] for row in rebuilt], rebuilt, but=ROOM)


# -- what it holds -------------------------------------------------------------------------------------------


def test_it_has_exactly_the_size_that_was_asked_for_and_something_of_everything(context: Flask) -> None:
    size = replace(SMALL, people=300, ideas=800, votes=15_000, days=300)
    load(size)

    assert count(Person.id > 0) == 300 and count(Idea.id > 0) == 800 and count(Vote.id > 0) == 15_000
    assert count(IdeaScore.idea_id > 0) == 800
    assert count(Person.origin != Origin.DEMO) == 0 and count(Person.password_hash.is_not(None)) == 0
    for column, words in ((Idea.stage, {*Stage} - {Stage.MERGED}), (Idea.kind, Kind), (Idea.barrier, Barrier),
                          (Idea.names, Names), (Idea.audience, Audience), (Vote.kind, VoteKind),
                          (Vote.via, {*Via} - {Via.IMPORT, Via.API}),
                          (Vote.reason, {None, *StopReason})):  # fmt: skip
        assert set(db.session.scalars(select(column).distinct())) == set(words), column
    sites = count(Place.kind == PlaceKind.SITE)
    assert db.session.scalar(select(func.count(Observation.day.distinct()))) == size.days
    assert count(Observation.id > 0) % (sites * size.days) == 0
    assert count(Follow.id > 0) > 300 and count(Award.id > 0) > 10
    assert db.session.scalar(select(func.max(Idea.said_at))) < NOW  # type: ignore[operator]


def test_what_is_counted_once_is_counted_right(context: Flask) -> None:
    load()

    comments = select(func.count()).where(Comment.idea_id == Idea.id).scalar_subquery()
    assert count(Idea.comment_count != comments) == 0
    outside = select(func.count()).select_from(Vote).join(Idea, Idea.id == Vote.idea_id)
    outside = outside.join(Place, Place.id == Vote.team_id)
    assert db.session.scalar(outside.where(Idea.audience == Audience.SITE, Idea.site_id != Vote.site_id)) == 0
    assert db.session.scalar(
        outside.where(Idea.audience == Audience.EMPLOYER, Idea.employer_id != Place.employer_id)
    ) == 0  # fmt: skip
    assert db.session.scalar(outside.where(Idea.author_id == Vote.person_id)) == 0
    open_ones = Idea.stage.in_((Stage.OPEN, Stage.PROMOTED)), Vote.kind == VoteKind.STRONG, Vote.revoked_at.is_(None)
    strong = select(func.count().label("n")).select_from(Vote).join(Idea, Idea.id == Vote.idea_id)
    per_person = strong.where(*open_ones).group_by(Vote.person_id).subquery()
    assert db.session.scalar(select(func.max(per_person.c.n))) <= STRONG_AT_ONCE  # type: ignore[operator]


def test_the_same_seed_on_the_same_day_is_the_same_firm_and_another_seed_is_another(
    context: Flask, copies: SqliteCopies | PostgresCopies, tmp_path: Path
) -> None:
    load(TINY)
    first = everything()

    with elsewhere(copies, tmp_path):
        load(TINY, now=NOW.replace(hour=3))
        again = everything()
    with elsewhere(copies, tmp_path):
        load(replace(TINY, seed=8))
        other = everything()

    assert first == again
    assert first["votes"] != other["votes"] and first["ideas"] != other["ideas"] and first["people"] != other["people"]


# -- living on -----------------------------------------------------------------------------------------------


def test_every_role_of_the_strip_finds_its_pages(app: Flask) -> None:
    with app.app_context():
        load()
        carried = db.session.scalars(select(Promotion.idea_id).limit(1)).one()
        promise = db.session.scalar(sql("SELECT max(id) FROM commitments"))
        db.session.remove()
    app.config["SAYSO"] = replace(app.config["SAYSO"], demo=True)
    client = app.test_client()
    everywhere = ("/", "/ideas", "/ideas?view=rising", "/ideas?view=newest", "/ideas?q=refund", f"/ideas/{carried}",
                  "/ideas/1", "/commitments", f"/commitments/{promise}", "/results", "/wallet", "/me", "/metrics",
                  "/metrics/1")  # fmt: skip
    own = {"executive": ("/triage",), "administrator": ("/people",), "programme": ("/people",)}

    for role in DEMO_ROLES:
        assert send(client, "/demo/role", role=role).status_code == 303
        for address in (*everywhere, *own.get(role, ())):
            answer = client.get(address, follow_redirects=True)
            assert answer.status_code == 200, (role, address)


def test_life_goes_on_with_the_next_numbers(context: Flask) -> None:
    load()
    author = demo_viewer("frontline")
    assert author is not None and demo_viewer("executive") is not None
    with writing():
        said = ideas.say(author, NewIdea("Let us keep the window open on Fridays."), now=NOW)
        voter = db.session.scalars(
            select(Person).where(Person.team_id.is_not(None), Person.id != author.id).limit(1)
        ).one()
        cast_vote(Voter(voter.id, voter.team_id, voter.site_id), said.id, WantedVote(VoteKind.SUPPORT), via=Via.FEED,
                  now=NOW + timedelta(minutes=1))  # fmt: skip
        number = said.id

    assert number == SMALL.ideas + 1
    assert db.session.scalar(select(func.max(Vote.id))) == SMALL.votes + 1
    assert audit.verify() == []
    with pytest.raises(Conflict) as refused:
        load(TINY)
    assert refused.value.code == "not_empty"


# -- the command ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--people", "0"], "range"),
        (["--ideas", "-5"], "range"),
        (["--votes", "many"], "not a valid integer"),
        (["--days", "1000000"], "range"),
        (["--people", "100", "--ideas", "100", "--votes", "2001"], "at most 2,000 votes"),
    ],
)
def test_a_size_that_cannot_be_is_refused(context: Flask, given: list[str], says: str) -> None:
    answer = context.test_cli_runner().invoke(args=["demo", "load", *given])

    assert answer.exit_code != 0 and says in answer.output
    assert count(Place.id > 0) == 0


def test_a_load_that_stops_keeps_nothing_and_a_second_one_is_refused(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, wanted = context.test_cli_runner(), ["demo", "load", "--people", "60", "--days", "20"]
    with monkeypatch.context() as patched:
        patched.setattr("portal.demo.bulk_thanks.Thanks.close_books", disk_full)
        stopped = runner.invoke(args=wanted)
    nothing = count(Place.id > 0)

    loaded, again = runner.invoke(args=wanted), runner.invoke(args=wanted)

    assert stopped.exit_code == 1 and "make demo-reset" in stopped.output and nothing == 0
    assert loaded.exit_code == 0 and "60 people, 300 ideas" in loaded.output
    assert again.exit_code == 1 and "already holds an organisation" in again.output


def test_whoever_waits_hears_how_far_it_is(context: Flask) -> None:
    heard: list[str] = []
    firm = work_out(TINY, now=NOW, tell=heard.append)
    with writing():
        write(firm, tell=heard.append)

    assert "day 50: 40 ideas, 400 votes" in heard[9] and "votes 400" in heard and "people 60" in heard


def disk_full(_thanks: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("given", "comes_to"),
    [
        ((None, None, None, None), None),
        ((500, None, None, None), Size(500, 2_500, 50_000, 365)),
        ((None, 1_000, None, 30), Size(200, 1_000, 20_000, 30)),
        ((30, 10, None, None), Size(30, 10, 60, 365)),
        ((20_000, 100_000, 2_000_000, 1_000), Size(20_000, 100_000, 2_000_000, 1_000)),
    ],
)
def test_sizes_that_were_not_given_follow_from_those_that_were(given: Any, comes_to: Size | None) -> None:
    assert Size.read(*given, seed=7) == comes_to


def test_more_votes_than_a_fifth_of_all_pairs_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        Size.read(20, 10, 41, None, seed=7)

    assert refused.value.code == "too_many_votes"
