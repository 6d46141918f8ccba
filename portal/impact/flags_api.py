"""The interface to what stands behind a result: every estimate that was kept, flags, and the self-check."""

import json
import secrets
from datetime import date

from flask import Response
from pydantic import Field

from portal import clock
from portal.commitments.queries import commitment_for
from portal.impact import flags, flags_queries, self_check_queries, self_checks, verdict_queries
from portal.impact.estimate_words import Decision, Flag, Grade
from portal.impact.flags_queries import Flagged
from portal.impact.flags_rules import REASON_CHARS
from portal.impact.models import StoredEstimate
from portal.impact.self_check_queries import CheckShown
from portal.impact.self_check_rules import Alarms
from portal.impact.words import EstimateKind
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Moment, Number, NumberPath, PageAsked, Sent, Shown, Words, api, listed, page_of, shown
from portal.web.paging import cut, decode_cursor, encode_cursor

bp = api("evidence", "What stands behind a result: every estimate that was kept, flags, and the self-check.")


class EstimateShown(Shown):
    """One run of the estimator as it was kept. Numbers are in the metric's unit, null while it is too early."""

    number: int
    kind: EstimateKind
    day: int | None = Field(description="28, 56, 91 or 182 days since the first go-live.")
    metric: int
    as_of: date = Field(description="The last day of values that it saw.")
    seen_at: Moment = Field(description="Revisions recorded until then were seen.")
    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    decision: Decision
    grade: Grade
    flags: list[Flag]
    method_version: str
    input_hash: str = Field(description="SHA-256 over the readings: making it again from the same gives the same.")


class FlagShown(Shown):
    """A flag: what is odd, what to look at, and what somebody said about it. cleared: null while it waits."""

    flag: Flag
    title: str
    look_at: str
    cleared: bool | None
    reason: str | None
    by: str | None


class FlaggedShown(Shown):
    """A result with flags. number: of its estimate."""

    number: int
    promise: int
    idea: int
    title: str
    metric: str
    day: int
    as_of: date
    grade: Grade
    flags: list[FlagShown]


class FlagReviewSent(Sent):
    """What somebody without a stake says about a flag. cleared: it is nothing; otherwise nothing is paid."""

    flag: Flag
    cleared: bool
    reason: Words = Field(min_length=REASON_CHARS[0], max_length=REASON_CHARS[1])


class FalseAlarms(Shown):
    """Pretended go-lives and how many of them were called a change, with the 95 % range of the share."""

    tried: int
    called: int
    share: float | None
    low: float
    high: float


class MetricAlarms(FalseAlarms):
    """The same of one metric."""

    metric: str = Field(description="Its code.")


class SelfCheckShown(Shown):
    """A finished self-check. overruled: the reason for which points follow from results although it failed."""

    number: int
    at: Moment
    passed: bool
    all: FalseAlarms
    metrics: list[MetricAlarms]
    seed: int
    method_version: str
    overruled: str | None
    overruled_by: str | None


class SelfChecks(Shown):
    """Whether points may follow from results, and the checks."""

    paid: bool
    why_not: str
    running: bool
    done: int = Field(description="Metrics done of the one that runs.")
    of: int


class SelfCheckStarted(Shown):
    """A self-check that the worker has begun."""

    metrics: int


class OverruleSent(Sent):
    """Why points follow from results although the newest self-check failed. Everybody can read it."""

    reason: Words = Field(min_length=REASON_CHARS[0], max_length=REASON_CHARS[1])


class ReviewKept(Shown):
    """What was said about a flag."""

    estimate: Number
    flag: Flag
    cleared: bool


@bp.get("/commitments/<int:number>/estimates", responses={200: page_of(EstimateShown)})
@requires("estimate.list", scope=Scope.PROMISES_READ)
def list_estimates(path: NumberPath) -> Response:
    """Every estimate that was kept of a promise, of its guard-rails too, the newest first."""
    commitment = commitment_for(the_viewer(), path.number)
    return listed([_estimate(one) for one in verdict_queries.estimates_of(commitment.id)], None)


@bp.get("/impact/flags", responses={200: page_of(FlaggedShown)})
@requires("flag.list", scope=Scope.PROMISES_READ)
def list_flags(query: PageAsked) -> Response:
    """Results with flags that nobody has looked at yet, the newest first."""
    after = decode_cursor(query.cursor, int)
    found, more = flags_queries.flagged_page(
        the_viewer(), open_only=True, before=after[0] if after else None, limit=query.limit
    )
    return listed([_flagged(one) for one in found], encode_cursor(more) if more else None)


@bp.post("/impact/flags/<int:number>", responses={201: ReviewKept})
@requires("flag.review", scope=Scope.PROMISES_WRITE)
def review_flag(path: NumberPath, body: FlagReviewSent) -> Response:
    """Clear a flag of an estimate or uphold it, once (403 `has_a_stake`, 409 `no_such_flag`,
    `flag_reviewed_already`, 422 `reason_length`)."""
    viewer = the_viewer()

    def verb() -> ReviewKept:
        made = flags.review(
            viewer, path.number, body.flag, cleared=body.cleared, reason=body.reason, now=clock.now()
        )  # fmt: skip
        return ReviewKept(estimate=made.estimate_id, flag=body.flag, cleared=made.cleared)

    return once(verb, status=201)


@bp.get("/impact/self-check", responses={200: SelfChecks})
@requires("self_check.see", scope=Scope.PROMISES_READ)
def see_self_check() -> Response:
    """Whether points may follow from results as things stand, and how far a check that runs has come."""
    why_not, running = self_check_queries.why_not_paid(), self_check_queries.running()
    return shown(SelfChecks(paid=not why_not, why_not=why_not, running=running is not None,
                            done=running.done if running else 0, of=running.of if running else 0))  # fmt: skip


@bp.get("/impact/self-checks", responses={200: page_of(SelfCheckShown)})
@requires("self_check.see", scope=Scope.PROMISES_READ)
def list_self_checks(query: PageAsked) -> Response:
    """Finished self-checks, the newest first."""
    after = decode_cursor(query.cursor, int)
    rows = self_check_queries.checks_page(before=after[0] if after else None, limit=query.limit)
    some, following = cut(rows, query.limit, lambda row: (row.SelfCheck.id,))
    return listed([_check(self_check_queries.shown(row)) for row in some], following)


@bp.post("/impact/self-checks", responses={202: SelfCheckStarted})
@requires("self_check.start", scope=Scope.PROMISES_WRITE)
def start_self_check() -> Response:
    """Ask the worker for a new self-check (409 `self_check_running`, `nothing_to_check`)."""
    viewer = the_viewer()

    def verb() -> SelfCheckStarted:
        return SelfCheckStarted(metrics=self_checks.start(viewer, seed=secrets.randbelow(2**31), now=clock.now()))

    return once(verb, status=202)


@bp.post("/impact/self-checks/overruled", responses={201: SelfCheckShown})
@requires("self_check.overrule", scope=Scope.PROMISES_WRITE)
def overrule_self_check(body: OverruleSent) -> Response:
    """Let points follow although the newest self-check failed, in public (409 `no_self_check`, `self_check_passed`,
    `too_few_runs`, `overruled_already`, 422 `reason_length`)."""
    viewer = the_viewer()

    def verb() -> SelfCheckShown:
        self_checks.overrule(viewer, body.reason, now=clock.now())
        return _check(self_check_queries.shown(self_check_queries.checks_page(limit=1)[0]))

    return once(verb, status=201)


def _estimate(kept: StoredEstimate) -> EstimateShown:
    return EstimateShown(
        number=kept.id, kind=kept.kind, day=kept.day, metric=kept.metric_id, as_of=kept.as_of, seen_at=kept.seen_at,
        estimate=kept.estimate, low=kept.ci_low, high=kept.ci_high, p=kept.p, decision=Decision(kept.decision),
        grade=Grade(kept.grade or "C"), flags=[Flag(one) for one in json.loads(kept.flags)],
        method_version=kept.method_version, input_hash=kept.input_hash,
    )  # fmt: skip


def _flagged(found: Flagged) -> FlaggedShown:
    return FlaggedShown(
        number=found.estimate, promise=found.commitment, idea=found.idea, title=found.title, metric=found.metric,
        day=found.day, as_of=found.as_of, grade=Grade(found.grade or "C"),
        flags=[FlagShown(flag=one.flag, title=one.title, look_at=one.look_at, cleared=one.cleared, reason=one.reason,
                         by=one.by) for one in found.flags],
    )  # fmt: skip


def _check(found: CheckShown) -> SelfCheckShown:
    each = [MetricAlarms(metric=one.metric, **_alarms(one.alarms)) for one in found.metrics]
    return SelfCheckShown(
        number=found.id, at=found.at, passed=found.alarms.passed, all=FalseAlarms(**_alarms(found.alarms)),
        metrics=each, seed=found.seed, method_version=found.method_version, overruled=found.reason,
        overruled_by=found.overruled_by,
    )  # fmt: skip


def _alarms(found: Alarms) -> dict:
    low, high = found.range
    return {"tried": found.runs, "called": found.alarms, "share": found.rate, "low": low, "high": high}
