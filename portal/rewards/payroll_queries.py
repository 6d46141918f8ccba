"""Reading what payroll was given."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.errors import Conflict, Missing
from portal.keys import KEY_MAX
from portal.people.directory import below
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer
from portal.rewards.payroll_rules import Line, PayrollRefusal, file_of, fingerprint
from portal.rewards.shop_models import PayrollLine, PayrollRun
from portal.web.paging import cut, decode_cursor

MAKES = (Role.PROGRAMME, Role.ADMINISTRATOR)
PAGE = 24


@dataclass(frozen=True)
class Run:
    """One file for payroll. by: who made it."""

    id: int
    employer_id: int
    employer: str
    month: str
    at: datetime
    by: str | None
    lines: int
    cents: int
    sha256: str


def employer_for(viewer: Viewer, employer_id: int) -> Place:
    """An employer for whose payroll the viewer may make files. Raises Invalid `unknown_employer`."""
    kinds = Place.kind.in_([PlaceKind.ORGANISATION, PlaceKind.PARTNER])
    query = select(Place).where(Place.id == employer_id, kinds, below(viewer.scope(*MAKES), Place.path))
    found = db.session.scalar(query) if 0 < employer_id <= KEY_MAX else None
    if found is None:
        raise PayrollRefusal.UNKNOWN_EMPLOYER.as_error()
    return found


def runs(viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None) -> tuple[list[Run], str | None]:
    """The files of the viewer's employers, the newest first, and the next cursor."""
    query = (
        select(PayrollRun, Place.name.label("employer"), Person.name.label("by"))
        .join(Place, Place.id == PayrollRun.employer_id)
        .outerjoin(Person, Person.id == PayrollRun.by_id)
        .where(below(viewer.scope(*MAKES), Place.path))
    )
    if after := decode_cursor(cursor, int):
        query = query.where(PayrollRun.id < after[0])
    rows = db.session.execute(query.order_by(PayrollRun.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row[0].id,))
    return [_run(row[0], row.employer, row.by) for row in page], following


def run_shown(viewer: Viewer, run_id: int) -> Run:
    """One file. Raises Missing."""
    run, employer = _run_for(viewer, run_id)
    by = db.session.scalar(select(Person.name).where(Person.id == run.by_id)) if run.by_id else None
    return _run(run, employer, by)


def run_of(employer_id: int, month: str) -> PayrollRun | None:
    """The run of an employer and a month, if there is one."""
    mine = PayrollRun.employer_id == employer_id, PayrollRun.month == month
    return db.session.scalar(select(PayrollRun).where(*mine))


def file_of_run(viewer: Viewer, run_id: int) -> tuple[PayrollRun, str]:
    """A run and its file, the same bytes as when it was made.

    Raises Missing, Conflict `file_changed` where they are not: somebody has changed what was frozen.
    """
    run, _ = _run_for(viewer, run_id)
    rows = db.session.scalars(select(PayrollLine).where(PayrollLine.run_id == run.id).order_by(PayrollLine.id))
    lines = [
        Line(row.redemption_id, row.staff_number, row.name, row.reward, row.points, row.cents, row.delivered_on)
        for row in rows
    ]
    file = file_of(run.employer, run.month, lines)
    if fingerprint(file) != run.sha256:
        raise Conflict("file_changed", "This file is not what payroll was given: somebody changed it in the database.")
    return run, file


def _run_for(viewer: Viewer, run_id: int) -> tuple[PayrollRun, str]:
    query = select(PayrollRun, Place.name).join(Place, Place.id == PayrollRun.employer_id)
    query = query.where(PayrollRun.id == run_id, below(viewer.scope(*MAKES), Place.path))
    row = db.session.execute(query).one_or_none() if 0 < run_id <= KEY_MAX else None
    if row is None:
        raise Missing("file")
    return row[0], row[1]


def _run(run: PayrollRun, employer: str, by: str | None) -> Run:
    return Run(run.id, run.employer_id, employer, run.month, run.at, by, run.lines, run.cents, run.sha256)
