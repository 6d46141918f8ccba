"""Executives on the frontline, in figures: counted, told in words, and hidden where they are few."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.frontline.broadcast_models import Broadcast
from portal.frontline.debrief_models import Debrief, Insight
from portal.frontline.words import Attendance, Credit, InsightKind, LinkedAction
from portal.home import programme_frontline, programme_jobs
from portal.home.programme_frontline_rules import FloorFigures, duration_words, hours_between, lines, sentence
from portal.ideas.words import Audience, Stage
from portal.people import service
from portal.people.models import Place
from portal.people.roles import Role
from tests.api.calling import Caller
from tests.commitments.factories import make_idea
from tests.counting import counted
from tests.factories import Cast, make_person, signed_in
from tests.frontline.shifts_past import make_slot, sit, write_down

HOUR = timedelta(hours=1)
NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
FOUND = FloorFigures(date(2026, 4, 1), 12, 9, 10, 14, 6, 2, 3, 30.0)


def test_what_the_figures_say() -> None:
    told = {line.label: (line.value, line.basis) for line in lines(FOUND)}

    assert told == {
        "Executives on the floor this quarter": ("75 %", "9 of 12"),
        "Surprises per shift": ("1.4", "14 surprises in 10 shifts"),
        "Surprises that became changes": ("33 %", "2 of 6 in a year"),
        "From surprise to broadcast": ("1.2 days", "3 broadcasts in a year"),
    }
    assert sentence(FOUND) == "9 of 12 executives took a shift on the floor this quarter."
    assert sentence(replace(FOUND, on_floor=0)).startswith("None of 12 executives")


def test_of_fewer_than_ten_executives_nothing_is_told_that_is_not_signed() -> None:
    few = replace(FOUND, executives=9)

    assert (few.share, few.per_shift, sentence(few), sentence(None)) == (None, None, "", "")
    assert [line.basis for line in lines(few)] == ["hidden", "hidden", "2 of 6 in a year", "3 broadcasts in a year"]


@pytest.mark.parametrize(
    ("hours", "words"), [(None, "–"), (0.4, "0 hours"), (1, "1 hour"), (23, "23 hours"), (24, "1 day"),
                         (36, "1.5 days"), (300, "12 days")],
)  # fmt: skip
def test_how_long_it_took(hours: float | None, words: str) -> None:
    assert duration_words(hours) == words


def test_half_took_less_time() -> None:
    assert hours_between([(NOW, NOW + HOUR), (NOW, NOW + 5 * HOUR), (NOW, NOW + 30 * HOUR)]) == 5.0
    assert hours_between([]) is None


def executives(cast: Cast, count: int) -> list[int]:
    top = db.session.get_one(Place, cast.places["Harbour"])
    people = [make_person(f"boss{n}", top, now=NOW) for n in range(count)]
    for one in people:
        service.grant(one, Role.EXECUTIVE, top, by_id=None, now=NOW)
    return [one.id for one in people]


def learn(debrief: Debrief, kind: InsightKind = InsightKind.NOTE, idea_id: int | None = None) -> Insight:
    made = Insight(debrief_id=debrief.id, by_id=debrief.person_id, kind=kind, words="Learned.", idea_id=idea_id,
                   credit=Credit.NOT_ASKED, made_at=debrief.started_at)  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def tell(cast: Cast, debrief: Debrief, after: timedelta, *, taken_back: bool = False) -> None:
    sends_at = debrief.started_at + after
    db.session.add(Broadcast(
        by_id=debrief.person_id, debrief_id=debrief.id, title="Heard", words="Heard.", place_id=cast.places["Harbour"],
        action=LinkedAction.NONE, made_at=sends_at, changed_at=sends_at, confirmed_at=sends_at, sends_at=sends_at,
        week="2026-W20" if taken_back else f"{sends_at:%G-W%V}", taken_back_at=sends_at if taken_back else None,
    ))  # fmt: skip
    db.session.flush()


def fill(cast: Cast, *, now: datetime) -> None:
    """Ten executives beside Vic; two shifts this quarter, one before it, one that nobody came to."""
    people = executives(cast, 10)
    this, earlier = now - timedelta(days=9), now - timedelta(days=200)
    seats = [
        sit(make_slot(cast, at=at), who) for at, who in ((this, people[0]), (this, cast.vic), (earlier, people[1]))
    ]
    sit(make_slot(cast, at=this + 3 * HOUR), people[2], Attendance.NO_SHOW)
    first = write_down(seats[0], "The form asks twice.", "Nobody may say when.")
    write_down(seats[1], "Not finished yet.", finished=False)
    before = write_down(seats[2], "The old queue.")
    done = make_idea(cast, now=this, stage=Stage.DONE)
    joined = make_idea(cast, now=this, stage=Stage.MERGED, merged_into_id=done.id)
    secret = make_idea(cast, now=this, stage=Stage.DONE, audience=Audience.SITE)
    learn(first)
    learn(first, InsightKind.IDEA, joined.id)
    learn(first, InsightKind.IDEA, secret.id)
    learn(before, InsightKind.IDEA, done.id).withdrawn_at = this
    learn(before, InsightKind.IDEA, make_idea(cast, now=earlier).id)
    tell(cast, first, 6 * HOUR, taken_back=True)
    tell(cast, first, 30 * HOUR)


def test_what_is_counted(context: Flask, cast: Cast) -> None:
    with writing():
        fill(cast, now=NOW)

    assert programme_frontline.count("Europe/London", now=NOW) == FloorFigures(
        date(2026, 4, 1), executives=11, on_floor=2, shifts=2, surprises=2, insights=3, changes=1, broadcasts=1,
        hours=30.0,
    )  # fmt: skip


def test_counting_takes_as_many_statements_however_much_happened(context: Flask, cast: Cast) -> None:
    with writing():
        fill(cast, now=NOW)

    with counted(context) as asked:
        programme_frontline.count("Europe/London", now=NOW)

    assert 0 < len(asked) <= 7


@pytest.mark.parametrize("few", [True, False])
def test_page_file_and_interface_tell_the_same(app: Flask, cast: Cast, few: bool) -> None:
    now = clock.now()
    with app.app_context():
        if not few:
            with writing():
                executives(cast, 10)
        programme_jobs.rebuild(now=now)
        db.session.remove()

    page = signed_in(app, cast.asha).get("/programme").text
    told = Caller(app, cast.asha).get("/programme").json["floor"]  # type: ignore[index]
    rows = [row for row in signed_in(app, cast.asha).get("/programme.csv").text.splitlines()
            if row.startswith("frontline")]  # fmt: skip

    assert "Executives on the frontline" in page
    assert (told["executives"], told["on_floor"], told["insights"]) == ((None, None, 0) if few else (11, 0, 0))
    assert ("Fewer than 10 executives" in page) is few and bool(told["hidden"]) is few
    assert (",0,11," in rows[0]) is not few and len(rows) == 4
