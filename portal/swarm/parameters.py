"""The parameters of the swarm as they stand, and changing them.

A version never changes, so that each process reads it once. Which version is in force stands in the row of the
typical idea, which every computation reads anyway.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.db import db, take_turns
from portal.errors import Conflict
from portal.outbox import service as outbox
from portal.people import service as people
from portal.swarm.models import PortalStat
from portal.swarm.parameter_models import ParametersVersion
from portal.swarm.parameter_rules import VERSION_ONE, changed, made
from portal.swarm.score import DEFAULTS, Params, portal_means

RESCORE = "swarm.rescore"
KEPT_MAX = 64
_known: dict[tuple[object, int], Params] = {}  # (database, version)


def of_version(version: int | None) -> Params:
    """The parameters of a version; None and 1 are the defaults. Reads the database once for each process."""
    if version is None or version == VERSION_ONE:
        return DEFAULTS
    key = (db.engine.url, version)
    if key not in _known:
        if len(_known) >= KEPT_MAX:
            _known.clear()
        _known[key] = made(version, _overrides(version))
    return _known[key]


def in_force() -> Params:
    """The parameters that count now, for whoever has no row at hand that says which."""
    version = db.session.scalar(select(PortalStat.params_version).where(PortalStat.id == 1))
    return of_version(version) if version is not None else newest()


def newest() -> Params:
    """The newest parameters: before the first vote no row says which are in force."""
    return of_version(db.session.scalar(select(func.max(ParametersVersion.version))))


def change(wanted: Mapping[str, float], reason: str, *, by_id: int | None, now: datetime) -> Params:
    """Make a new version, in force at once; the worker computes every score again.

    wanted: parameter → value, for those that change. by_id: None at the command line.
    Raises the refusals of `ParameterRefusal`, and Conflict where two change at once.
    """
    take_turns("parameters")
    version = db.session.scalar(select(func.max(ParametersVersion.version))) or VERSION_ONE
    overrides = changed(_overrides(version), wanted, reason)
    row = ParametersVersion(
        version=version + 1, overrides=json.dumps(overrides, sort_keys=True), by_id=by_id, at=now, reason=reason.strip()
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise Conflict("changed_meanwhile", "Somebody changed the parameters in this moment. Look again.") from error
    params = made(row.version, overrides)
    _put_in_force(params)
    detail = {"version": row.version, "wanted": dict(wanted), "reason": row.reason}
    people.audit("parameters.changed", f"parameters:{row.version}", detail, actor_id=by_id, now=now)
    outbox.emit(RESCORE, {"version": row.version}, now=now, unique_key=f"{RESCORE}:{row.version}")
    return params


def _put_in_force(params: Params) -> None:
    """Point the row of the typical idea at the version, with what follows from its sums."""
    sums = select(PortalStat.sum_s, PortalStat.sum_d, PortalStat.sum_m).where(PortalStat.id == 1).with_for_update()
    row = db.session.execute(sums).one_or_none()
    if row is not None:
        means = portal_means(*row, params)
        values = {"params_version": params.version, "mu0": means.mu0, "var": means.var}
        db.session.execute(update(PortalStat).where(PortalStat.id == 1).values(**values))


def _overrides(version: int) -> dict[str, float]:
    text = db.session.scalar(select(ParametersVersion.overrides).where(ParametersVersion.version == version))
    return json.loads(text) if text else {}
