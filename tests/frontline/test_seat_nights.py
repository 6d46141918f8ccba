"""Every night the seats of all shifts are counted: administrators hear what is wrong, once a night, and can mend it."""

import json
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from portal import worker
from portal.db import db, writing
from portal.frontline import seat_jobs
from portal.frontline.models import Slot
from portal.frontline.seat_checks import MISCOUNTED
from portal.notices.seat_notices import SUBJECT
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from portal.people.models import AuditEntry
from tests.factories import NOON, Cast, signed_in
from tests.frontline.seating import book, executives, make_slot, taken

TITLE = "Shifts count their seats wrongly"


def miscount(slot: int, says: int) -> None:
    with writing():
        db.session.execute(update(Slot).where(Slot.id == slot).values(taken=says))


def spoiled(app: Flask, cast: Cast) -> int:
    """A shift with one seat taken that says three; its number."""
    with app.app_context():
        slot = make_slot(cast, seats=3)
        book(cast.vic, slot)
        miscount(slot, 3)
        return slot


def letters(tmp_path: Path) -> list[tuple[str, str]]:
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in (tmp_path / "mail").glob("*.eml")]
    return [(mail["To"], mail.get_body(("plain",)).get_content()) for mail in found if mail["Subject"] == SUBJECT]


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("shift.mis"))))


def test_administrators_hear_of_seats_that_are_counted_wrongly(app: Flask, cast: Cast, tmp_path: Path) -> None:
    slot = spoiled(app, cast)

    worker.run_once(app, now=NOON)
    worker.run_once(app, now=NOON + timedelta(hours=3))

    ((to, words),) = letters(tmp_path)
    assert to == "tess@harbour.example"
    assert f"Shift number {slot} counts 3 seats taken and has 1." in words and "flask shifts recount" in words
    assert TITLE in signed_in(app, cast.tess).get("/me/updates").text
    assert TITLE not in signed_in(app, cast.vic).get("/me/updates").text
    with app.app_context():
        assert actions() == ["shift.miscounted"]


def test_they_hear_again_the_next_night_and_no_more_once_it_is_right(app: Flask, cast: Cast, tmp_path: Path) -> None:
    slot = spoiled(app, cast)
    worker.run_once(app, now=NOON)
    worker.run_once(app, now=NOON + timedelta(days=1))
    done = app.test_cli_runner().invoke(args=["shifts", "recount"])
    worker.run_once(app, now=NOON + timedelta(days=2))

    assert (done.exit_code, len(letters(tmp_path))) == (0, 2)
    with app.app_context():
        assert taken(slot) == 1


def test_a_night_that_is_run_twice_tells_once(context: Flask, cast: Cast) -> None:
    miscount(make_slot(cast, seats=3), 2)

    for _ in range(2):
        seat_jobs.night(Claimed(1, "e", seat_jobs.NIGHT, {}, 1, NOON), NOON)

    assert db.session.query(Message).filter(Message.topic == MISCOUNTED).count() == 1
    assert actions() == ["shift.miscounted"]


def test_a_night_that_finds_nothing_says_nothing(context: Flask, cast: Cast) -> None:
    book(cast.vic, make_slot(cast))

    seat_jobs.night(Claimed(1, "e", seat_jobs.NIGHT, {}, 1, NOON), NOON)

    assert db.session.query(Message).filter(Message.topic == MISCOUNTED).count() == 0
    assert actions() == []


def test_recounting_leaves_more_people_than_seats_to_somebody_who_decides(app: Flask, cast: Cast) -> None:
    with app.app_context():
        slot = make_slot(cast)
        one, two = executives(cast, 2)
        book(one, slot)
        miscount(slot, 0)
        book(two, slot)

    done = app.test_cli_runner().invoke(args=["shifts", "recount"])

    told = app.test_cli_runner().invoke(args=["shifts", "recount", "--json"])

    assert done.exit_code == 2 and f"Shift number {slot} counts 1 seats taken and has 2." in done.stderr
    assert told.exit_code == 2 and json.loads(told.stdout) == {"mended": [], "left": [slot]}
    with app.app_context():
        assert taken(slot) == 1
