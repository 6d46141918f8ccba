"""How often something is noted stays hidden until one has decided, on every page and in every answer."""

import re

import pytest
from flask import Flask

from portal import clock
from tests.api.calling import Caller
from tests.api.walking import walk
from tests.factories import Cast, send, signed_in
from tests.home.test_hidden_counts import TITLE, leaks
from tests.ideas.making import said
from tests.swarm.noting import noted

TOLD = re.compile(r"Noted 1[37] times|1[37] times|\"times\":|zebra crossing")


def plant(app: Flask, cast: Cast, times: int = 13) -> int:
    with app.app_context():
        number = said(cast.asha, TITLE, now=clock.now())
        note_more(app, cast, number, times)
    return number


def note_more(app: Flask, cast: Cast, number: int, times: int) -> None:
    with app.app_context():
        for person in cast.voters[3 : 3 + times]:
            noted(person, number, minutes=77, reason="zebra crossing", now=clock.now())


@pytest.mark.slow
def test_no_page_tells_the_undecided_how_often_it_was_noted(app: Flask, cast: Cast) -> None:
    number = plant(app, cast)

    for who in ("bo", "sam", "vic", "lea", "olu", "mia"):
        found, looked_at = leaks(signed_in(app, getattr(cast, who)), app, number, TOLD)
        assert (who, found) == (who, {}) and looked_at >= 4

    bo = signed_in(app, cast.bo)
    send(bo, f"/ideas/{number}/votes", kind="pass")
    assert "Noted 13 times" in bo.get(f"/ideas/{number}").text
    send(bo, f"/ideas/{number}/votes", kind="withdraw")
    assert leaks(bo, app, number, TOLD)[0] == {}


@pytest.mark.slow
@pytest.mark.parametrize("who", ["bo", "vic", "mia"])
def test_no_answer_of_the_interface_depends_on_it(app: Flask, cast: Cast, who: str) -> None:
    number = plant(app, cast)
    caller = Caller(app, getattr(cast, who))

    before = walk(app, caller, number)
    note_more(app, cast, number, 4)
    after = walk(app, caller, number)

    assert {address for address in before if before[address] != after.get(address)} == set()
    assert not TOLD.search("".join(after.values()))


@pytest.mark.slow
def test_who_noted_it_is_told_to_nobody(app: Flask, cast: Cast) -> None:
    number = plant(app, cast)
    caller = Caller(app, cast.mia)

    others = [
        body for address, body in walk(app, caller, number).items() if address.startswith(("/occurrences", "/ideas"))
    ]

    assert not [body for body in others if '"minutes":77' in body]
