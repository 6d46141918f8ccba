"""Something to carry is chosen among open ideas that one may read, by words or number, without knowing its number."""

from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import update

from portal import clock
from portal.db import db, writing
from portal.frontline.representative_choosing import CHOICE, choices
from portal.ideas import moderating
from portal.ideas.models import Idea
from portal.ideas.rules import Action
from portal.ideas.words import Audience, Stage
from tests.factories import NOON, Cast, send, signed_in
from tests.ideas.making import idea, said, viewer


def numbers(person: int, text: str = "") -> list[int]:
    return [one.number for one in choices(viewer(person), text)]


def test_only_open_ideas_that_the_viewer_may_read_are_offered(context: Flask, cast: Cast) -> None:
    fax, lift = said(cast.asha, "Customers must send a fax to cancel."), said(cast.bo, "The lift drops the headset.")
    promised, hidden, theirs = (said(cast.asha, f"We fax the {what} form.") for what in ("first", "second", "third"))
    with writing():
        db.session.execute(update(Idea).where(Idea.id == promised).values(stage=Stage.PROMOTED))
        db.session.execute(update(Idea).where(Idea.id == theirs).values(audience=Audience.SITE))
        moderating.moderate(viewer(cast.mia), moderating.Text(idea(hidden)), Action.HIDE, "It names one.", now=NOON)

    assert numbers(cast.bo) == [theirs, lift, fax]  # the newest first
    assert numbers(cast.bo, "faxes") == [theirs, fax]
    assert numbers(cast.kim, "faxes") == [fax]  # at another site
    assert numbers(cast.bo, str(lift)) == [lift]
    assert numbers(cast.bo, "zebra") == []
    assert numbers(cast.bo, '"; ZEBRA --') == []


def test_no_more_than_a_page_is_offered(context: Flask, cast: Cast) -> None:
    for number in range(CHOICE + 2):
        said(cast.asha, f"Form {number} is asked for twice.")

    assert len(numbers(cast.bo)) == len(numbers(cast.bo, "twice")) == CHOICE


def test_a_page_leads_from_the_representative_to_the_idea(app: Flask, cast: Cast) -> None:
    today = clock.now().astimezone(ZoneInfo("Europe/London")).date()
    send(
        signed_in(app, cast.mia), "/representatives", place=cast.places["Leeds"], weeks="2", starts_on=today.isoformat()
    )
    with app.app_context():
        number = said(cast.sam, "Customers must send a fax to cancel.")
    client = signed_in(app, cast.asha)

    assert "Give this one" in client.get("/representatives/give").text
    assert f'href="/representatives/give?idea={number}"' in client.get("/representatives/give?q=faxes").text
    assert "No open idea that you may read holds these words." in client.get("/representatives/give?q=zebra").text
    assert send(client, "/representatives/1/queue", idea=number, words="Please.").status_code == 303
    assert "You gave it" in client.get("/representatives/give?q=faxes").text
    nothing = send(client, "/representatives/1/queue", words="Please.")
    assert nothing.status_code == 422 and "Which idea? Its number is enough." in nothing.text
    nobody = signed_in(app, cast.kim).get("/representatives/give").text
    assert "Nobody speaks for your team" in nobody and "Give this one" not in nobody
