"""120 days of a small organisation: every notice that should exist exists once, none that should not, in order."""

from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
from flask import Flask

from portal.commitments import service as promises
from portal.commitments.rules import NewDelivery, NewPromise
from portal.db import db, writing
from portal.ideas import service as ideas
from portal.ideas.service import NewIdea
from portal.ideas.words import Names
from portal.notices import preferences, webhook_jobs, webhook_service
from portal.notices.webhook_rules import EVENTS
from portal.notices.webhook_service import Wanted
from portal.outbox import clock_guard
from portal.outbox.models import Message
from portal.swarm.models import Via
from portal.swarm.rules import VoteKind, WantedVote
from portal.swarm.service import Voter, cast_vote
from portal.triage import service as triage
from portal.triage import undo
from portal.triage.rules import DeclineReason, NewDecline
from tests.factories import Cast
from tests.journeys_in_time.travelling import Travel, who
from tests.notices.receiving import Receiving, open_for, receiver

FIRST = date(2026, 3, 2)  # a Monday; the clocks change on day 27
STRONG = WantedVote(VoteKind.STRONG)
NO = "The regulator asks for it in writing, and we have asked twice whether a call would do."


LEA, VIC, MIA, OLU = ("Lea",), ("Vic",), ("Mia",), ("Olu",)
NEITHER_BO = ("Asha", "Voter0-10", "Voter0-12", "Voter0-13", "Voter0-15", "Voter0-6", "Voter0-7", "Voter0-9")
TOOK_PART = tuple(sorted((*NEITHER_BO, "Voter0-5")))  # Voter0-5 is Bo, who has muted the router
WITH_VIC = tuple(sorted((*NEITHER_BO, "Vic")))  # who said yes, and follows it since
WITH_OLU = tuple(sorted((*WITH_VIC, "Olu")))
CARRIED = "It was carried to the executives. One of them owes an answer now."
CHECKED = "Colleagues were asked whether it is gone on their desk."
PLEASE, CALLED = "is late: please see to it", "is late, and is now with {} too"
# Day, about what, what, to whom. Whatever is not here must not be told: above all nothing of the no that was taken
# back on day 8, no reminder of the first date (days 53 and 59), and nothing more about what nobody ever answers.
EXPECTED = [
    (0, "router", "A first reply to number {} is due on Monday 9 March", LEA),
    (0, "fax", "A first reply to number {} is due on Monday 9 March", LEA),
    (0, "silent", "A first reply to number {} is due on Monday 9 March", LEA),
    (2, "router", CARRIED, NEITHER_BO),
    (2, "fax", CARRIED, TOOK_PART),
    (2, "router", "An answer to number {} is due on Wednesday 18 March", VIC),
    (2, "fax", "An answer to number {} is due on Wednesday 18 March", VIC),
    *((7, name, f"A first reply to number {{}} {words}", to) for name in ("router", "fax", "silent")
      for words, to in ((PLEASE, VIC), (CALLED.format("Vic"), LEA))),
    (9, "fax", "Vic said no.", TOOK_PART),
    *((14, name, f"A first reply to number {{}} {words}", to) for name in ("router", "silent")
      for words, to in ((PLEASE, MIA), (CALLED.format("Mia"), LEA))),
    (15, "router", "Vic said yes.", NEITHER_BO),
    (15, "router promise", "A promise has your name on it. Is it yours?", OLU),
    (17, "router promise", "Olu has not said whether this promise is theirs", VIC),
    (21, "router", "Olu took the promise on.", WITH_VIC),
    (50, "router", "Olu moved the date.", WITH_VIC),
    (61, "router promise", "You promised this by 9 May", OLU),
    (67, "router promise", "You promised this by 9 May", OLU),
    (69, "router promise", "A promise of yours is late", OLU),
    (69, "router promise", "A promise you made is late: Olu owns it", VIC),
    (70, "router", "Olu says that it is done. A second person looks next.", WITH_VIC),
    (72, "router", "It is done. Mia has looked.", WITH_OLU),
    (84, "/floor-checks/1", "Is it gone on your desk?", ("Voter0-6", "Voter0-7")),
    (100, "router", CHECKED, WITH_OLU),
    (100, "/floor-checks/2", "Is it gone on your desk?", ("Voter0-6", "Voter0-7")),
    (116, "router", CHECKED, WITH_OLU),
]  # fmt: skip
SENT_OUT = [
    ("promoted", "router"), ("promoted", "fax"), ("declined", "fax"), ("committed", "router"), ("accepted", "router"),
    ("date_moved", "router"), ("delivered", "router"), ("confirmed", "router"), ("floor_checked", "router"),
    ("floor_checked", "router"),
]  # fmt: skip


@pytest.mark.slow
def test_in_120_days_everybody_hears_what_concerns_them_once_and_in_order(app: Flask, cast: Cast) -> None:
    travel = Travel(app, FIRST)
    plan: dict[int, Any] = {0: say_three, 2: back_them, 8: decline_and_take_back, 9: decline, 15: commit, 21: accept,
                            50: move_date, 70: deliver, 72: confirm}  # fmt: skip
    with receiver() as there:
        add_receiver(app, cast, there, travel)
        travel.live(120, {day: partial(act, cast) for day, act in plan.items()})

        sent_out = [(there.told(n)["data"]["step"]["kind"], there.told(n)["data"]["idea"]["number"])
                    for n in range(len(there.got))]  # fmt: skip
        told = [(day, about, _without(title, travel, about), to) for day, about, title, to in travel.told()]
        assert told == EXPECTED
        called = [one for one in sent_out if one[0] not in ("escalated",)]
        assert called == [(kind, travel.numbers[name]) for kind, name in SENT_OUT]
        assert len(set(there.ids())) == len(there.ids())

    letters, not_mailed = travel.letters(until=travel.at(119, 18))
    assert not_mailed == 0 and travel.mails() == letters, "every letter was sent once, and nothing beside them"
    with app.app_context():
        stuck = db.session.query(Message).filter(Message.last_error.is_not(None)).all()
        assert [(message.topic, message.last_error) for message in stuck] == []
        assert clock_guard.open_stops() == []


def _without(title: str, travel: Travel, about: str) -> str:
    return title.replace(f"number {travel.numbers.get(about, 0)} ", "number {} ")


def add_receiver(app: Flask, cast: Cast, there: Receiving, travel: Travel) -> None:
    open_for(app, there)
    with app.app_context(), writing():
        inside, wanted = app.config["SAYSO"].outgoing_inside, Wanted("Data lake", there.url, list(EVENTS))
        webhook_service.add(who(cast.tess), wanted, key=webhook_jobs.key(), inside=inside, now=travel.at(0, 8))


def say_three(cast: Cast, travel: Travel, now: datetime) -> None:
    for name, person, say in (
        ("router", cast.asha, "Customers wait nine days for a new router."),
        ("fax", cast.asha, "We have to ask every customer for a fax."),
        ("silent", cast.kim, "The headsets break every month."),
    ):
        wanted = NewIdea(say, names=Names.HIDDEN, site_id=cast.places["Leeds"])
        travel.numbers[name] = ideas.say(who(person), wanted, now=now).number


def back_them(cast: Cast, travel: Travel, now: datetime) -> None:
    for name in ("router", "fax"):
        for person in cast.voters[:8]:
            cast_vote(Voter.of(who(person)), travel.numbers[name], STRONG, via=Via.FEED, now=now)
    preferences.mute(who(cast.bo), travel.idea("router"), now=now)


def decline_and_take_back(cast: Cast, travel: Travel, now: datetime) -> None:
    made = triage.decline(who(cast.vic), travel.idea("router"), no(), today=now.date(), now=now)
    undo.undo(who(cast.vic), made.id, now=now)


def decline(cast: Cast, travel: Travel, now: datetime) -> None:
    triage.decline(who(cast.vic), travel.idea("fax"), no(), today=now.date(), now=now)


def no() -> NewDecline:
    return NewDecline(DeclineReason.LAW_OR_SAFETY, NO, "A letter from the regulator.")


def commit(cast: Cast, travel: Travel, now: datetime) -> None:
    wanted = NewPromise("We will post a replacement router on the day of the call.", travel.on(60))
    made = triage.commit_to(who(cast.vic), travel.idea("router"), cast.olu, wanted, today=now.date(), now=now)
    travel.numbers["router promise"] = made.id


def accept(cast: Cast, travel: Travel, now: datetime) -> None:
    promises.accept(who(cast.olu), travel.promise("router promise"), now=now)


def move_date(cast: Cast, travel: Travel, now: datetime) -> None:
    words = "The courier can start two weeks later than planned."
    promises.move_date(who(cast.olu), travel.promise("router promise"), travel.on(68), words, today=now.date(), now=now)


def deliver(cast: Cast, travel: Travel, now: datetime) -> None:
    done = NewDelivery(now.date(), (cast.places["Leeds"],), "The courier takes them since this morning; see the log.")
    promises.deliver(who(cast.olu), travel.promise("router promise"), done, today=now.date(), now=now)


def confirm(cast: Cast, travel: Travel, now: datetime) -> None:
    promises.confirm(who(cast.mia), travel.promise("router promise"), now=now)
