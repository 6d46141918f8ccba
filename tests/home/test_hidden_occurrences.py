"""How often something is noted stays hidden until one has decided, in every answer of the interface.

The pages are walked in `test_hidden_counts`.
"""

import re

import pytest
from flask import Flask

from portal import clock
from tests.api.calling import Caller
from tests.api.walking import walk
from tests.factories import Cast
from tests.home.test_hidden_counts import NOTED, TITLE
from tests.ideas.making import said
from tests.swarm.noting import noted

TOLD = re.compile(rf'{NOTED}|"times":')


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
