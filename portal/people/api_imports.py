"""The interface to importing people: rows as JSON, by the same plan as a file."""

import json
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BeforeValidator, Field

from portal import clock
from portal.people import imports
from portal.people.access import requires, the_viewer
from portal.people.addresses import EMAIL_CHARS_MAX, STAFF_NUMBER_CHARS_MAX
from portal.people.imports import Choices
from portal.people.once import once
from portal.people.people_changes import Plan
from portal.people.people_csv import ROWS_MAX_PAGE
from portal.people.person_csv import TEXT_CHARS_MAX
from portal.people.scopes import Scope
from portal.web.api import Line, Moment, NumberPath, Sent, Shown, api, shown, whole
from portal.web.limits import takes_many_rows

bp = api("imports", "Bringing many people in at once, by the same rules as a file.")
ROWS_MAX = 2000
Leaving = Annotated[int, Field(ge=0, le=1_000_000), BeforeValidator(whole)]
LISTED_MAX = 1000
RoleInRows = Literal[
    "frontline", "team_leader", "owner", "executive", "programme", "forecaster", "approver", "auditor"
]  # not administrator: that is given by hand


class PersonRowSent(Sent):
    """What a row of a file would say. What is left out changes nothing; `role` is held at the place."""

    name: Line = Field(min_length=1, max_length=TEXT_CHARS_MAX)
    site: Line = Field(min_length=1, max_length=TEXT_CHARS_MAX)
    email: Line = Field("", max_length=EMAIL_CHARS_MAX)
    staff_number: Line = Field("", max_length=STAFF_NUMBER_CHARS_MAX)
    employer: Line = Field("", max_length=TEXT_CHARS_MAX, description="A partner; else it is the organisation.")
    team: Line = Field("", max_length=TEXT_CHARS_MAX)
    job_title: Line = Field("", max_length=TEXT_CHARS_MAX)
    role: RoleInRows | None = None
    manager: Line = Field("", max_length=EMAIL_CHARS_MAX, description="Their e-mail address or staff number.")
    timezone: Line = Field("", max_length=TEXT_CHARS_MAX, description="The site's, such as Europe/London.")
    active: bool = Field(True, description="False: they have left.")


class PeopleSent(Sent):
    """Rows, and what has been decided about them."""

    rows: list[PersonRowSent] = Field(min_length=1, max_length=ROWS_MAX)
    dry_run: bool = Field(False, description="Say what the rows would do, and do nothing.")
    only_good: bool = Field(False, description="Import the good rows and leave out the others.")
    deactivate_missing: bool = Field(
        False, description="People who came by an earlier import and are missing in these rows have left."
    )
    leaving: Leaving | None = Field(
        None,
        description="How many people leave: needed where that is more than a tenth of everybody.",
    )  # fmt: skip


class RowProblem(Shown):
    """What is wrong with one field of one row."""

    index: int = Field(description="Which row, from 0.")
    field: str = Field(description="`row` for all of it.")
    code: str = Field(examples=["bad_email", "manager_unknown"])
    value: str
    message: str


class LeaverShown(Shown):
    """Somebody who leaves by an import."""

    number: int
    name: str


class PeopleImportShown(Shown):
    """What an import did or would do. `number` is null where nothing was kept."""

    number: int | None
    saved: bool
    applied_at: Moment | None
    rows: int
    added: int
    changed: int
    moved: int
    came_back: int
    unchanged: int
    leaving: int
    needs_leaving: bool = Field(description="True: so many would leave that `leaving` has to say so.")
    rows_with_problems: int
    without_manager: int = Field(description="Imported without their manager, whose own row has a problem.")
    new_places: list[str] = Field(description="The first hundred.")
    new_place_count: int
    problems: list[RowProblem] = Field(description=f"The first {LISTED_MAX}.")
    leavers: list[LeaverShown] = Field(description=f"The first {LISTED_MAX}, before it is applied.")


@bp.post("/people/imports", responses={200: PeopleImportShown, 201: PeopleImportShown})
@requires("people.import", scope=Scope.PEOPLE_WRITE)
@takes_many_rows
def import_people(body: PeopleSent) -> Response:
    """Import up to 2,000 rows, all or nothing (422 `rows_have_problems`, `leaving_not_confirmed`); 200 is a dry run.

    The right is needed on the whole organisation. A dry run changes nothing, so an Idempotency-Key does nothing for
    it. A mended set of rows can be sent again as a whole: what is known already stays as it is.
    """
    viewer, rows = the_viewer(), [_row(sent) for sent in body.rows]
    imports.demand_everywhere(viewer)
    choices = Choices(body.only_good, body.deactivate_missing, body.leaving)
    if body.dry_run:
        parsed, _ = imports.rows_as_file(rows)
        made = imports.dry_run(parsed, deactivate_missing=body.deactivate_missing)
        return shown(_import(imports.summary(parsed, made), made, saved=False))

    def verb() -> PeopleImportShown:
        done = imports.import_rows(viewer, rows, choices, now=clock.now())
        facts = imports.summary(done.parsed, done.plan)
        return _import(facts, done.plan, saved=True, number=done.kept.id, applied_at=done.kept.applied_at)

    return once(verb, status=201)


@bp.get("/people/imports/<int:number>", responses={200: PeopleImportShown})
@requires("people.import", scope=Scope.PEOPLE_READ)
def see_import(path: NumberPath) -> Response:
    """What an import did; for a file that waits on a page, what it would do now."""
    imports.demand_everywhere(the_viewer())
    kept = imports.import_for(path.number)
    if kept.applied_at is not None:
        return shown(_import(json.loads(kept.summary), None, saved=True, number=kept.id, applied_at=kept.applied_at))
    parsed, made = imports.look(kept, rows_max=ROWS_MAX_PAGE)
    return shown(_import(imports.summary(parsed, made), made, saved=False, number=kept.id))


def _row(sent: PersonRowSent) -> dict[str, str]:
    texts = sent.model_dump(exclude={"active", "role"})
    return texts | {"role": sent.role or "", "active": "yes" if sent.active else "no"}


def _import(
    facts: dict[str, Any], made: Plan | None, *, saved: bool, number: int | None = None, applied_at: Any = None
) -> PeopleImportShown:
    same = ("rows", "changed", "moved", "unchanged", "leaving", "rows_with_problems", "without_manager", "new_places",
            "new_place_count")  # fmt: skip
    problems = made.problems[:LISTED_MAX] if made else []
    leavers = made.leaving[:LISTED_MAX] if made and not saved else []
    return PeopleImportShown(
        number=number, saved=saved, applied_at=applied_at, **{name: facts[name] for name in same},
        added=facts["new"], came_back=facts["back"], needs_leaving=bool(made and not saved and made.needs_a_word),
        problems=[RowProblem(index=one.row - 2, field=one.column, code=one.code, value=one.value,
                             message=f"{one.problem}. {one.remedy}") for one in problems],
        leavers=[LeaverShown(number=one.id, name=one.name) for one in leavers],
    )  # fmt: skip
