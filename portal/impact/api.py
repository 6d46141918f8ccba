"""The interface to results: what happened to the metric of a promise once it was live."""

from datetime import date

from flask import Response
from pydantic import Field

from portal import clock
from portal.impact import queries
from portal.impact.before_after import Facts, Sides, Verdict
from portal.impact.estimate_words import Decision
from portal.impact.queries import Happened
from portal.impact.result_ledger import ResultWord, Wanted, quarter_of, results_for
from portal.metrics.rules import latest_day
from portal.metrics.weeks import Week
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.web.api import AskedNumber, NumberPath, PageAsked, Shown, api, listed, page_of, shown
from portal.web.paging import decode_cursor, encode_cursor

bp = api("results", "What happened after a promise went live, as far as the numbers can say.")
QUARTER = r"^[12]\d{3}-Q[1-4]$"
WORDS = {
    Decision.IMPROVED: ResultWord.WORKED,
    Decision.WORSENED: ResultWord.WORSE,
    Decision.NO_VISIBLE_CHANGE: ResultWord.NOT_VISIBLE,
    Decision.TOO_EARLY: ResultWord.TOO_EARLY,
}


class ResultShown(Shown):
    """A change that is live and measured. number: of the promise."""

    number: int
    idea: int
    title: str = Field(description="Of the idea.")
    promise: str
    metric: str = Field(description="Its name.")
    live_from: date
    word: ResultWord


class ResultsAsked(PageAsked):
    """Which changes are listed. site: of those that got it. quarter: of the go-live, such as 2026-Q3."""

    word: ResultWord | None = None
    site: AskedNumber | None = None
    quarter: str | None = Field(default=None, pattern=QUARTER)


class SidesShown(Shown):
    """One group of sites: full weeks that count before and after it went live, and their plain means."""

    weeks_before: int
    weeks_after: int
    before: float | None
    after: float | None
    moved: float | None


class NumbersShown(Shown):
    """How much moved where, in the metric's unit. others: null where no other site reported on both sides."""

    changed_sites: float
    others: float | None
    difference: float | None = Field(description="What is left when the others are subtracted. Not an effect.")


class WeekSide(Shown):
    """One week of a group of sites. n: contacts or answers behind it; null where somebody did not say."""

    value: float
    n: int | None
    sites: int


class WeekOfResult(Shown):
    """One week, from its Monday: the sites that got the change, and those that did not."""

    week_from: date
    changed: WeekSide | None
    others: WeekSide | None


class FullResultShown(ResultShown):
    """What happened, in words and numbers."""

    unit: str
    verdict: Verdict
    words: str
    numbers: NumbersShown | None = Field(description="Null while it is too early.")
    changed: SidesShown
    others: SidesShown | None
    changed_sites: list[str]
    other_sites: list[str]
    weeks: list[WeekOfResult] = Field(description="The series of the chart, the oldest week first.")


@bp.get("/results", responses={200: page_of(ResultShown)})
@requires("result.list", scope=Scope.PROMISES_READ)
def list_results(query: ResultsAsked) -> Response:
    """Every change that is live and measured, the newest delivery first, all or of one word, site or quarter."""
    after = decode_cursor(query.cursor, int)
    wanted = Wanted(query.word, query.site, quarter_of(query.quarter))
    rows = results_for(the_viewer(), wanted, before=after[0] if after else None, limit=query.limit)
    following = encode_cursor(rows[query.limit - 1].delivery_id) if len(rows) > query.limit else None
    items = [
        ResultShown(number=row.commitment_id, idea=row.idea_id, title=row.title, promise=row.sentence,
                    metric=row.metric_name, live_from=row.live_from,
                    word=ResultWord(row.word))
        for row in rows[: query.limit]
    ]  # fmt: skip
    return listed(items, following)


@bp.get("/results/<int:number>", responses={200: FullResultShown})
@requires("result.see", scope=Scope.PROMISES_READ)
def see_result(path: NumberPath) -> Response:
    """What happened after one promise: words, numbers or too early, and the series of the chart."""
    row, happened = queries.result_for(the_viewer(), path.number, today=latest_day(clock.now()))
    facts = happened.compared
    return shown(FullResultShown(
        number=happened.commitment_id, idea=row.id, title=row.title, promise=row.sentence,
        metric=happened.metric_name, live_from=happened.live_from, word=_word(happened), unit=happened.unit,
        verdict=happened.verdict,
        words=f"{happened.word}. {happened.sentence}", numbers=_numbers(happened),
        changed=_sides(facts.treated), others=_sides(facts.others) if facts.others else None,
        changed_sites=happened.treated_sites, other_sites=happened.other_sites,
        weeks=[WeekOfResult(week_from=monday, changed=_week(one), others=_week(two))
               for monday, one, two in happened.weeks],
    ))  # fmt: skip


def _word(happened: Happened) -> ResultWord:
    if not happened.registered:
        return ResultWord.UNREGISTERED
    return WORDS[happened.locked[1]] if happened.locked else ResultWord.TOO_EARLY


def _numbers(happened: Happened) -> NumbersShown | None:
    facts: Facts = happened.compared
    moved = facts.treated.moved
    if moved is None or happened.verdict is Verdict.TOO_EARLY:
        return None
    others = facts.others.moved if facts.others else None
    return NumbersShown(changed_sites=moved, others=others, difference=facts.difference)


def _sides(sides: Sides) -> SidesShown:
    return SidesShown(weeks_before=sides.weeks_before, weeks_after=sides.weeks_after, before=sides.before,
                      after=sides.after, moved=sides.moved)  # fmt: skip


def _week(week: Week | None) -> WeekSide | None:
    return WeekSide(value=week.value, n=week.n, sites=week.sites) if week else None
