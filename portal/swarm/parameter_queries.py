"""Reading the parameters and their versions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.people.models import Person
from portal.swarm.parameter_models import ParametersVersion
from portal.swarm.parameter_rules import BY_NAME, KNOBS, VERSION_ONE, made
from portal.swarm.score import DEFAULTS, Params
from portal.web.paging import cut, decode_cursor

PAGE = 20


@dataclass(frozen=True)
class VersionLine:
    """A change of parameters. by: None at the command line. changes: (label, before, after)."""

    version: int
    at: datetime
    by: str | None
    reason: str
    changes: Sequence[tuple[str, float, float]]


def values_of(params: Params) -> dict[str, float]:
    """The values of the parameters that may be changed, by name."""
    return {knob.name: getattr(params, knob.name) for knob in KNOBS}


def versions_page(*, limit: int = PAGE, cursor: str | None = None) -> tuple[Sequence[VersionLine], str | None]:
    """Every change of parameters, the newest first. Version 1, the defaults, is no change."""
    query = select(ParametersVersion, Person.name).outerjoin(Person, Person.id == ParametersVersion.by_id)
    if after := decode_cursor(cursor, int):
        query = query.where(ParametersVersion.version < after[0])
    rows = db.session.execute(query.order_by(ParametersVersion.version.desc()).limit(limit + 2)).all()
    page, following = cut(rows[: limit + 1], limit, lambda row: (row[0].version,))
    before = {older[0].version + 1: _made(older[0]) for older in rows}
    return [_line(row, name, before.get(row.version, DEFAULTS)) for row, name in page], following


def _made(row: ParametersVersion) -> Params:
    return made(row.version, json.loads(row.overrides))


def _line(row: ParametersVersion, name: str | None, before: Params) -> VersionLine:
    was, now = values_of(before), values_of(_made(row))
    assert row.version > VERSION_ONE
    return VersionLine(row.version, row.at, name, row.reason, _changes(was, now))


def _changes(was: Mapping[str, float], now: Mapping[str, float]) -> list[tuple[str, float, float]]:
    return [(BY_NAME[name].label, was[name], now[name]) for name in now if was[name] != now[name]]
