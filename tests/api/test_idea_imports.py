"""Bringing earlier ideas along by the interface: the same reading, checks and refusals as those of a file."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.ideas import imports
from portal.ideas.earlier_columns import FIELDS, chosen, open_sheet
from portal.ideas.imports import Choices, File
from portal.ideas.models import BroughtAlong, Idea, IdeaImport
from portal.ideas.words import Names, Stage
from portal.people.models import AuditEntry
from tests.api.calling import Caller, error
from tests.factories import Cast
from tests.ideas.making import viewer

FAX = {"text": "We have to ask for a fax. Nobody has it.", "title": "No fax", "said_on": "2021-03-05",
       "author": "Asha@harbour.example", "votes": 312, "state": "Planned", "external_id": "17",
       "kind": "stupid_rule"}  # fmt: skip
ORDER = {"text": "Let us see the order before the call.", "author": "gone@harbour.example", "site": "leeds"}
BAD = {"text": "Longer lunch breaks please", "said_on": "5/3/2024", "site": "Atlantis"}


@pytest.fixture
def mia(app: Flask, cast: Cast) -> Caller:
    """The programme manager's program."""
    return Caller(app, cast.mia)


def send(caller: Caller, *rows: dict[str, Any], **over: Any) -> Any:
    return caller.post("/ideas/imports", {"rows": list(rows), **over})


def ideas(app: Flask) -> list[tuple[Any, ...]]:
    """Everything that an import decides, without its number."""
    columns = (Idea.say, Idea.title, Idea.kind, Idea.barrier, Idea.stage, Idea.names, Idea.author_id, Idea.site_id,
               Idea.origin_label, Idea.source_ref, BroughtAlong.votes, BroughtAlong.state)  # fmt: skip
    with app.app_context():
        rows = db.session.execute(
            select(*columns).join(BroughtAlong, BroughtAlong.idea_id == Idea.id).order_by(Idea.id)
        )
        return [tuple(row) for row in rows]


def kept(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(IdeaImport.id))) or 0


def test_rows_become_ideas_on_the_board_with_their_votes_beside(app: Flask, mia: Caller, cast: Cast) -> None:
    answer = send(mia, FAX, ORDER)

    assert answer.status_code == 201
    facts = answer.json
    assert (facts["saved"], facts["rows"], facts["added"], facts["already_here"], facts["votes"]) == (
        True,
        2,
        2,
        0,
        312,
    )
    assert (facts["authors_known"], facts["authors_unknown"], facts["authors_not_named"]) == (1, 1, 0)
    fax, order = ideas(app)
    assert (fax[1], fax[2], fax[4], fax[5], fax[6]) == ("No fax", "stupid_rule", Stage.OPEN, Names.HIDDEN, cast.asha)
    assert fax[-3:] == ("import:earlier:17", 312, "Planned") and order[5] is Names.NONE
    assert mia.get(f"/ideas/{facts['first_idea']}").json["title"] == "No fax"  # type: ignore[index]


def test_rows_and_a_file_of_them_become_the_same_ideas(app: Flask, mia: Caller, cast: Cast) -> None:
    rows = [FAX, ORDER, ORDER, {"text": "", "title": "Only a title here", "votes": 3}]
    lines = [",".join(f'"{row.get(field, "")}"' for field in FIELDS) for row in rows]
    text = "\n".join([",".join(FIELDS), *lines])
    send(mia, *rows)
    sent = ideas(app)

    with app.app_context():
        who, sheet = viewer(cast.mia), open_sheet(text)
        choices = Choices(chosen(sheet, {}))
        file = File(text, "old.csv", "0" * 64, "utf-8", who.id)
        again = imports.look(file, sheet, *imports.prepare(choices, now=clock.now()), rows_max=10)
        other = Choices(choices.columns, "other")
        sheet = open_sheet(text)
        found = imports.look(file, sheet, *imports.prepare(other, now=clock.now()), rows_max=10)
        with writing():
            imports.apply_new(file, found, other, only_good=False, now=clock.now())

    assert (again.checked.already, again.checked.entries) == (4, [])
    by_file = [(*one[:9], one[9].replace("import:other:", "import:earlier:"), *one[10:]) for one in ideas(app)[4:]]
    assert by_file == sent


def test_the_same_rows_again_add_nothing(app: Flask, mia: Caller) -> None:
    send(mia, FAX, ORDER)

    again, more = send(mia, FAX, ORDER), send(mia, ORDER, {"text": "A third one at last"}, FAX)

    assert (again.status_code, again.json["added"], again.json["already_here"]) == (201, 0, 2)
    assert again.json["first_idea"] is None
    assert (more.json["added"], more.json["already_here"], len(ideas(app))) == (1, 2, 3)
    assert send(mia, FAX, source="idea-box").json["added"] == 1


def test_a_dry_run_says_the_same_and_does_nothing(app: Flask, mia: Caller) -> None:
    dry = send(mia, FAX, ORDER | {"text": "Call Ben Ward on 07700 900123"}, BAD, dry_run=True)

    assert (dry.status_code, dry.json["saved"], dry.json["number"]) == (200, False, None)
    assert (dry.json["added"], dry.json["rows_with_problems"], dry.json["maybe_personal"]) == (2, 1, 1)
    assert any("personal data" in sentence for sentence in dry.json["warnings"])
    assert (ideas(app), kept(app)) == ([], 0)


def test_a_problem_names_row_field_and_code(mia: Caller) -> None:
    rows = [FAX, BAD, FAX, {"text": ""}, {"text": "x" * 5000}, {"text": "A bell\x07 rings", "state": "s" * 81}]

    problems = send(mia, *rows, dry_run=True).json["problems"]

    assert [(one["index"], one["field"], one["code"]) for one in problems] == [
        (1, "site", "site_unknown"), (1, "said_on", "date_unclear"), (2, "external_id", "id_twice"),
        (3, "text", "text_missing"), (4, "text", "text_too_long"), (5, "text", "hidden_characters"),
        (5, "state", "state_too_long")]  # fmt: skip
    assert problems[2]["message"].startswith("stands in row 0 already")


def test_one_bad_row_stops_them_all_unless_the_good_ones_are_wanted(app: Flask, mia: Caller) -> None:
    stopped = send(mia, FAX, BAD)
    nothing = (ideas(app), kept(app))
    done = send(mia, FAX, BAD, only_good=True)

    assert (stopped.status_code, stopped.json["error"], nothing) == (422, "rows_have_problems", ([], 0))
    assert sorted(stopped.json["fields"]) == ["rows.1.said_on", "rows.1.site"]
    assert stopped.json["fields"]["rows.1.said_on"].endswith("[date_unclear]")
    assert (done.status_code, done.json["added"], done.json["rows_with_problems"]) == (201, 1, 1)
    assert len(ideas(app)) == 1


def test_names_are_shown_only_when_that_is_asked(app: Flask, mia: Caller) -> None:
    assert send(mia, FAX, show_names=True).json["show_names"] is True
    assert ideas(app)[0][5] is Names.SHOWN


def test_with_one_key_rows_are_imported_once(app: Flask, mia: Caller) -> None:
    first, again = (mia.post("/ideas/imports", {"rows": [ORDER]}, key="k") for _ in range(2))

    assert first.json == again.json and again.headers["Idempotency-Replayed"] == "true"
    assert kept(app) == 1


def test_an_import_is_seen_again_by_who_sent_it_alone(app: Flask, cast: Cast, mia: Caller) -> None:
    facts = send(mia, FAX, BAD, only_good=True).json
    number = facts["number"]

    seen = mia.get(f"/ideas/imports/{number}").json

    assert seen == facts | {"problems": []}
    assert Caller(app, cast.tess).get(f"/ideas/imports/{number}").status_code == 404
    assert mia.get("/ideas/imports/77").status_code == 404


def test_an_import_is_taken_back_by_who_sent_it_but_for_what_people_have_added_to(
    app: Flask, cast: Cast, mia: Caller
) -> None:
    facts = send(mia, FAX, ORDER).json
    path = f"/ideas/imports/{facts['number']}/undo"
    Caller(app, cast.bo).put(f"/ideas/{facts['first_idea']}/vote", {"kind": "support"})

    assert error(Caller(app, cast.tess).post(path)) == (404, "not_found")
    assert error(Caller(app, cast.asha).post(path)) == (403, "not_allowed")
    assert mia.post(path).json == {"number": facts["number"], "taken_back": facts["added"] - 1, "stay": 1}
    assert error(mia.post(path)) == (409, "nothing_to_undo")
    again = send(mia, FAX, ORDER, dry_run=True).json
    assert (facts["added"], again["already_here"], again["added"]) == (2, 1, 1)


def test_a_file_that_waits_on_a_page_is_no_import_yet(app: Flask, cast: Cast, mia: Caller) -> None:
    with app.app_context():
        who = viewer(cast.mia)
        with writing():
            waiting = imports.keep_file(who, File("text\nSomething\n", "a.csv", "0" * 64, "utf-8"), now=clock.now()).id

    assert mia.get(f"/ideas/imports/{waiting}").status_code == 404


@pytest.mark.parametrize("person", ["asha", "lea", "vic"])
def test_only_programme_and_administrator_bring_ideas_along(app: Flask, cast: Cast, person: str) -> None:
    caller = Caller(app, getattr(cast, person))

    assert send(caller, ORDER).status_code == caller.get("/ideas/imports/1").status_code == 403
    assert ideas(app) == []


def test_a_key_needs_the_scope(app: Flask, cast: Cast) -> None:
    reads = Caller(app, cast.mia, "ideas:read")

    assert send(reads, ORDER).status_code == 403
    assert reads.get("/ideas/imports/1").status_code == 404


@pytest.mark.parametrize(
    "body",
    [{"rows": []}, {"rows": [{}]}, {"rows": [ORDER | {"colour": "red"}]}, {"rows": [ORDER | {"votes": -1}]},
     {"rows": [ORDER | {"kind": "joke"}]}, {"rows": [ORDER], "source": "Idea Box"}, {"rows": "rows"}],
)  # fmt: skip
def test_what_is_no_list_of_rows_is_refused(mia: Caller, body: Any) -> None:
    answer = mia.post("/ideas/imports", body)

    assert (answer.status_code, answer.json["error"]) == (422, "invalid")  # type: ignore[index]


def test_two_thousand_rows_go_into_one_call_and_one_more_does_not(app: Flask, mia: Caller) -> None:
    rows = [{"text": f"{'A longer text about the forms. ' * 12}{n}", "external_id": str(n)} for n in range(2001)]

    assert send(mia, *rows).status_code == 422
    assert send(mia, *rows[:2000]).json["added"] == 2000
    assert mia.post("/ideas/imports", {"rows": [{"text": "x" * 2_100_000}]}).status_code == 413


def test_the_trail_holds_what_an_import_did(app: Flask, cast: Cast, mia: Caller) -> None:
    number = send(mia, FAX).json["number"]

    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "ideas.imported")).one()
        assert (entry.actor_id, entry.subject) == (cast.mia, f"idea_import:{number}")
        assert json.loads(entry.detail)["new"] == 1
