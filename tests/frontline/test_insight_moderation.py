"""Notes from shifts are hidden and shown again as comments are: with a reason, a row, and a word to their writer."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text, update

from portal import worker
from portal.db import db, writing
from portal.errors import Conflict, DomainError, Missing, Refused
from portal.frontline import insight_moderation, insight_moderation_queries, insight_queries, insights
from portal.frontline.debrief_models import Insight, InsightDecision
from portal.frontline.debrief_rules import HidingRefusal
from portal.frontline.insight_queries import Wanted
from portal.frontline.words import InsightKind
from portal.home import search_jobs
from portal.home.search import Asked, search
from portal.ideas.rules import Action, ModerationRefusal
from portal.ideas.search_models import EntryKind, entry_id
from portal.ideas.search_store import remove
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from tests.api.calling import Caller
from tests.factories import NOON, Cast, make_person, send, signed_in
from tests.frontline.debriefing import WORDS, answered, finished, insight, make_shift, turned
from tests.frontline.test_insights import a_note
from tests.ideas.making import said, viewer

WHY = "It quotes what a customer said about their illness."


def decide(person: int, number: int, action: Action = Action.HIDE, reason: str = WHY) -> None:
    who = viewer(person)
    with writing():
        insight_moderation.moderate(who, insight_queries.insight_for(who, number), action, reason, now=NOON)


def reads(person: int) -> list[str]:
    return [line.words for line in insight_queries.insights_page(viewer(person), Wanted())[0]]


def finds(person: int, text: str = "number aloud", **over: object) -> list[tuple[EntryKind, int]]:
    return [(hit.kind, hit.ref) for hit in search(viewer(person), Asked(text, **over), now=NOON).hits]  # type: ignore[arg-type]


def moderator_at(place_id: int) -> int:
    with writing():
        place = db.session.get_one(Place, place_id)
        person: Person = make_person(f"moderator{place_id}", place)
        people.grant(person, Role.PROGRAMME, place, by_id=None, now=NOON)
        return person.id


def test_a_hidden_note_is_read_by_its_writer_and_those_who_moderate_until_it_is_shown_again(
    context: Flask, cast: Cast
) -> None:
    number = a_note(cast, cast.vic, WORDS, buddy=cast.asha)
    decide(cast.mia, number)

    assert reads(cast.vic) == reads(cast.mia) == reads(cast.tess) == [WORDS]
    assert reads(cast.asha) == reads(cast.kim) == reads(cast.olu) == []
    assert insight_queries.credits_page(viewer(cast.asha))[0] == []
    with pytest.raises(Missing):
        insight_queries.insight_for(viewer(cast.asha), number)

    decide(cast.tess, number, Action.RESTORE, "The writer took the name out of their head, and it never stood there.")
    assert reads(cast.asha) == [WORDS]
    actions = [row.action for row in db.session.scalars(select(InsightDecision).order_by(InsightDecision.id))]
    assert actions == [Action.HIDE, Action.RESTORE]


def test_moderation_ends_where_the_role_does(context: Flask, cast: Cast) -> None:
    number, nell = a_note(cast, cast.vic, WORDS), moderator_at(cast.places["Durban"])

    with pytest.raises(Refused):
        decide(nell, number)
    decide(moderator_at_leeds := moderator_at(cast.places["Leeds"]), number)

    assert (reads(nell), reads(moderator_at_leeds)) == ([], [WORDS])


def test_each_decision_is_taken_once_and_about_notes_of_others_alone(context: Flask, cast: Cast) -> None:
    number, own = a_note(cast, cast.vic, WORDS), a_note(cast, cast.mia, "I said no nine times.")
    shift = make_shift(cast, cast.olu)
    answered(cast.olu, shift)
    became = turned(cast.olu, shift, InsightKind.IDEA)
    finished(cast.olu, shift)

    for person, about, action, refused in (
        (cast.mia, number, Action.RESTORE, ModerationRefusal.NOT_HIDDEN),
        (cast.mia, own, Action.HIDE, ModerationRefusal.OWN_TEXT),
        (cast.mia, became, Action.HIDE, HidingRefusal.NOT_A_NOTE),
    ):
        with pytest.raises(Conflict) as error:
            decide(person, about, action)
        assert error.value.code == refused.value
    decide(cast.mia, number)
    for action, refused in ((Action.HIDE, ModerationRefusal.ALREADY_HIDDEN),):
        with pytest.raises(Conflict) as error:
            decide(cast.tess, number, action)
        assert error.value.code == refused.value
    stale = insight(number)
    with writing():
        insights.withdraw(viewer(cast.vic), insight_queries.insight_for(viewer(cast.vic), number), now=NOON)
    with pytest.raises(Conflict) as error, writing():
        insight_moderation.moderate(viewer(cast.mia), stale, Action.RESTORE, WHY, now=NOON)
    assert error.value.code == ModerationRefusal.TAKEN_BACK.value
    for person in (cast.asha, cast.vic, cast.olu):
        with pytest.raises(DomainError) as error:
            decide(person, own)
        assert error.value.code == "not_allowed"


def test_its_writer_is_told_why(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = a_note(cast, cast.vic, WORDS)
        decide(cast.mia, number)
    worker.run_once(app, now=NOON)
    with app.app_context():
        decide(cast.mia, number, Action.RESTORE, "Read once more: it names nobody.")
    worker.run_once(app, now=NOON)
    worker.run_once(app, now=NOON)

    updates = signed_in(app, cast.vic).get("/me/updates").text
    assert updates.count("Your note from a shift was hidden") == 1 and WHY in updates
    assert updates.count("Your note from a shift is shown again") == 1
    assert "Your note from a shift" not in signed_in(app, cast.asha).get("/me/updates").text


def test_everybody_reads_the_log_and_nobody_the_words(context: Flask, cast: Cast) -> None:
    first, second = a_note(cast, cast.vic, WORDS), a_note(cast, cast.olu, "I said no nine times.")
    decide(cast.mia, first)
    decide(cast.mia, second)
    decide(cast.mia, second, Action.RESTORE, "Read once more: it names nobody.")

    lines, following = insight_moderation_queries.decisions_page(viewer(cast.asha), limit=2)
    last, _ = insight_moderation_queries.decisions_page(viewer(cast.asha), limit=2, cursor=following)
    assert [(line.action, line.insight) for line in [*lines, *last]] == [
        (Action.RESTORE, second), (Action.HIDE, second), (Action.HIDE, None)
    ]  # fmt: skip
    assert [line.insight for line in insight_moderation_queries.decisions_page(viewer(cast.vic))[0]][-1] == first


def test_pages_hide_a_note_and_say_so(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = a_note(cast, cast.vic, WORDS)
    mia, vic, asha = (signed_in(app, who) for who in (cast.mia, cast.vic, cast.asha))
    at = f"/insights/{number}"

    assert "Hide this note" in mia.get(at).text
    assert all("Hide this note" not in client.get(at).text for client in (vic, asha))
    short = send(mia, f"{at}/moderation", action="hidden", reason="x")
    assert short.status_code == 422 and 'value="x"' in short.text and "Say why, in 3 to 300 characters." in short.text
    assert send(mia, f"{at}/moderation", action="hidden", reason=WHY).status_code == 303
    again = send(mia, f"{at}/moderation", action="hidden", reason=WHY)
    assert again.status_code == 409 and ModerationRefusal.ALREADY_HIDDEN.sentence in again.text
    assert send(asha, f"{at}/moderation", action="restored", reason=WHY).status_code == 403

    assert asha.get(at).status_code == 404 and WORDS not in asha.get("/insights").text
    assert WHY in vic.get(at).text and "You still read it" in vic.get(at).text
    log = asha.get("/insights/moderation").text
    assert WHY in log and WORDS not in log and "Vic" not in log and f'href="{at}"' not in log
    assert f'href="{at}"' in mia.get("/insights/moderation").text
    assert send(mia, f"{at}/moderation", action="restored", reason="It names nobody.").status_code == 303
    assert WORDS in asha.get("/insights").text


def test_the_interface_hides_a_note_too(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = a_note(cast, cast.vic, WORDS)
    mia, asha = Caller(app, cast.mia), Caller(app, cast.asha)
    at, body = f"/insights/{number}/moderation", {"action": "hide", "reason": WHY}

    assert asha.post(at, body).status_code == 403
    assert Caller(app, cast.mia, "shifts:write").post(at, body).status_code == 403
    assert mia.post(at, body | {"action": "keep"}).status_code == 422
    made = mia.post(at, body)
    assert (made.status_code, made.json["action"], made.json["insight"]) == (201, "hidden", number)
    assert mia.post(at, body).json["error"] == "already_hidden"
    assert (asha.get(f"/insights/{number}").status_code, asha.all("/insights")) == (404, [])
    assert mia.get(f"/insights/{number}").json["hidden"] is True
    (line,) = asha.all("/insights/moderation")
    assert (line["reason"], line["by"], line["insight"]) == (WHY, "Mia", None)


def test_search_finds_insights_that_stand(context: Flask, cast: Cast) -> None:
    shift = make_shift(cast, cast.vic)
    answered(cast.vic, shift)
    number = turned(cast.vic, shift, InsightKind.NOTE)
    assert finds(cast.asha) == []
    finished(cast.vic, shift)

    assert finds(cast.asha) == finds(cast.kim, kind=EntryKind.INSIGHT) == [(EntryKind.INSIGHT, number)]
    assert finds(cast.asha, site=cast.places["Leeds"]) == []  # filters are those of ideas
    decide(cast.mia, number)
    assert finds(cast.asha) == finds(cast.mia) == finds(cast.vic) == []
    decide(cast.mia, number, Action.RESTORE)
    assert finds(cast.asha) == [(EntryKind.INSIGHT, number)]
    with writing():
        insights.withdraw(viewer(cast.vic), insight_queries.insight_for(viewer(cast.vic), number), now=NOON)
    assert finds(cast.asha) == []


def test_the_index_is_completed_with_insights_and_loses_those_that_do_not_stand(context: Flask, cast: Cast) -> None:
    one, two = a_note(cast, cast.vic, WORDS), a_note(cast, cast.olu, "The number aloud, again and again.")
    decide(cast.mia, two)
    before = finds(cast.asha)
    with writing():
        remove(entry_id(EntryKind.INSIGHT, one))
        db.session.execute(update(Insight).where(Insight.id == two).values(hidden_at=None))

    assert (finds(cast.asha), search_jobs.complete(), search_jobs.complete()) == ([], 2, 0)
    assert before == [(EntryKind.INSIGHT, one)]
    assert {number for _, number in finds(cast.asha)} == {one, two}


@pytest.mark.slow
def test_going_back_a_version_shows_nothing_that_was_hidden(app: Flask, cast: Cast) -> None:
    with app.app_context():
        hidden, shown = a_note(cast, cast.vic, WORDS), a_note(cast, cast.olu, "I said no nine times.")
        decide(cast.mia, hidden)
        number = said(cast.asha, "Customers must read the number aloud.")
        db.session.remove()
        downgrade(revision="0025")
        rows = db.session.execute(text("SELECT id FROM insights WHERE withdrawn_at IS NULL")).scalars().all()
        kinds = db.session.execute(text("SELECT DISTINCT kind FROM search_entries")).scalars().all()
        db.session.remove()
        upgrade()

        assert (rows, kinds) == ([shown], ["idea"])
        assert finds(cast.asha) == [(EntryKind.IDEA, number)] and search_jobs.complete() == 1
        assert finds(cast.asha, "nine times") == [(EntryKind.INSIGHT, shown)]
        assert reads(cast.mia) == ["I said no nine times."]
