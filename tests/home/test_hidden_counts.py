"""Until somebody has decided, nothing they can reach tells them what the others decided."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import clock
from portal.db import db, writing
from portal.ideas.words import Names
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind, Role
from portal.swarm.models import IdeaScore
from portal.swarm.rules import StopReason, VoteKind, WantedVote
from portal.worker import run_once
from tests.factories import Cast, make_person, send, signed_in
from tests.ideas.making import said
from tests.swarm.noting import noted
from tests.swarm.voting import vote

TITLE = "Nobody may answer in Welsh"
SUPPORTERS, OBJECTORS = 17, 3
FUMES = "Zirconium fumes would fill the room"
TIMES = 13
NOTED = r"1[37] times|zebra crossing"
HIDDEN = ("Xanthippe", "Quillfeather", "xq@harbour.example", "staff-90210")
TOLD = re.compile(
    rf"{SUPPORTERS} of you|{SUPPORTERS} people|{SUPPORTERS} support|\b{OBJECTORS} object|{OBJECTORS} stop signals|"
    rf'hex__n"[^>]*>{SUPPORTERS}<|class="num">{OBJECTORS}<|{FUMES}|It has \d|% of the way|hex__fill|hit this so far|'
    rf'"(?:people|supporters|n_support|score|evidence|ucb|times)":|{NOTED}'
)


def plant(app: Flask, cast: Cast) -> int:
    """An open idea by somebody hidden: 17 supporters, all of one team, three objectors with words of their own, and
    13 colleagues who noted that it happened."""
    with app.app_context():
        with writing():
            leeds = db.session.get_one(Place, cast.places["Leeds/Billing"])
            hidden = make_person(
                "x",
                leeds,
                now=clock.now(),
                email="xq@harbour.example",
                staff_number="staff-90210",
            )
            hidden.name = "Xanthippe Quillfeather"
            people.grant(hidden, Role.FRONTLINE, leeds, by_id=None, now=clock.now())
            team = people.add_place(PlaceKind.TEAM, "Zymurgy", db.session.get_one(Place, cast.places["Leeds"]))
            voters = [make_person(f"zoe{n}", team, now=clock.now()) for n in range(SUPPORTERS)]
            for voter in voters:
                people.grant(voter, Role.FRONTLINE, team, by_id=None, now=clock.now())
            hidden_id, voter_ids = hidden.id, [voter.id for voter in voters]
        number = said(hidden_id, TITLE, names=Names.HIDDEN, now=clock.now())
        for person in voter_ids:
            vote(person, number, "support", now=clock.now())
        for person in cast.voters[8 : 8 + OBJECTORS]:
            stop = WantedVote(VoteKind.STOP, StopReason.UNSAFE, f"{FUMES}, says {person}.")
            vote(person, number, stop, now=clock.now())
        for person in cast.voters[11 : 11 + TIMES]:
            noted(person, number, minutes=77, reason="zebra crossing", now=clock.now())
        row = db.session.get_one(IdeaScore, number)
        assert (row.n_support, row.n_stop) == (SUPPORTERS, OBJECTORS)
    return number


def addresses(app: Flask, number: int) -> list[str]:
    """Every address that answers a GET, with the idea's number wherever one fits and something else elsewhere."""
    found = {"/ideas?q=Welsh", "/ideas?view=newest", "/ideas?view=rising", f"/ideas/{number}/card?where=page",
             f"/ideas?q={number}", "/ideas?show=80", "/ideas?barrier=goals", "/ideas/similar?say=answer+in+Welsh",
             "/ideas/similar?text=answer+in+Welsh", "/search?q=Welsh", "/rules/now?q=Welsh",
             "/api/v1/search?q=Welsh"}  # fmt: skip
    for rule in app.url_map.iter_rules():
        # The document names the fields of answers, and holds none.
        if "GET" in (rule.methods or ()) and rule.endpoint not in ("static", "api_pages.openapi"):
            found.add(re.sub(r"<[^>]+>", str(number), rule.rule))
    return sorted(found)


def leaks(client: FlaskClient, app: Flask, number: int, pattern: re.Pattern[str]) -> tuple[dict[str, str], int]:
    """Where the pattern is found, and how many pages show the idea at all."""
    found, looked_at = {}, 0
    for address in addresses(app, number):
        accept = "application/json" if address.startswith("/api/v1") else "text/html"
        answer = client.get(address, headers={"Accept": accept})
        body = answer.get_data(as_text=True)
        looked_at += TITLE in body
        if hit := pattern.search(body + str(answer.headers)):
            found[address] = hit[0]
    return found, looked_at


@pytest.mark.slow
def test_no_page_tells_the_undecided_what_the_others_said(app: Flask, cast: Cast) -> None:
    number = plant(app, cast)
    names = re.compile("|".join([TOLD.pattern, r"Zoe\d+", *HIDDEN]))

    everybody = dict.fromkeys(("bo", "sam", "vic", "lea", "olu"), names)
    everybody["mia"] = re.compile(NOTED)  # programme reads objections of harm, and the list of people
    for who, pattern in everybody.items():
        found, looked_at = leaks(signed_in(app, getattr(cast, who)), app, number, pattern)
        assert (who, found) == (who, {}) and looked_at >= 4

    bo = signed_in(app, cast.bo)
    send(bo, f"/ideas/{number}/votes", kind="pass")
    for address, told in (
        (f"/ideas/{number}", f"{SUPPORTERS} of you hit this so far"),
        (f"/ideas/{number}", f"Noted {TIMES} times"),
        (f"/ideas/{number}/card", f"{SUPPORTERS} people so far"),
        (f"/ideas/{number}/stops", FUMES),
        ("/ideas?view=rising", f"{SUPPORTERS} people so far"),
    ):
        assert told in bo.get(address).get_data(as_text=True), address
    found, _ = leaks(bo, app, number, re.compile("|".join([r"Zoe\d+", *HIDDEN])))
    assert found == {}

    send(bo, f"/ideas/{number}/votes", kind="withdraw")
    assert leaks(bo, app, number, names)[0] == {}


def test_no_notice_tells_a_count_or_a_name(app: Flask, cast: Cast) -> None:
    """Mails go out to people who have not decided; harm is told in the objector's words, and nothing else."""
    plant(app, cast)
    while run_once(app, now=clock.now()):
        pass

    mails = [
        message_from_bytes(file.read_bytes(), policy=default)
        for file in Path(app.config["SAYSO"].instance, "mail").glob("*.eml")
    ]
    told = [
        f"{mail['Subject']} {part.get_content()}" for mail in mails for part in mail.walk() if not part.is_multipart()
    ]
    counts = re.compile("|".join([TOLD.pattern.replace(f"{FUMES}|", ""), r"Zoe\d+", *HIDDEN]))

    assert any(FUMES in words for words in told)
    assert [hit[0] for words in told if (hit := counts.search(words))] == []


def test_authors_see_how_their_own_idea_stands(app: Flask, cast: Cast) -> None:
    number = plant(app, cast)
    with app.app_context():
        author_id = db.session.query(Person.id).filter_by(staff_number="staff-90210").scalar()
    author = signed_in(app, author_id)

    assert f"{SUPPORTERS} of you hit this so far" in author.get(f"/ideas/{number}").get_data(as_text=True)
    assert TOLD.search(author.get("/me").get_data(as_text=True))
    found, _ = leaks(author, app, number, re.compile(r"Zoe\d+"))
    assert found == {}


@pytest.mark.slow
def test_once_carried_everybody_sees_how_it_stood_but_not_who(app: Flask, cast: Cast) -> None:
    number = plant(app, cast)
    with app.app_context():
        carried = [vote(person, number, "strong", now=clock.now()) for person in cast.voters[:8]]
        assert any(carried)
        supporters = db.session.get_one(IdeaScore, number).n_support

    for who in ("vic", "kim", "mia", "tess", "lea"):
        client = signed_in(app, getattr(cast, who))
        assert f"{supporters} of you hit this" in client.get(f"/ideas/{number}").get_data(as_text=True)
        assert FUMES in client.get(f"/ideas/{number}/stops").get_data(as_text=True)
        about = re.compile("|".join(HIDDEN))
        for address in addresses(app, number):
            page = client.get(address).get_data(as_text=True)
            # The administration lists everybody by name; what matters is any page that speaks of the idea.
            if TITLE in page or f"/ideas/{number}" in page or f"umber {number}" in page:
                assert not about.search(page), (who, address)
