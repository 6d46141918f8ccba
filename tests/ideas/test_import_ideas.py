"""Bringing earlier ideas along: what is written, by whom it reads, the command, and that votes count for nothing."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.errors import Conflict, DomainError, Invalid, Missing
from portal.ideas import imports
from portal.ideas.earlier_columns import chosen, open_sheet
from portal.ideas.imports import Choices, File
from portal.ideas.models import BroughtAlong, Comment, Follow, Idea, IdeaImport, Story, Withdrawal
from portal.ideas.words import Audience, Names, Stage, StoryKind
from portal.people.models import AuditEntry, Person
from portal.swarm import audit
from portal.swarm.models import IdeaScore, IdeaTeam, Vote
from tests.factories import NOON, Cast
from tests.ideas.making import commented, viewer
from tests.swarm.voting import vote

FILE = (
    "Id,Title,Description,Author email,Created At,Votes,Status\n"
    "17,No fax,We have to ask for a fax. Nobody has a fax.,Asha@harbour.example,2021-03-05,312,Planned\n"
    "18,,Let us see the order before the call rings.,gone@harbour.example,2021-03-01,45,New\n"
    "19,,Longer lunch breaks please,,,,\n"
)


def bring(text: str = FILE, *, only_good: bool = False, now: Any = NOON, **choices: Any) -> dict[str, Any]:
    sheet = open_sheet(text)
    made = Choices(chosen(sheet, choices.pop("asked", {})), **choices)
    file = File(text, "old.csv", "0" * 64, "utf-8")
    found = imports.look(file, sheet, *imports.prepare(made, now=now), rows_max=1000)
    with writing():
        return imports.apply_new(file, found, made, only_good=only_good, now=now)


def ideas() -> list[Idea]:
    db.session.expire_all()
    return list(db.session.scalars(select(Idea).order_by(Idea.id)))


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_ideas_are_open_on_the_board_the_oldest_first_with_their_day(context: Flask, cast: Cast) -> None:
    counts = bring()

    order, fax, lunch = ideas()
    assert (fax.title, fax.say, fax.source_ref) == (
        "No fax", "We have to ask for a fax. Nobody has a fax.", "import:earlier:17")  # fmt: skip
    assert {one.stage for one in (order, fax, lunch)} == {Stage.OPEN}
    assert {one.audience for one in (order, fax, lunch)} == {Audience.ORGANISATION}
    assert (order.said_at.date().isoformat(), fax.said_at.date().isoformat()) == ("2021-03-01", "2021-03-05")
    assert lunch.said_at == NOON == lunch.moved_at
    assert {name: counts[name] for name in ("rows", "new", "already", "bad", "matched", "unmatched", "votes")} == {
        "rows": 3, "new": 3, "already": 0, "bad": 0, "matched": 1, "unmatched": 1, "votes": 357}  # fmt: skip
    assert (counts["first"], counts["last"]) == (order.id, lunch.id)


def test_an_author_we_know_is_kept_with_the_name_hidden(context: Flask, cast: Cast) -> None:
    bring()

    order, fax, lunch = ideas()
    assert (fax.names, fax.author_id, fax.origin_label) == (Names.HIDDEN, cast.asha, "a colleague in Leeds")
    for one in (order, lunch):
        assert (one.names, one.author_id, one.origin_label) == (Names.NONE, None, "brought along from earlier ideas")
        assert (one.site_id, one.team_id, one.employer_id) == (None, None, None)
    assert [step.actor_id for step in db.session.scalars(select(Story))] == [None] * 3
    assert db.session.execute(select(Follow.idea_id, Follow.person_id)).all() == [(fax.id, cast.asha)]


def test_an_author_of_a_small_site_reads_no_more_than_the_group_allows(context: Flask, cast: Cast) -> None:
    bring("text,author\nSomething from Manila,kim@harbour.example\n")

    (idea,) = ideas()
    assert (idea.author_id, idea.origin_label, idea.site_id) == (cast.kim, "a colleague", None)


def test_names_are_shown_when_that_is_asked(context: Flask, cast: Cast) -> None:
    bring(show_names=True)

    _, fax, lunch = ideas()
    assert (fax.names, lunch.names) == (Names.SHOWN, Names.NONE)
    (step,) = db.session.scalars(select(Story).where(Story.idea_id == fax.id))
    assert (step.kind, step.actor_id, step.at) == (StoryKind.SAID, cast.asha, fax.said_at)
    assert json.loads(step.facts) == {"brought_along_on": "2026-03-02"}


def test_somebody_who_has_left_keeps_their_idea_but_is_told_nothing(context: Flask, cast: Cast) -> None:
    with writing():
        db.session.get_one(Person, cast.asha).deactivated_at = NOON

    bring()

    assert cast.asha in [idea.author_id for idea in ideas()]
    assert count(Follow) == 0


def test_votes_and_state_are_kept_beside_and_are_no_evidence(context: Flask, cast: Cast) -> None:
    counts = bring()

    rows = db.session.execute(select(BroughtAlong.votes, BroughtAlong.state, BroughtAlong.said_by).order_by(
        BroughtAlong.idea_id)).all()  # fmt: skip
    assert rows == [(45, "New", ""), (312, "Planned", ""), (0, "", "")]
    assert (count(Vote), count(IdeaScore), count(IdeaTeam)) == (0, 0, 0)
    assert audit.verify() == []
    fax = ideas()[1]
    vote(cast.bo, fax.id, "support", now=NOON)
    score = db.session.get_one(IdeaScore, fax.id)
    assert (score.n_support, score.n_team, score.m) == (1, 1, 1.0)
    with writing():
        audit.rebuild(now=NOON)
    assert audit.verify() == [] and counts["votes"] == 357


def test_the_same_file_again_adds_nothing_and_says_so(context: Flask, cast: Cast) -> None:
    bring()
    before = [(idea.id, idea.source_ref) for idea in ideas()]

    again = bring(FILE + "20,,A new one at last,,,3,\n", show_names=True)

    assert (again["new"], again["already"]) == (1, 3)
    assert [(idea.id, idea.source_ref) for idea in ideas()][:3] == before
    assert count(BroughtAlong) == 4


def test_the_same_id_from_another_system_is_another_idea(context: Flask, cast: Cast) -> None:
    bring()

    assert bring(source="idea-box")["new"] == 3
    assert len(ideas()) == 6


def test_two_imports_of_one_file_at_once_bring_it_once(app: Flask, cast: Cast) -> None:
    done: list[Any] = []

    def run() -> None:
        with app.app_context():
            try:
                done.append(bring()["new"])
            except Exception as error:
                done.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [0, 3]
    with app.app_context():
        assert count(Idea) == 3


def test_nothing_is_saved_while_one_row_has_a_problem_unless_that_is_asked(context: Flask, cast: Cast) -> None:
    bad = FILE + "20,,ab,,,,\n"
    with pytest.raises(Invalid) as refused:
        bring(bad)
    assert refused.value.code == "rows_have_problems"
    assert (count(Idea), count(IdeaImport)) == (0, 0)

    assert bring(bad, only_good=True)["bad"] == 1
    assert count(Idea) == 3


def test_an_import_leaves_an_entry_without_anybodys_name(context: Flask, cast: Cast) -> None:
    counts = bring()

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "ideas.imported")).one()
    assert str(counts["import"]) in entry.subject
    kept = db.session.get_one(IdeaImport, counts["import"])
    assert kept.content == "" and kept.applied_at == NOON and kept.by_id is None
    assert "asha" not in kept.summary + kept.columns + str(vars(entry)).casefold()


def test_before_there_is_an_organisation_nothing_can_be_brought(context: Flask) -> None:
    with pytest.raises(Conflict) as refused:
        bring()

    assert refused.value.code == "no_organisation"


def test_an_import_is_undone_as_far_as_nobody_has_touched_it(context: Flask, cast: Cast) -> None:
    made = bring()["import"]
    order, fax, lunch = (idea.id for idea in ideas())
    vote(cast.bo, fax, "pass", now=NOON)
    commented(cast.bo, lunch)

    with writing():
        assert imports.undo(made, now=NOON) == (1, 2)

    assert [idea.stage for idea in ideas()] == [Stage.WITHDRAWN, Stage.OPEN, Stage.OPEN]
    assert [row.idea_id for row in db.session.scalars(select(Withdrawal))] == [order]
    with pytest.raises(Conflict) as refused, writing():
        imports.undo(made, now=NOON)
    assert refused.value.code == "nothing_to_undo"
    assert bring()["new"] == 1 and count(Comment) == 1
    assert audit.verify() == []


def test_an_import_that_never_was_cannot_be_undone(context: Flask, cast: Cast) -> None:
    with pytest.raises(Missing), writing():
        imports.undo(404, now=NOON)


def test_a_file_that_waits_is_its_senders_alone_and_goes_after_a_week(context: Flask, cast: Cast) -> None:
    mia, tess = viewer(cast.mia), viewer(cast.tess)
    file = File(FILE, "old.csv", "0" * 64, "utf-8")
    with writing():
        kept_id = imports.keep_file(mia, file, now=NOON).id

    assert imports.file_of(imports.import_for(mia, kept_id)).text == FILE
    for who, number in ((tess, kept_id), (mia, 404), (mia, 2**40)):
        with pytest.raises(Missing):
            imports.import_for(who, number)
    with pytest.raises(DomainError) as refused:
        imports.keep_file(viewer(cast.asha), file, now=NOON)
    assert refused.value.code == "not_allowed"
    with writing():
        imports.keep_file(tess, file, now=clock.now())
    with pytest.raises(DomainError) as gone:
        imports.file_of(imports.import_for(mia, kept_id))
    assert gone.value.code == "upload_expired"


def test_a_file_that_waits_is_applied_once(context: Flask, cast: Cast) -> None:
    mia, file = viewer(cast.mia), File(FILE, "old.csv", "0" * 64, "utf-8")
    with writing():
        kept = imports.keep_file(mia, file, now=NOON)
        kept_id, choices = kept.id, imports.choices_of(kept)
    found = imports.look(file, open_sheet(FILE), *imports.prepare(choices, now=NOON), rows_max=10)
    with writing():
        imports.apply(mia, kept_id, found, only_good=False, now=NOON)

    for verb in (
        lambda: imports.apply(mia, kept_id, found, only_good=False, now=NOON),
        lambda: imports.choose(mia, kept_id, choices),
    ):
        with pytest.raises(Conflict) as refused, writing():
            verb()
        assert refused.value.code == "already_applied"
    assert count(Idea) == 3


def command(app: Flask, file: Path, *options: str) -> Any:
    return app.test_cli_runner().invoke(args=["import", "ideas", str(file), *options])


def test_a_look_leaves_no_read_open_while_it_works(context: Flask, cast: Cast) -> None:
    choices = Choices({"text": 0})
    reading, known = imports.prepare(choices, now=NOON)
    db.session.rollback()

    found = imports.look(File("", "old.csv", "", "utf-8"), open_sheet("text\nSome words\n"), reading, known, rows_max=9)

    assert len(found.checked.entries) == 1 and not db.session().in_transaction()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    file = tmp_path / "old.csv"
    file.write_text(FILE)
    return file


def test_the_command_looks_first_and_saves_then(app: Flask, cast: Cast, old: Path) -> None:
    dry = command(app, old, "--dry-run")
    saved = command(app, old)
    again = command(app, old, "--json")

    assert dry.exit_code == saved.exit_code == again.exit_code == 0
    assert "3 new" in dry.output and "Nothing has been saved" in dry.output
    assert "Saved as import 1" in saved.output and "names an author who is nobody here" in saved.stderr
    facts = json.loads(again.stdout)
    assert (facts["new"], facts["already"], facts["saved"]) == (0, 3, True)
    assert facts["columns"]["text"] == "Description" and facts["columns_not_used"] == []
    with app.app_context():
        assert app.test_cli_runner().invoke(args=["swarm", "verify"]).exit_code == 0
    undone = app.test_cli_runner().invoke(args=["import", "undo-ideas", "1"])
    assert undone.output.startswith("3 ideas taken back; 0 stay")
    assert app.test_cli_runner().invoke(args=["import", "undo-ideas", "1"]).exit_code == 1


def test_the_command_takes_a_mapping_names_a_source_and_a_reading_of_days(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "alt.csv"
    file.write_text("Wortlaut;Wann;Wer;Punkte\nKein Fax mehr;5/3/2021;asha@harbour.example;7\n")
    named = ("--column", "text=wortlaut", "--column", "said_on=Wann", "--column", "author=Wer", "--column",
             "votes=Punkte", "--source", "ideenkasten")  # fmt: skip

    assert command(app, file).exit_code == 1
    unclear = command(app, file, *named, "--json")
    assert unclear.exit_code == 2 and json.loads(unclear.stdout)["problems"][0]["code"] == "date_unclear"
    assert command(app, file, *named, "--day-first", "--show-names").exit_code == 0
    with app.app_context():
        (idea,) = ideas()
        assert idea.said_at.month == 3 and idea.names is Names.SHOWN
        assert (idea.source_ref or "").startswith("import:ideenkasten:#")


def test_the_command_lists_problems_and_ends_with_two(app: Flask, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("text,votes,what\nab,-1,x\n" + "ab,0,x\n" * 120)

    refused = command(app, file)

    assert refused.exit_code == 2 and "Nothing has been saved" in refused.output
    assert "Row 2, votes: “-1” is below zero. Write 0 or more, or leave it empty. [votes_negative]" in refused.stderr
    assert "… and 21 more problems" in refused.stderr and "Columns not used: what" in refused.stderr
    file.write_text("text,votes\nab,-1\nA fine one,2\n")
    assert command(app, file, "--only-good").exit_code == 0
    assert command(app, file, "--only-good", "--dry-run").exit_code == 2


def test_every_refused_row_is_written_down_and_comes_in_once_it_is_mended(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    file, rest = tmp_path / "bad.csv", tmp_path / "rest.csv"
    bad = "".join(f'"=ab, {number}\nof two lines",-{number},\n' for number in range(1, 131))
    file.write_text(f"text,votes,what\n{bad}A fine one,2,x\nOne more,3,x,y\n")

    dry = command(app, file, "--dry-run", "--refused", str(rest))
    looked = rest.read_text("utf-8")
    done = command(app, file, "--only-good", "--refused", str(rest))

    assert (dry.exit_code, done.exit_code) == (2, 0)
    assert rest.read_text("utf-8") == looked
    assert looked.count("[votes_negative]") == 130 and looked.count("[too_many_cells]") == 1
    assert "… and 31 more problems. --refused FILE writes every one of them down." in done.stderr
    rest.write_text(looked.replace(",-", ",").replace(",x,y", ",x"), "utf-8")
    assert json.loads(command(app, rest, "--json").stdout)["new"] == 131
    with app.app_context():
        assert len(ideas()) == 132
        assert {idea.say for idea in ideas()} >= {"=ab, 1\nof two lines", "=ab, 130\nof two lines", "One more"}


def test_refused_rows_are_not_written_over_the_file_itself(app: Flask, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("text,votes\nab,-1\n")

    answer = command(app, file, "--refused", str(file))

    assert answer.exit_code == 1 and "would write over the file" in answer.stderr
    assert file.read_text() == "text,votes\nab,-1\n"


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"", (), "The file is empty"),
        (b"PK\x03\x04rest", (), "a workbook, not a CSV file"),
        (b"text\nab\x00cd\n", (), "Row 2 holds a NUL"),
        (b"\xff\xfe\x00\xd8\x00", (), "not readable text"),
        (b"text\nfine words\n", ("--column", "text"), "Write --column FIELD=HEADER"),
        (b"text\nfine words\n", ("--column", "colour=text"), "no field of an idea"),
        (b"text\nfine words\n", ("--source", "Idea Box"), "small letters, digits and hyphens"),
        (b"what,else\n1,2\n", (), "Say which column holds the words"),
    ],
)
def test_the_command_says_in_one_sentence_why_it_could_not_run(
    app: Flask, cast: Cast, tmp_path: Path, content: bytes, options: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "odd.csv"
    file.write_bytes(content)

    refused = command(app, file, *options)

    assert refused.exit_code == 1 and said in refused.stderr and not refused.stdout
    assert command(app, tmp_path / "nowhere.csv").exit_code == 1
