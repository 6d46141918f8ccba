"""What must stay hidden is hidden in every answer of the interface, in those of operations to come as well."""

import json
import re
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.ideas import moderating
from portal.ideas.rules import Action
from portal.ideas.words import Names, ReportReason
from portal.people import service as people
from portal.people.models import Origin, Person, Place
from portal.people.roles import PlaceKind, Role
from portal.swarm.models import IdeaScore
from portal.swarm.rules import StopReason, VoteKind, WantedVote
from tests.api.calling import Caller
from tests.api.walking import walk
from tests.factories import Cast, make_person
from tests.ideas.making import commented, idea, said, viewer
from tests.swarm.voting import vote

pytestmark = pytest.mark.slow

TITLE = "Nobody may answer in Welsh"
HIDDEN_ID, TEAM_ID = 77_000_123, 66_000_321
MARKERS = re.compile(rf"Xanthippe|Quillfeather|xq@harbour|staff-90210|{HIDDEN_ID}|Zymurgy|{TEAM_ID}")
SUPPORTERS, OBJECTORS = 17, 3
FUMES = "Zirconium fumes would fill the room"
COUNTED = {"people", "counts", "fill_percent", "support", "supporters", "stops", "strong", "place", "rank", "looks",
           "evidence", "score", "categories", "words", "n_team", "n_site", "needed"}  # fmt: skip
EVERYBODY = ("bo", "sam", "lea", "vic", "mia", "tess")


def plant(app: Flask, cast: Cast) -> int:
    """An open idea by somebody hidden, with 17 supporters of one other team, three objectors, comments and a report."""
    now = clock.now()
    with app.app_context():
        with writing():
            leeds = db.session.get_one(Place, cast.places["Leeds"])
            home = people.add_place(PlaceKind.TEAM, "Zymurgy", leeds)
            path = home.path
            db.session.flush()
            db.session.execute(
                Place.__table__.update().where(Place.id == home.id)
                .values(id=TEAM_ID, path=path.replace(f"/{home.id}/", f"/{TEAM_ID}/"))
            )  # fmt: skip
            db.session.expunge(home)
            home = db.session.get_one(Place, TEAM_ID)
            db.session.add(Person(id=HIDDEN_ID, name="Xanthippe Quillfeather", email="xq@harbour.example",
                                  staff_number="staff-90210", origin=Origin.CREATED, created_at=now,
                                  **people.position(home)))  # fmt: skip
            crowd = people.add_place(PlaceKind.TEAM, "Crowd", leeds)
            voters = [make_person(f"zoe{n}", crowd, now=now) for n in range(SUPPORTERS + 3)]
            for voter in voters:
                people.grant(voter, Role.FRONTLINE, crowd, by_id=None, now=now)
            ids = [voter.id for voter in voters]
        number = said(HIDDEN_ID, TITLE, names=Names.HIDDEN, now=now)
        commented(HIDDEN_ID, number, "I said this myself", now=now)
        gone = commented(HIDDEN_ID, number, "And this too", now=now)
        with writing():
            moderating.report(viewer(cast.di), moderating.text_of(idea(number), None), ReportReason.OTHER, now=now)
            text = moderating.text_of(idea(number), gone)
            moderating.moderate(viewer(cast.mia), text, Action.HIDE, "It names a customer", now=now)
        for person in ids[:SUPPORTERS]:
            vote(person, number, "support", now=now)
        for person in cast.voters[8 : 8 + OBJECTORS]:
            vote(person, number, WantedVote(VoteKind.STOP, StopReason.WRONG_FIX, f"{FUMES}, says {person}."), now=now)
        row = db.session.get_one(IdeaScore, number)
        assert (row.n_support, row.n_stop) == (SUPPORTERS, OBJECTORS)
        cast.people["later"], cast.people["latest"] = ids[SUPPORTERS:][:2]
    return number


def more_votes(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context():
        vote(cast.later, number, "strong", now=clock.now())
        vote(cast.voters[12], number, "stop", now=clock.now())


@pytest.mark.parametrize("who", EVERYBODY)
def test_before_deciding_no_answer_depends_on_what_others_said(app: Flask, cast: Cast, who: str) -> None:
    number = plant(app, cast)
    caller = Caller(app, getattr(cast, who))

    before = walk(app, caller, number)
    more_votes(app, cast, number)
    after = walk(app, caller, number)

    assert {
        address: (before[address], after.get(address)) for address in before if before[address] != after.get(address)
    } == {}
    assert sum(TITLE in body for body in after.values()) >= 5
    assert not re.search(FUMES, "".join(after.values()))
    told = {address: facts for address, body in after.items() if (facts := counts_told(body, number, address))}
    assert told == {}


def counts_told(body: str, number: int, address: str) -> dict[str, Any]:
    """Counts that an answer gives for the idea: every object that is about it, or all of an answer about it alone."""
    alone = address.partition("?")[0].startswith(f"/ideas/{number}/st")
    found: dict[str, Any] = {}

    def look(part: Any, inside: bool) -> None:
        if isinstance(part, list):
            for one in part:
                look(one, inside)
        if isinstance(part, dict):
            inside = inside or part.get("idea") == number or part.get("title") == TITLE
            for key, value in part.items():
                if inside and key in COUNTED and value is not None and not isinstance(value, str):
                    found[key] = value
                look(value, inside)

    look(json.loads(body) if body.startswith(("{", "[")) else None, alone)
    return found


def test_after_deciding_the_counts_are_there_and_gone_again_with_the_vote(app: Flask, cast: Cast) -> None:
    number = plant(app, cast)
    bo = Caller(app, cast.bo)

    bo.put(f"/ideas/{number}/vote", {"kind": "pass"})
    decided = {
        address: told for address, body in walk(app, bo, number).items() if (told := counts_told(body, number, address))
    }
    bo.delete(f"/ideas/{number}/vote")
    again = {address for address, body in walk(app, bo, number).items() if counts_told(body, number, address)}

    assert {f"/ideas/{number}/stops", f"/ideas/{number}/standing"} <= decided.keys()
    assert any(told.get("people") == SUPPORTERS for told in decided.values())
    assert again == set()


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_is_said_to_be_harmful_reaches_programme_alone_before_deciding(app: Flask, cast: Cast, who: str) -> None:
    with app.app_context():
        number = said(cast.asha, TITLE, now=clock.now())
        harm = WantedVote(VoteKind.STOP, StopReason.UNSAFE, f"{FUMES}.")
        vote(cast.voters[8], number, harm, now=clock.now())

    answers = walk(app, Caller(app, getattr(cast, who)), number)

    told = {address.partition("?")[0] for address, body in answers.items() if FUMES in body}
    assert told == ({"/stops/waiting", f"/ideas/{number}/stop-signals"} if who == "mia" else set())


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_answer_about_an_idea_tells_who_a_hidden_author_is(app: Flask, cast: Cast, who: str) -> None:
    number = plant(app, cast)
    caller = Caller(app, getattr(cast, who))
    caller.put(f"/ideas/{number}/vote", {"kind": "support"})
    about = (TITLE, "I said this myself", "And this too", f'"idea":{number},', f"/ideas/{number}")

    answers = walk(app, caller, number)

    found = {
        address: MARKERS.findall(body)
        for address, body in answers.items()
        if MARKERS.search(body) and (any(words in body for words in about) or who in ("bo", "sam"))
    }
    assert found == {}
    assert sum(TITLE in body for body in answers.values()) >= 5


def test_the_author_reads_their_own_without_being_named(app: Flask, cast: Cast) -> None:
    number = plant(app, cast)

    seen = Caller(app, HIDDEN_ID).get(f"/ideas/{number}").json

    assert seen is not None and seen["mine"] is True
    assert seen["counts"] == {"support": SUPPORTERS, "stops": OBJECTORS, "teams": 1, "sites": 1}
    assert not MARKERS.search(json.dumps(seen))
