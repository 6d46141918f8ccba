"""Importing people: look what a file would do, then do all of it in one transaction, or nothing."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from portal.db import db
from portal.errors import Conflict, Invalid, Missing
from portal.people import import_writes, service
from portal.people.models import Grant, Origin, PeopleImport, Person, Place
from portal.people.people_changes import KnownPerson, KnownPlace, Plan
from portal.people.people_csv import Parsed, Problem, csv_of, parse
from portal.people.people_plan import plan
from portal.people.policy import MAY, demand
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer

PLACES_NAMED_MAX = 100
PROBLEMS_NAMED_MAX = 200
ROWS_NAME = "sent by a program"


@dataclass(frozen=True)
class Choices:
    """What the person who imports has decided."""

    only_good: bool = False
    deactivate_missing: bool = False
    leaving_confirmed: int | None = None  # the number of leavers they agreed to; needed above a tenth of everybody


@dataclass(frozen=True)
class Done:
    """An import that was applied."""

    kept: PeopleImport
    parsed: Parsed
    plan: Plan


@dataclass(frozen=True)
class Top:
    """The top of the tree as a subject of the policy."""

    path: str


def keep_file(
    text: str, filename: str, *, deactivate_missing: bool, by_id: int | None, now: datetime, of: str | None = None
) -> PeopleImport:
    """Keep a file between its dry run and the decision. `of`: the text it stands for, where that is not kept itself."""
    kept = PeopleImport(
        by_id=by_id, filename=filename[:200] or "people.csv", content=text, created_at=now,
        sha256=hashlib.sha256((of if of is not None else text).encode()).hexdigest(),
        summary=json.dumps({"deactivate_missing": deactivate_missing}),
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    return kept


def import_for(import_id: int) -> PeopleImport:
    """A kept file; Missing where there is none."""
    kept = db.session.get(PeopleImport, import_id)
    if kept is None:
        raise Missing("import")
    return kept


def demand_everywhere(viewer: Viewer) -> None:
    """Raise Refused unless the viewer may import for the whole organisation: a file may touch anybody."""
    demand(MAY, "people.import", viewer, Top(f"/{viewer.organisation_id}/"))


def wants_missing(kept: PeopleImport) -> bool:
    """True if people of earlier files who are missing in this one have left."""
    return bool(json.loads(kept.summary).get("deactivate_missing"))


def look(kept: PeopleImport, *, rows_max: int) -> tuple[Parsed, Plan]:
    """The rows of a kept file, and what they would do now. Raises what `dry_run` raises."""
    parsed = parsed_file(kept.content, rows_max=rows_max)
    return parsed, dry_run(parsed, deactivate_missing=wants_missing(kept))


def import_rows(viewer: Viewer, rows: Sequence[Mapping[str, str]], choices: Choices, *, now: datetime) -> Done:
    """Import rows that came without a file; the same plan, the same refusals. Raises what `apply` raises."""
    parsed, text = rows_as_file(rows)
    missing = choices.deactivate_missing
    kept = keep_file("", ROWS_NAME, deactivate_missing=missing, by_id=viewer.id, now=now, of=text)
    made = apply(parsed, kept, choices, by_id=viewer.id, now=now)
    return Done(kept, parsed, made)


def rows_as_file(rows: Sequence[Mapping[str, str]]) -> tuple[Parsed, str]:
    """Rows by the names of our columns, read as a file of them would be; and that file. Row 2 is the first."""
    text = csv_of(rows)
    return parse(text, rows_max=len(rows)), text


def dry_run(parsed: Parsed, *, deactivate_missing: bool) -> Plan:
    """What the file would do now. Raises Conflict `no_organisation` before there is one."""
    places = _known_places()
    if not any(place.kind is PlaceKind.ORGANISATION for place in places):
        raise Conflict("no_organisation", "There is no organisation yet. Create the first administrator first.")
    return plan(parsed, _known_people(), places, deactivate_missing=deactivate_missing)


def parsed_file(text: str, *, rows_max: int) -> Parsed:
    """The rows of a kept file."""
    return parse(text, rows_max=rows_max)


def apply(parsed: Parsed, kept: PeopleImport, choices: Choices, *, by_id: int | None, now: datetime) -> Plan:
    """Do what the file says, once. Returns what was done.

    Raises Conflict `already_applied` and `last_administrator`, Invalid `rows_have_problems` (unless only the good rows
    are wanted) and `leaving_not_confirmed`.
    """
    service.lock_tree()
    _claim(kept, now)
    made = dry_run(parsed, deactivate_missing=choices.deactivate_missing)
    if made.problems and not choices.only_good:
        sentence = f"{_rows_with_problems(made)}. Nothing has been saved."
        raise Invalid("rows_have_problems", sentence, _by_field(made.problems))
    if made.needs_a_word and choices.leaving_confirmed != len(made.leaving):
        sentence = (
            f"{len(made.leaving)} of {made.colleagues} people would leave. Type {len(made.leaving)} to confirm it."
        )
        raise Invalid("leaving_not_confirmed", sentence, {"leaving": sentence})
    service.keep_one_administrator({person.id for person in made.leaving})
    import_writes.write(made, by_id=by_id, now=now)
    facts = summary(parsed, made)
    kept.summary = json.dumps(facts | {"deactivate_missing": choices.deactivate_missing})
    kept.content = ""  # its rows are people now; the file itself is not kept longer than it is needed
    service.audit("people.imported", f"import:{kept.id}", facts | {"sha256": kept.sha256}, actor_id=by_id, now=now)
    db.session.flush()
    return made


def summary(parsed: Parsed, made: Plan) -> dict[str, Any]:
    """Counts of a plan; the same words on the page, in the command and in the audit entry."""
    return {
        "rows": len(parsed.records),
        "new": len(made.new),
        "changed": len(made.changed),
        "moved": sum(change.moved for change in made.changed),
        "back": sum(change.back for change in made.changed),
        "unchanged": made.unchanged,
        "leaving": len(made.leaving),
        "rows_with_problems": len({problem.row for problem in made.problems}),
        "without_manager": made.without_manager,
        "new_places": list(made.places.values())[:PLACES_NAMED_MAX],
        "new_place_count": len(made.places),
    }


def _claim(kept: PeopleImport, now: datetime) -> None:
    open_ = update(PeopleImport).where(PeopleImport.id == kept.id, PeopleImport.applied_at.is_(None))
    if db.session.execute(open_.values(applied_at=now)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("already_applied", "This file has been imported already.")


def _by_field(problems: Sequence[Problem]) -> dict[str, str]:
    """`rows.<place in the list, from 0>.<column>` → sentence."""
    return {f"rows.{one.row - 2}.{one.column}": one.sentence for one in problems[:PROBLEMS_NAMED_MAX]}


def _rows_with_problems(made: Plan) -> str:
    count = len({problem.row for problem in made.problems})
    return f"{count} row has a problem" if count == 1 else f"{count} rows have problems"


def _known_places() -> list[KnownPlace]:
    rows = db.session.execute(select(Place.id, Place.kind, Place.name, Place.parent_id, Place.timezone)).all()
    return [KnownPlace(*row) for row in rows]


def _known_people() -> list[KnownPerson]:
    grants: dict[int, list[tuple[int, Any, int]]] = defaultdict(list)
    own = Grant.revoked_at.is_(None), Grant.delegation_id.is_(None)
    held = select(Grant.id, Grant.person_id, Grant.role, Grant.place_id).where(*own)
    for grant_id, person_id, role, place_id in db.session.execute(held.order_by(Grant.id)):
        grants[person_id].append((grant_id, role, place_id))
    query = select(
        Person.id, Person.name, Person.email, Person.staff_number, Person.job_title, Person.place_id,
        Person.manager_id, Person.deactivated_at.is_(None), Person.origin,
    )  # fmt: skip
    return [
        KnownPerson(*row[:8], row.origin is Origin.IMPORTED, row.origin in (Origin.IMPORTED, Origin.CREATED),
                    tuple(grants.get(row.id, ())))
        for row in db.session.execute(query)
    ]  # fmt: skip
