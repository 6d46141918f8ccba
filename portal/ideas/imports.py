"""Bringing earlier ideas along: look what a file would do, then do all of it in one transaction, or nothing."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, update

from portal.db import db, take_turns
from portal.errors import Conflict, Gone, Invalid, Missing
from portal.ideas import earlier_people, import_writes, search_index
from portal.ideas.earlier_cells import Calendar
from portal.ideas.earlier_columns import FIELDS, Sheet, guess, open_sheet, sheet_of
from portal.ideas.earlier_csv import PROBLEMS_KEPT, Checked, Entry, Known, Reading, check, warnings
from portal.ideas.models import BroughtAlong, Idea, IdeaImport, Story, Withdrawal
from portal.ideas.policy import MAY
from portal.ideas.words import Stage, StoryKind
from portal.people import queries as people_queries
from portal.people import service as people
from portal.people.models import Place
from portal.people.policy import demand
from portal.people.viewer import Viewer

SOURCE = "earlier"  # where nobody names the system that a file comes from
STAGED_DAYS = 7
FILENAME_CHARS_MAX = 200
ROWS_NAME = "sent by a program"
EVERY_COLUMN = {field: at for at, field in enumerate(FIELDS)}
IDS_AT_ONCE = 500
UNDONE = "The import that brought it along was undone"


@dataclass(frozen=True)
class File:
    """What was sent. encoding: as it was found. by_id: who sent it; None for the command line."""

    text: str
    name: str
    sha256: str
    encoding: str
    by_id: int | None = None


@dataclass(frozen=True)
class Choices:
    """How the file is to be read, as people have decided. columns: field → position."""

    columns: Mapping[str, int]
    source: str = SOURCE
    show_names: bool = False
    day_first: bool | None = None


@dataclass(frozen=True)
class Look:
    """A dry run."""

    checked: Checked
    warnings: list[str]
    reading: Reading


def demand_everywhere(viewer: Viewer) -> None:
    """A file may name any site and author, so the right is needed on the whole organisation. Raises Refused."""
    demand(MAY, "idea.import", viewer, _top())


def keep_file(viewer: Viewer, file: File, *, now: datetime) -> IdeaImport:
    """Keep a file between its dry run and the decision, at most STAGED_DAYS days, its columns guessed.

    Raises Invalid: no_header, too_many_columns, csv_broken.
    """
    demand_everywhere(viewer)
    old = IdeaImport.applied_at.is_(None), IdeaImport.created_at < now - timedelta(days=STAGED_DAYS)
    db.session.execute(update(IdeaImport).where(*old).values(content=""))
    kept = _record(replace(file, by_id=viewer.id), Choices(guess(open_sheet(file.text))), now)
    kept.content = file.text
    db.session.flush()
    return kept


def import_for(viewer: Viewer, import_id: int) -> IdeaImport:
    """A file that the viewer has sent; it names authors, so it is nobody else's to see. Raises Missing."""
    demand_everywhere(viewer)
    kept = db.session.get(IdeaImport, import_id) if 0 < import_id < 2**31 else None
    if kept is None or kept.by_id != viewer.id:
        raise Missing("import")
    return kept


def file_of(kept: IdeaImport) -> File:
    """The file that waits. Raises Gone `upload_expired` once it was cleared."""
    if not kept.content:
        raise Gone("upload_expired", "This upload was kept for a week and is gone. Choose the file again.")
    return File(kept.content, kept.filename, kept.sha256, json.loads(kept.summary).get("encoding", ""), kept.by_id)


def choices_of(kept: IdeaImport) -> Choices:
    """What was decided about a file so far."""
    facts = json.loads(kept.summary)
    return Choices(json.loads(kept.columns), facts["source"], facts["show_names"], facts["day_first"])


def choose(viewer: Viewer, import_id: int, choices: Choices) -> None:
    """Decide how a file is read. Raises Missing, and Conflict `already_applied`."""
    kept = import_for(viewer, import_id)
    facts = json.loads(kept.summary) | _facts(choices)
    values = {"columns": json.dumps(dict(choices.columns)), "summary": json.dumps(facts)}
    waiting = IdeaImport.id == kept.id, IdeaImport.applied_at.is_(None)
    if not db.session.execute(update(IdeaImport).where(*waiting).values(**values)).rowcount:  # type: ignore[attr-defined]
        raise _applied()


def rows_as_file(viewer: Viewer, rows: Sequence[Mapping[str, str]]) -> tuple[File, Sheet]:
    """Rows by the names of our fields, as a file of them would be (see EVERY_COLUMN). Raises Refused."""
    demand_everywhere(viewer)
    sha256 = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
    return File("", ROWS_NAME, sha256, "", viewer.id), sheet_of(rows)


def prepare(choices: Choices, *, now: datetime) -> tuple[Reading, Known]:
    """Everything that `look` needs of the database. Raises Conflict `no_organisation`."""
    calendar = Calendar(now, ZoneInfo(_top().timezone or "UTC"), choices.day_first)
    reading = Reading(choices.columns, calendar, choices.source, choices.show_names)
    return reading, earlier_people.known(choices.source)


def look(
    file: File, sheet: Sheet, reading: Reading, known: Known, *, rows_max: int, problems_max: int = PROBLEMS_KEPT
) -> Look:  # fmt: skip
    """What the file would do; reads the sheet to its end. Raises what `earlier_csv.check` raises.

    Asks the database nothing. It may take a minute, so end the read that came before: PostgreSQL cuts off whoever
    leaves one open that long.
    """
    checked = check(sheet, reading, known, rows_max=rows_max, problems_max=problems_max)
    return Look(checked, warnings(checked, sheet, reading, file.encoding), reading)


def apply_new(file: File, found: Look, choices: Choices, *, only_good: bool, now: datetime) -> dict[str, Any]:
    """Bring in a file, or rows, just looked at: the command line, and programs. See `apply`.

    The fields of Invalid `rows_have_problems` are `rows.<row>.<column>`, each with its sentence, remedy and code.
    """
    _refuse_bad_rows(found.checked, only_good)
    kept = _record(file, choices, now)
    kept.applied_at = now
    db.session.flush()
    return _take_in(kept, found, now=now)


def apply(viewer: Viewer, import_id: int, found: Look, *, only_good: bool, now: datetime) -> dict[str, Any]:
    """Bring in a file that waits, once; returns what was done (see `summary`).

    Raises Invalid `rows_have_problems` unless only_good, Conflict `already_applied`, Missing.
    """
    kept = import_for(viewer, import_id)
    _refuse_bad_rows(found.checked, only_good)
    waiting = IdeaImport.id == kept.id, IdeaImport.applied_at.is_(None)
    if not db.session.execute(update(IdeaImport).where(*waiting).values(applied_at=now)).rowcount:  # type: ignore[attr-defined]
        raise _applied()
    return _take_in(kept, found, now=now)


def summary(checked: Checked) -> dict[str, Any]:
    """Counts; the same words on the page, in the command and in the audit entry."""
    notes = checked.notes
    return {
        "rows": checked.rows_read, "new": len(checked.entries), "already": checked.already,
        "bad": len(checked.bad_rows), "votes": sum(entry.votes for entry in checked.entries),
        "matched": notes["matched"], "unmatched": notes["unmatched"], "without_author": notes["without_author"],
        "personal": notes["personal"],
    }  # fmt: skip


def undo(import_id: int, *, now: datetime, by_id: int | None = None) -> tuple[int, int]:
    """Take back what an import brought and nobody has touched; returns how many were taken back and how many stay.

    An idea with a vote or a comment is people's by now, and stays. Those taken back can be imported again.
    Raises Missing, and Conflict `nothing_to_undo`.
    """
    if db.session.get(IdeaImport, import_id) is None:
        raise Missing("import")
    brought = select(BroughtAlong.idea_id).where(BroughtAlong.import_id == import_id)
    standing = Idea.id.in_(brought), Idea.stage != Stage.WITHDRAWN
    untouched = (*standing, Idea.stage == Stage.OPEN, Idea.first_vote_at.is_(None), Idea.comment_count == 0)
    ids = list(db.session.scalars(select(Idea.id).where(*untouched).with_for_update()))
    if not ids:
        raise Conflict("nothing_to_undo", "Nothing of this import can be taken back: no idea is left untouched.")
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = ids[start : start + IDS_AT_ONCE]
        gone = {"stage": Stage.WITHDRAWN, "moved_at": now, "source_ref": None}
        db.session.execute(update(Idea).where(Idea.id.in_(some)).values(**gone),
                           execution_options={"synchronize_session": False})  # fmt: skip
        db.session.execute(insert(Withdrawal), [{"idea_id": one, "at": now, "reason": UNDONE} for one in some])
        step = {"at": now, "kind": StoryKind.WITHDRAWN, "actor_id": None, "words": UNDONE}
        db.session.execute(insert(Story), [{"idea_id": one, **step} for one in some])
    db.session.expire_all()
    search_index.complete_soon(min(ids) - 1, now=now)
    stay = db.session.scalar(select(func.count()).select_from(Idea).where(*standing)) or 0
    facts = {"withdrawn": len(ids), "stay": stay}
    people.audit("ideas.import_undone", f"idea_import:{import_id}", facts, actor_id=by_id, now=now)
    db.session.flush()
    return len(ids), stay


def undo_for(viewer: Viewer, import_id: int, *, now: datetime) -> tuple[int, int]:
    """As `undo`, by the person who sent the import: nobody else can see it. Raises Missing, Conflict, Refused."""
    return undo(import_for(viewer, import_id).id, now=now, by_id=viewer.id)


def _record(file: File, choices: Choices, now: datetime) -> IdeaImport:
    facts = _facts(choices) | {"encoding": file.encoding}
    kept = IdeaImport(
        by_id=file.by_id, filename=file.name[:FILENAME_CHARS_MAX] or "ideas.csv", content="", sha256=file.sha256,
        columns=json.dumps(dict(choices.columns)), created_at=now, summary=json.dumps(facts),
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    return kept


def _facts(choices: Choices) -> dict[str, Any]:
    return {"source": choices.source, "show_names": choices.show_names, "day_first": choices.day_first}


def _refuse_bad_rows(checked: Checked, only_good: bool) -> None:
    if (bad := len(checked.bad_rows)) and not only_good:
        words = f"{bad:,} of {checked.rows_read:,} rows {'has a problem' if bad == 1 else 'have problems'}."
        raise Invalid("rows_have_problems", f"{words} Nothing has been saved.", _by_field(checked))


def _by_field(checked: Checked) -> dict[str, str]:
    return {f"rows.{one.row}.{one.column}": f"{one.sentence} {one.remedy} [{one.code}]" for one in checked.problems}


def _take_in(kept: IdeaImport, found: Look, *, now: datetime) -> dict[str, Any]:
    reading, checked = found.reading, found.checked
    # Two imports of the same file at once: the second finds everything here.
    take_turns("ideas.import")
    entries = _not_here(checked, reading.source)
    ids = (entry.person_id for entry in entries if entry.person_id is not None)
    authors = earlier_people.authors(ids, show_names=reading.show_names)
    kept_id = kept.id
    numbers = import_writes.write(entries, authors, import_id=kept_id, show_names=reading.show_names, now=now)
    kept = db.session.get_one(IdeaImport, kept_id)
    late = len(checked.entries) - len(entries)
    counts = summary(checked) | {"new": len(entries), "already": checked.already + late, "import": kept_id}
    counts["votes"] = sum(entry.votes for entry in entries)
    if numbers:
        search_index.complete_soon(min(numbers) - 1, now=now)
        counts |= {"first": min(numbers), "last": max(numbers)}
    kept.summary = json.dumps(json.loads(kept.summary) | counts)
    kept.content = ""  # its rows are ideas now; the file, which names authors, is not kept longer than it is needed
    people.audit("ideas.imported", f"idea_import:{kept_id}", counts | {"sha256": kept.sha256}, actor_id=kept.by_id,
                 now=now)  # fmt: skip
    db.session.flush()
    return counts


def _not_here(checked: Checked, source: str) -> list[Entry]:
    here = earlier_people.refs(source)
    return [entry for entry in checked.entries if entry.ref not in here]


def _top() -> Place:
    top = people_queries.organisation()
    if top is None:
        raise Conflict("no_organisation", "There is no organisation yet. Create the first administrator first.")
    return top


def _applied() -> Conflict:
    return Conflict("already_applied", "This file has been imported already.")
