"""What the interface shows of verdicts: the ledger, one verdict with how we know, its series, and new limits."""

from datetime import date

from flask import Response
from pydantic import Field

from portal import clock
from portal.impact import result_ledger
from portal.impact.api import QUARTER
from portal.impact.estimate_parts import Estimate
from portal.impact.queries import result_for
from portal.impact.result_facts import flags_of
from portal.impact.result_ledger import ResultWord, Wanted
from portal.impact.result_money import Money
from portal.impact.result_page import ResultPage, money_of, result_page
from portal.impact.xmr_baselines import start_anew
from portal.impact.xmr_forms import REASON_MAX, REASON_MIN
from portal.metrics.rules import latest_day
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Asked, AskedNumber, NumberPath, Sent, Shown, Words, api, shown

bp = api("verdicts", "Whether a change worked: verdicts, how we know, and the ledger of all of them.")


class SumOfMoney(Shown):
    """A sum of a year with its range, in hundredths of the currency, rounded."""

    currency: str
    about: int
    low: int
    high: int


class WordCount(Shown):
    """How many changes came to a word."""

    word: ResultWord
    label: str
    results: int


class ResultsLedgerShown(Shown):
    """How many came to what. money: of verdicts of what is still live and has an agreed value, each counted once."""

    counts: list[WordCount]
    valued: int
    money: list[SumOfMoney]


class RangeShown(Shown):
    """An effect in the metric's unit with its 95 % range."""

    estimate: float
    low: float
    high: float


class SeriesPoint(Shown):
    """A week or period from each unit's own go-live: 0 is the first with the change."""

    block: int
    observed: float | None
    expected: float | None
    low: float | None
    high: float | None
    n: float | None


class UnitOfResult(Shown):
    """A site, or one of its queues, that has the change."""

    name: str
    estimate: float | None
    low: float | None
    high: float | None
    n: float | None


class RunningMeanShown(Shown):
    """The mean effect after so many days, with the band that holds however often somebody looks.

    low, high: of 95 %, for one look only.
    """

    day: int
    estimate: float
    band_low: float
    band_high: float
    low: float
    high: float


class LockedShown(Shown):
    """What a locked day said. readings_hash: SHA-256 over everything it saw."""

    estimate_number: int
    day: str
    until: date
    word: str
    readings_hash: str


class RailShown(Shown):
    """A metric that must not get worse."""

    metric: int
    name: str
    word: str
    sentence: str


class VerdictFlagShown(Shown):
    """What speaks against the verdict, and who has looked at it."""

    flag: str
    what: str
    looked_at: str


class VerdictShown(Shown):
    """A verdict and how we know. effect, sure, money: null before there is one."""

    number: int
    idea: int
    registered: bool
    word: str
    sentence: str
    careful: str = Field(description="Why to treat it with care; empty where nothing speaks against it.")
    so_far: str
    effect: RangeShown | None
    p: float | None
    smallest_effect_visible: float | None
    grade: str | None
    money: SumOfMoney | None
    plan_hash: str | None
    locked: list[LockedShown]
    flags: list[VerdictFlagShown]
    guard_rails: list[RailShown]
    series: list[SeriesPoint]
    units: list[UnitOfResult]
    running: list[RunningMeanShown]


class LedgerAsked(Asked):
    """Which changes are counted. site: of those that got it. quarter: of the go-live, such as 2026-Q3."""

    site: AskedNumber | None = None
    quarter: str | None = Field(default=None, pattern=QUARTER)


class LimitsSent(Sent):
    """Why the old limits no longer describe what is usual."""

    reason: Words = Field(min_length=REASON_MIN, max_length=REASON_MAX)


class LimitsShown(Shown):
    """From which Monday the new limits hold."""

    since: date


@bp.get("/results-ledger", responses={200: ResultsLedgerShown})
@requires("result.list", scope=Scope.PROMISES_READ)
def see_results_ledger(query: LedgerAsked) -> Response:
    """How many changes worked, did harm or showed nothing, and what they are worth together in a year."""
    wanted = Wanted(site=query.site, quarter=result_ledger.quarter_of(query.quarter))
    found = result_ledger.ledger_for(the_viewer(), wanted)
    counts = [WordCount(word=word, label=word.label, results=many) for word, many in found.counts.items()]
    return shown(ResultsLedgerShown(counts=counts, valued=found.valued, money=[_money(one) for one in found.money]))


@bp.get("/results/<int:number>/verdict", responses={200: VerdictShown})
@requires("result.see", scope=Scope.PROMISES_READ)
def see_verdict(path: NumberPath) -> Response:
    """The verdict of one promise: words, range, how we know, and the series of every chart."""
    return shown(_verdict(result_page(the_viewer(), path.number, today=latest_day(clock.now()))))


@bp.post("/results/<int:number>/limits", responses={201: LimitsShown})
@requires("result.start_limits", scope=Scope.METRICS_WRITE)
def start_limits(path: NumberPath, body: LimitsSent) -> Response:
    """Start the limits of its chart anew; 409 `no_plan`, `no_verdict`, `not_measured_again` or `started_already`."""
    viewer, now = the_viewer(), clock.now()
    result_for(viewer, path.number, today=latest_day(now))
    return once(lambda: LimitsShown(since=start_anew(viewer, path.number, body.reason, now=now)), status=201)


def _verdict(page: ResultPage) -> VerdictShown:
    found, number = page.measured, page.happened.commitment_id
    run = (found.locked or found.look) if found else None
    stored = run[1] if run else None
    locked = found.locked[1].estimate if found and found.locked else None
    money = money_of(found, page.happened.metric) if locked else None
    flags = flags_of(*found.locked) if found and found.locked else []
    return VerdictShown(
        number=number, idea=page.row.id, registered=found is not None, word=page.said.word,
        sentence=page.said.sentence, careful=page.said.care, so_far=page.so_far,
        effect=_range(locked) if locked else None,
        p=locked.p_two_sided if locked else None,
        smallest_effect_visible=locked.smallest_effect_seen_80pct if locked else None,
        grade=locked.evidence_grade.value if locked else None, money=_money(money) if money else None,
        plan_hash=found.plan.row.hash if found else None,
        locked=[LockedShown(estimate_number=one.number, day=one.day, until=date.fromisoformat(one.until),
                            word=one.said, readings_hash=one.hash) for one in page.locked],
        flags=[VerdictFlagShown(flag=flag.value, what=what, looked_at=who)
               for flag, (what, who) in zip(flags, page.flags, strict=True)],
        guard_rails=[RailShown(metric=one.metric_id, name=one.name, word=one.word, sentence=one.sentence)
                     for one in page.rails],
        series=[SeriesPoint(**vars(one)) for one in stored.series] if stored else [],
        units=[UnitOfResult(**vars(one)) for one in stored.units] if stored else [],
        running=[RunningMeanShown(**vars(one)) for one in stored.running] if stored else [],
    )  # fmt: skip


def _range(found: Estimate) -> RangeShown | None:
    if found.estimate is None or found.ci_low is None or found.ci_high is None:
        return None
    return RangeShown(estimate=found.estimate, low=found.ci_low, high=found.ci_high)


def _money(one: Money) -> SumOfMoney:
    return SumOfMoney(currency=one.currency, about=round(one.mid), low=round(one.low), high=round(one.high))
