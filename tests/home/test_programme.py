"""The programme page: what is counted, for whom it is shown, and the lists behind it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal import clock
from portal.db import db, writing
from portal.home import programme_figures, programme_jobs, programme_page, programme_service
from portal.home.programme_models import ActiveWeek, EmployerFigures, ProgrammeWeek
from portal.home.programme_page import Sight
from portal.home.programme_rules import Figure
from portal.home.programme_words import Dimension, Measure
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Barrier, Stage
from portal.people.models import AuditEntry, Person, Place
from portal.triage.models import Reply, ReplyKind
from portal.worker import run_once
from tests.api.calling import Caller, error
from tests.commitments.factories import make_idea, make_promise, viewer
from tests.factories import Cast, make_person, send, signed_in

SEES_ALL = Sight(frozenset(), None)
DAY = timedelta(days=1)


def crowd(cast: Cast, **teams: int) -> None:
    """More people in teams, named like "Durban/Chat" with an underscore."""
    for name, count in teams.items():
        place = db.session.get_one(Place, cast.places[name.replace("_", "/")])
        for n in range(count):
            make_person(f"{name.lower()}{n}", place, now=clock.now())


def fill(cast: Cast) -> dict[str, int]:
    """Ideas of the last weeks at Leeds and Durban, some answered, one late promise and one kept; committed."""
    now = clock.now()
    with writing():
        crowd(cast, Durban_Chat=12, Belfast_Faults=12, Manila_Email=12, Leeds=12)
        top = db.session.get_one(Place, cast.places["Harbour"])
        for n in range(10):
            make_person(f"office{n}", top, now=now)
        partner = {"site_id": cast.places["Durban"], "employer_id": cast.places["Brightline"]}
        told = make_idea(cast, now=now - 32 * DAY, title="Told in time")
        reply(told, cast.lea, now - 30 * DAY, ReplyKind.ANSWERED)
        silent = make_idea(cast, now=now - 20 * DAY, title="Nobody said a word", barrier=Barrier.TRAINING, **partner)
        read = make_idea(cast, now=now - 18 * DAY, title="Read and left")
        reply(read, cast.lea, now - 16 * DAY, ReplyKind.LEFT_TO_SWARM)
        secret = make_idea(cast, now=now - 20 * DAY, title="For us alone", audience=Audience.SITE)
        for noise in db.session.scalars(select(Idea).where(Idea.title == "Noise")):
            noise.stage = Stage.WITHDRAWN
        found = {"told": told.id, "silent": silent.id, "read": read.id, "secret": secret.id}
        late = make_promise(cast, due_on=(now + DAY).date(), now=now)
        late.due_on = (now - 3 * DAY).date()
        found |= {"promise": late.id, "promised": late.idea_id}
        for noise in db.session.scalars(select(Idea).where(Idea.title == "Noise")):
            noise.stage = Stage.WITHDRAWN
    return found


def reply(idea: Idea, by: int, at: Any, kind: ReplyKind) -> None:
    db.session.add(Reply(idea_id=idea.id, kind=kind, by_id=by, at=at, words="We have read it."))


@pytest.fixture
def filled(app: Flask, cast: Cast) -> dict[str, int]:
    with app.app_context():
        found = fill(cast)
        programme_jobs.rebuild(now=clock.now())
        db.session.remove()
    return found


def groups(of: Measure, by: Dimension) -> dict[str, tuple[int, int]]:
    figures = programme_figures.read()
    assert figures is not None
    return {key: (one.part, one.whole) for key, one in figures.groups.get(of, {}).get(by, {}).items()}


def test_everything_is_counted_once_and_what_is_not_for_all_is_not(app: Flask, cast: Cast, filled: dict) -> None:
    leeds, durban = str(cast.places["Leeds"]), str(cast.places["Durban"])
    with app.app_context():
        figures = programme_figures.read()
        assert figures is not None
        assert groups(Measure.CLOSED, Dimension.SITE) == {
            leeds: (1, 1)
        }  # the others were said less than four weeks ago
        assert groups(Measure.SILENCE, Dimension.SITE) == {durban: (1, 1), leeds: (0, 3)}
        assert groups(Measure.REPLIES, Dimension.SITE) == {leeds: (0, 3)}  # two replies and one decision
        assert groups(Measure.PROMISES, Dimension.ALL) == {"": (0, 1)}
        assert groups(Measure.PROMISES, Dimension.DEPARTMENT) == {str(cast.places["Harbour"]): (0, 1)}
        assert groups(Measure.SILENCE, Dimension.BARRIER)["training"] == (1, 1)
        assert groups(Measure.PEOPLE, Dimension.ALL)[""][0] == 1  # Asha, who said all of it
        assert figures.latest[Measure.SILENCE] == Figure(1, 4)


def test_running_it_again_or_from_the_start_gives_the_same(app: Flask, cast: Cast, filled: dict) -> None:
    now = clock.now()
    with app.app_context():
        before = db.session.scalar(programme_figures.READ), db.session.scalar(select(func.count(ProgrammeWeek.id)))
    run_once(app, now=now)
    with app.app_context():
        programme_jobs.rebuild(now=now)
        after = db.session.scalar(programme_figures.READ), db.session.scalar(select(func.count(ProgrammeWeek.id)))

    assert [text.partition('"zone"')[2] for text in (before[0], after[0])] == [before[0].partition('"zone"')[2]] * 2
    assert before[1] == after[1]


def test_what_took_part_is_forgotten_after_the_weeks_that_are_shown(app: Flask, cast: Cast, filled: dict) -> None:
    run_once(app, now=clock.now() + timedelta(weeks=40))

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ActiveWeek)) == 0


def test_the_page_says_so_while_nothing_is_worked_out(app: Flask, cast: Cast) -> None:
    asha = signed_in(app, cast.asha)

    assert "The first figures are worked out within the hour" in asha.get("/programme").get_data(as_text=True)
    assert [asha.get(at).status_code for at in ("/programme.csv", "/programme/closed")] == [404, 404]


def rows_of(app: Flask, who: int, dimension: Dimension = Dimension.EMPLOYER) -> dict[str, str]:
    """Name of each group → why it is hidden, "" where it is shown."""
    with app.app_context():
        figures = programme_figures.read()
        assert figures is not None
        page = programme_page.load(figures, programme_page.sight_of(viewer(who)))
        found = {row.name: row.why for row in page.tables[dimension]}
        db.session.remove()
    return found


def test_a_partner_sees_its_figures_first_and_others_once_programme_publishes_them(
    app: Flask, cast: Cast, filled: dict
) -> None:
    brightline, farline = cast.places["Brightline"], cast.places["Farline"]
    mia, asha = signed_in(app, cast.mia), signed_in(app, cast.asha)

    assert rows_of(app, cast.asha) == {
        "Brightline": programme_page.KEPT_BACK, "Farline": programme_page.KEPT_BACK, "Harbour Broadband": "",
    }  # fmt: skip
    assert rows_of(app, cast.mia) == {"Brightline": "", "Farline": "", "Harbour Broadband": ""}
    assert rows_of(app, cast.sam)["Farline"] == programme_page.KEPT_BACK
    assert rows_of(app, cast.sam)["Harbour Broadband"] == programme_page.WITH_ANOTHER  # else the sum would tell Farline
    assert rows_of(app, cast.sam)["Brightline"] == ""

    for partner in (brightline, farline):
        answer = send(mia, "/programme/publications", employer=str(partner), public="yes")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/programme#partners")
    assert set(rows_of(app, cast.asha).values()) == {""}
    assert send(mia, "/programme/publications", employer=str(brightline), public="no").status_code == 303
    assert rows_of(app, cast.asha)["Brightline"] == programme_page.KEPT_BACK

    assert send(mia, "/programme/publications", employer=str(brightline), public="no").status_code == 409
    assert send(mia, "/programme/publications", employer=str(farline), public="yes").status_code == 409
    assert send(mia, "/programme/publications", employer=str(cast.places["Leeds"]), public="yes").status_code == 422
    assert send(mia, "/programme/publications", employer="Leeds", public="yes").status_code == 422
    assert send(asha, "/programme/publications", employer=str(brightline), public="yes").status_code == 403
    with app.app_context():
        said = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("figures."))).all()
        assert sorted(said) == ["figures.published", "figures.published", "figures.withdrawn"]
        assert db.session.scalar(select(func.count(EmployerFigures.id))) == 2


def test_a_small_site_is_hidden_with_another_one(app: Flask, cast: Cast, filled: dict) -> None:
    with app.app_context():
        with writing():
            gone = update(Person).where(Person.email.like("belfast%"))
            db.session.execute(gone.values(deactivated_at=clock.now()))
        programme_jobs.rebuild(now=clock.now())
    sites = rows_of(app, cast.mia, Dimension.SITE)

    assert sites["Belfast"] == programme_page.TOO_SMALL
    # Of ideas the head office goes with it; nobody there is in a team, so that of people it is Leeds.
    assert sites["Harbour Broadband, at no site"] == sites["Leeds"] == programme_page.WITH_ANOTHER
    assert sites["Durban"] == sites["Manila"] == ""
    page = signed_in(app, cast.mia).get("/programme").get_data(as_text=True)
    assert "Fewer than 10 people" in page and "Hidden with a smaller group" in page
    belfast = cast.places["Belfast"]
    assert f"?site={belfast}" not in page
    assert signed_in(app, cast.mia).get(f"/programme/silence?site={belfast}").status_code == 403


def lists(client: FlaskClient, address: str) -> str:
    answer = client.get(f"/programme/{address}")
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def test_every_number_leads_to_what_it_counts(app: Flask, cast: Cast, filled: dict) -> None:
    mia, leeds, durban = signed_in(app, cast.mia), cast.places["Leeds"], cast.places["Durban"]
    page = mia.get("/programme").get_data(as_text=True)

    for href in (f"/programme/silence?site={durban}", f"/programme/closed?site={leeds}", "/programme/silence?barrier="):
        assert href in page
    assert "Nobody said a word" in lists(mia, f"silence?site={durban}")
    assert "Nobody said a word" not in lists(mia, f"silence?site={leeds}")
    assert "Told in time" in lists(mia, f"closed?employer={cast.places['Harbour']}")
    assert "Told on" in lists(mia, "closed") and "For us alone" not in lists(mia, "silence")
    assert "Replied after 2 working days" in lists(mia, f"replies?department={leeds}&site={leeds}")
    assert "Late" in lists(mia, f"promises?department={cast.places['Harbour']}")
    assert "Nothing is counted here" in lists(mia, f"promises?site={durban}")
    assert "There is no list of people" in lists(mia, "people")


UNKNOWN = ("silence?site=x", "closed?department=1", "closed?week=2026-13-01", "closed?week=2001-01-01",
           "closed?after=x", "replies?barrier=nothing", "promises?employer=e1")  # fmt: skip


def test_a_list_that_does_not_exist_is_refused(app: Flask, cast: Cast, filled: dict) -> None:
    mia = signed_in(app, cast.mia)

    assert {mia.get(f"/programme/{address}").status_code for address in UNKNOWN} == {422}


def test_a_program_reads_the_same_and_publishes(app: Flask, cast: Cast, filled: dict) -> None:
    mia, asha = Caller(app, cast.mia), Caller(app, cast.asha)
    brightline, durban, leeds = (cast.places[name] for name in ("Brightline", "Durban", "Leeds"))

    shown = {(one["by"], one["key"]): one for one in mia.get("/programme").json["groups"]}
    hidden = {(one["by"], one["key"]): one for one in asha.get("/programme").json["groups"]}
    assert shown["site", str(durban)]["figures"][0]["measure"] == "closed"
    assert hidden["site", str(durban)] == shown["site", str(durban)] | {"figures": [], "hidden": "Not published yet"}
    silent = mia.all(f"/programme/lists/silence?site={durban}")
    assert [(one["number"], one["outcome"]) for one in silent] == [(filled["silent"], "badly")]
    replied = mia.all(f"/programme/lists/replies?employer={cast.places['Harbour']}", limit=1)
    assert [one["number"] for one in replied] == [
        filled["promised"], filled["read"], filled["told"]]  # fmt: skip
    assert error(asha.get(f"/programme/lists/silence?site={durban}")) == (403, "figures_hidden")
    assert error(mia.get(f"/programme/lists/closed?department={leeds}")) == (422, "unknown_filter")
    assert error(asha.post("/programme/publications", {"employer": brightline})) == (403, "not_allowed")
    assert mia.post("/programme/publications", {"employer": brightline}).json["employer"] == brightline
    assert error(mia.post("/programme/publications", {"employer": brightline})) == (409, "published_already")
    assert mia.delete(f"/programme/publications/{brightline}").status_code == 204
    assert error(mia.delete(f"/programme/publications/{brightline}")) == (409, "not_published")


def test_the_file_holds_what_the_page_shows_and_runs_nothing(app: Flask, cast: Cast, filled: dict) -> None:
    with app.app_context():
        with writing():
            db.session.get_one(Place, cast.places["Durban"]).name = "=cmd|' /C calc'!A0"
        programme_jobs.rebuild(now=clock.now())
    text = signed_in(app, cast.mia).get("/programme.csv").get_data(as_text=True)
    others = signed_in(app, cast.asha).get("/programme.csv").get_data(as_text=True)

    assert "'=cmd" in text and "\n=cmd" not in text and ",=cmd" not in text
    assert "site,Leeds," in text and "week,Everybody," in text
    assert "employer,Brightline" in others and "Not published yet" in others


def test_nobody_publishes_below_somebody_elses_node(context: Flask, cast: Cast) -> None:
    with pytest.raises(Exception, match="Your role does not include this"), writing():
        programme_service.publish(viewer(cast.sam), cast.places["Farline"], now=clock.now())
