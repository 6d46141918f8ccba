"""What came of “That's not what I see” is counted and linked for its writer and programme, and names nobody."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.errors import Conflict
from portal.frontline import broadcast_outcomes, broadcast_queries
from portal.frontline.broadcast_figures import answers
from portal.frontline.broadcast_models import BroadcastIdea
from portal.frontline.broadcast_outcomes import Outcomes
from portal.frontline.broadcast_rules import BroadcastRefusal
from portal.frontline.words import LinkedAction
from portal.ideas import service as ideas
from portal.ideas.service import NewIdea
from portal.ideas.words import Audience, Names, Stage
from portal.swarm.rules import StopReason, VoteKind, WantedVote
from tests.api.calling import Caller
from tests.factories import Cast, send, signed_in
from tests.frontline.telling import crowd, say, told
from tests.ideas.making import idea, said, viewer
from tests.swarm.voting import vote

INSTEAD = "We never ask for a fax here, we ask for a photograph."
WRONG = WantedVote(VoteKind.STOP, StopReason.WRONG_FIX, "It is the letter, not the fax.")
KEY = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def now() -> datetime:
    return clock.now()


def heard(app: Flask, cast: Cast, now: datetime, **over: Any) -> int:
    """A broadcast that more than ten people were told; its number."""
    crowd(cast.places["Leeds/Billing"], 12, now=now - timedelta(days=1))
    return told(app, cast, now=now - timedelta(minutes=11), **over)


def instead(person: int, number: int, words: str = INSTEAD, *, now: datetime, **over: Any) -> int:
    who = viewer(person)
    with writing():
        broadcast = broadcast_queries.broadcast_for(who, number)
        return broadcast_outcomes.say_instead(who, broadcast, NewIdea(words, **over), now=now).number


def came(person: int, number: int) -> Outcomes:
    who = viewer(person)
    return answers(who, broadcast_queries.broadcast_for(who, number)).came


def test_ideas_and_stop_signals_of_those_who_disagree_come_back(app: Flask, cast: Cast, now: datetime) -> None:
    with app.app_context():
        about = said(cast.bo, now=now - timedelta(hours=1))
        vote(cast.cy, about, WRONG, now=now - timedelta(minutes=30))  # before anybody was told
        number = heard(app, cast, now, action=LinkedAction.IDEA, idea_id=about)
        for person in (cast.asha, cast.cy):
            say(person, number, "not_what_i_see", now=now)
        new = instead(cast.asha, number, now=now)
        vote(cast.asha, about, WRONG, now=now)
        vote(cast.voters[9], about, WRONG, now=now)  # who said nothing to the broadcast

        writer, programme = came(cast.vic, number), came(cast.mia, number)
        assert [(one.number, one.stage) for one in writer.ideas] == [(new, Stage.OPEN)]
        assert (writer.count, writer.stops, programme.stops) == (1, 0, 0)  # counts of open ideas stay hidden
        with writing():
            idea(about).stage = Stage.PROMOTED
        assert (came(cast.vic, number).stops, came(cast.vic, number).stopped) == (1, about)
        vote(cast.asha, about, WantedVote(None), now=now)
        say(cast.asha, number, "read", now=now)
        assert (came(cast.vic, number).stops, came(cast.vic, number).count) == (0, 1)


def test_what_may_not_be_read_is_not_counted(app: Flask, cast: Cast, now: datetime) -> None:
    with app.app_context():
        number = heard(app, cast, now)
        say(cast.asha, number, "not_what_i_see", now=now)
        new = instead(cast.asha, number, now=now)
        instead(cast.asha, number, "Only for Leeds: the form is asked for twice.", now=now, audience=Audience.SITE)

        assert came(cast.vic, number).count == 2  # an executive at the top reads it
        with writing():
            ideas.withdraw(viewer(cast.asha), idea(new), now=now)
        assert [one.number for one in came(cast.vic, number).ideas] == [new + 1]


def test_nothing_is_kept_of_an_idea_whose_author_is_not(app: Flask, cast: Cast, now: datetime) -> None:
    with app.app_context():
        number = heard(app, cast, now)
        say(cast.asha, number, "not_what_i_see", now=now)
        instead(cast.asha, number, now=now, names=Names.NONE)

        assert db.session.query(BroadcastIdea).count() == 0 == came(cast.vic, number).count


def test_groups_under_ten_keep_what_came_of_it_to_themselves(app: Flask, cast: Cast, now: datetime) -> None:
    with app.app_context():
        number = told(app, cast, now=now - timedelta(minutes=11), place_id=cast.places["Farline"])
        say(cast.kim, number, "not_what_i_see", now=now)
        instead(cast.kim, number, now=now)

        assert came(cast.vic, number) == Outcomes()
        db.session.remove()
    assert "What came of “That’s not what I see”" not in signed_in(app, cast.vic).get(f"/broadcasts/{number}").text


def test_only_who_disagreed_says_it_instead(app: Flask, cast: Cast, now: datetime) -> None:
    with app.app_context():
        number = heard(app, cast, now)
        say(cast.asha, number, "same_here", now=now)
        for person in (cast.asha, cast.bo):
            with pytest.raises(Conflict) as refused:
                instead(person, number, now=now)
            assert refused.value.code == BroadcastRefusal.NOT_DISAGREED.value


def test_the_page_takes_an_idea_and_its_writer_finds_it(app: Flask, cast: Cast, now: datetime) -> None:
    with app.app_context():
        number = heard(app, cast, now)
        db.session.remove()
    asha, at = signed_in(app, cast.asha), f"/broadcasts/{number}"
    early = send(asha, f"{at}/ideas", say=INSTEAD, names="hidden", draft_key=KEY)
    assert early.status_code == 409 and BroadcastRefusal.NOT_DISAGREED.sentence in early.text
    send(asha, f"{at}/acknowledgements", kind="not_what_i_see", words="")
    assert f'action="{at}/ideas"' in asha.get(at).text

    empty = send(asha, f"{at}/ideas", say="", names="hidden", draft_key=KEY)
    assert empty.status_code == 422 and "Say it in 3 to 600 characters." in empty.text
    spotted = send(asha, f"{at}/ideas", say="Ask 07700 900123.", names="hidden", draft_key=KEY)
    assert spotted.status_code == 422 and 'form="instead"' in spotted.text and "Ask 07700 900123." in spotted.text
    for _ in range(2):
        done = send(asha, f"{at}/ideas", say=INSTEAD, names="hidden", draft_key=KEY)
        assert (done.status_code, done.location) == (303, f"{at}#said")

    for person in (cast.vic, cast.mia):
        page = signed_in(app, person).get(at).text
        assert "1 idea:" in page and INSTEAD.removesuffix(".") in page and "Asha" not in page
    assert "1 idea:" not in asha.get(at).text


def test_programs_do_it_too(app: Flask, cast: Cast, now: datetime) -> None:
    with app.app_context():
        number = heard(app, cast, now)
        db.session.remove()
    asha, vic, at = Caller(app, cast.asha), Caller(app, cast.vic), f"/broadcasts/{number}"

    assert asha.post(f"{at}/ideas", {"say": INSTEAD}).json["error"] == "not_disagreed"
    asha.post(f"{at}/acknowledgements", {"kind": "not_what_i_see"})
    assert asha.post(f"{at}/ideas", {"say": "Ask 07700 900123."}).json["error"] == "personal_data"
    made = asha.post(f"{at}/ideas", {"say": INSTEAD}, key="one")
    assert made.status_code == 201 and asha.post(f"{at}/ideas", {"say": INSTEAD}, key="one").json == made.json
    found = vic.get(f"{at}/acknowledgements").json["came"]
    assert [one["number"] for one in found["ideas"]] == [made.json["idea"]] and (found["count"], found["stops"]) == (
        1,
        0,
    )
    assert Caller(app, cast.sam).post("/broadcasts/9999/ideas", {"say": INSTEAD}).status_code == 404
