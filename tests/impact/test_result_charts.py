"""Charts and words of results: pure functions."""

import re
from datetime import date, timedelta

import pytest

from portal.impact import result_words as words
from portal.impact.chart_effect import Told, difference, earned, money, observed_and_expected
from portal.impact.chart_sites import by_site
from portal.impact.chart_xmr import Noted, draw_xmr, judged
from portal.impact.estimate_parts import Block, Estimate, Running, UnitEstimate
from portal.impact.estimate_words import Decision, Direction, Flag, Method
from portal.impact.result_money import Money, Worth, a_year, amount, together
from portal.impact.result_words import Metric
from portal.impact.stored import Stored
from portal.metrics.chart import Drawings
from portal.metrics.weeks import Week

LIVE = date(2026, 3, 2)
METRIC = Metric("Repeat <contacts>", "per 100 contacts", Direction.DOWN)
TOLD = Told(METRIC.name, METRIC.unit)
SERIES = [
    Block(k, 21.0 if k < 0 else 18.5, *((None, None, None) if k < 0 else (20.9, 20.0, 21.8)), 500)
    for k in range(-12, 8)
]
RUNNING = [Running(7 * (k + 1), -2.4, -6.0 / (k + 1), 1.2 / (k + 1), -4.0 / (k + 1), 0.2 / (k + 1)) for k in range(8)]
WEEKS = [Week(LIVE + timedelta(weeks=k), 21.0 + 0.3 * (-1) ** k - (3 if k >= 0 else 0), 900, 2) for k in range(-16, 10)]


def worked(**changed: object) -> Estimate:
    """An estimate of something that worked."""
    told = {
        "metric": "m", "direction": Direction.DOWN, "decision": Decision.IMPROVED, "estimate": -2.4, "ci_low": -3.1,
        "ci_high": -1.7, "expected_without": 20.9, "half_width": 0.7, "smallest_effect_seen_80pct": 1.0,
        "band_low": -3.6, "band_high": -1.2, "p_two_sided": 0.0004, "n_controls": 3, "block_days": 7.0,
    } | changed  # fmt: skip
    return Estimate(**told)  # type: ignore[arg-type]


def drawings() -> dict[str, Drawings]:
    """Each kind of chart."""
    units = [UnitEstimate("Leeds & co", -2.6, -3.9, -1.3, 100), UnitEstimate("Quay", None)]
    found = judged(WEEKS, live_from=LIVE, direction=Direction.DOWN, starts=[LIVE + timedelta(weeks=4)])
    return {
        "expected": observed_and_expected(SERIES, TOLD),
        "difference": difference(SERIES, RUNNING, TOLD, block_days=7),
        "money": money(earned(SERIES, lower=1.7, better=-1, unit_value=0.04), "£", TOLD),
        "sites": by_site(units, UnitEstimate("Together", -2.4, -3.1, -1.7), TOLD),
        "usual": draw_xmr(found, live_from=LIVE, group="Sites", told=TOLD, notes=[Noted(1, LIVE, LIVE)]),
    }


@pytest.mark.parametrize("kind", ["expected", "difference", "money", "sites", "usual"])
def test_a_chart_is_an_image_with_a_sentence_without_style_or_script_on_both_papers(kind: str) -> None:
    drawn = drawings()[kind]

    for svg, width in ((drawn.wide, 720), (drawn.narrow, 340)):
        assert re.match(rf'<svg viewBox="0 0 {width} \d+" role="img" aria-label="Chart of [^"]{{30,}}">', svg)
        assert "style" not in svg and "<script" not in svg and "<contacts>" not in svg and "nan" not in svg
        for x in re.findall(r'<text [^>]*x="(-?[\d.]+)"', svg):
            assert 0 <= float(x) <= width


@pytest.mark.parametrize("kind", ["expected", "difference", "money", "sites", "usual"])
def test_without_anything_to_draw_a_chart_says_so(kind: str) -> None:
    nothing = {
        "expected": lambda: observed_and_expected([], TOLD),
        "difference": lambda: difference([], [], TOLD, block_days=7),
        "money": lambda: money([], "£", TOLD),
        "sites": lambda: by_site([], UnitEstimate("Together", None), TOLD),
        "usual": lambda: draw_xmr(judged([], live_from=LIVE, direction=Direction.UP), live_from=LIVE, group="Sites",
                                  told=TOLD),
    }[kind]()  # fmt: skip

    assert "Nothing to show yet" in nothing.wide and "Nothing to show yet" in nothing.narrow


def test_an_axis_that_is_cut_has_a_mark_and_says_where_it_starts() -> None:
    cut, whole = drawings()["expected"], drawings()["difference"]

    assert cut.scale.startswith("The scale starts at 18") and "c-cut" in cut.wide
    assert whole.scale == "" and "c-cut" not in whole.wide


def test_special_weeks_have_another_colour_and_shape_and_old_limits_stay() -> None:
    found = judged(WEEKS, live_from=LIVE, direction=Direction.DOWN, starts=[LIVE + timedelta(weeks=4)])
    drawn = drawings()["usual"].wide

    assert found.weeks[16].said == "better" and found.weeks[3].said == ""
    assert found.weeks[-1].said == ""  # usual under the new limits
    assert len(found.spans) == 2 and found.spans[0].found.mean == pytest.approx(21.0)
    assert "c-good" in drawn and "better than usual" in drawn and "c-old" in drawn
    up = judged(WEEKS, live_from=LIVE, direction=Direction.UP)
    assert up.weeks[16].said == "worse"


def test_money_is_summed_over_contacts_and_has_a_lower_bound() -> None:
    sums = earned(SERIES, lower=1.7, better=-1, unit_value=0.04)

    assert sums[-1].total == pytest.approx(8 * 500 * 2.4 * 0.04)
    assert sums[-1].low == pytest.approx(8 * 500 * 1.7 * 0.04)


def test_a_year_counts_the_volume_and_takes_running_costs_off() -> None:
    found = a_year(Worth(-2.4, -3.1, -1.7, -1, 56_000, 56, 4, 100_000, "GBP"))

    assert found is not None
    assert found.mid == pytest.approx(2.4 * 365_000 * 4 - 100_000)
    assert found.low < found.mid < found.high
    assert a_year(Worth(-2.4, -3.1, -1.7, -1, 0, 56, 4, 0, "GBP")) is None


def test_sums_keep_currencies_apart_and_ranges_grow_as_roots() -> None:
    found = together([Money(100, 70, 130, "GBP"), Money(100, 60, 140, "GBP"), Money(5, 4, 6, "EUR")])

    assert found["GBP"] == Money(200, 150, 250, "GBP")
    assert found["EUR"].mid == 5


@pytest.mark.parametrize(
    ("minor", "said"), [(12_345_678, "£123,000"), (-45_600, "−£456"), (0, "£0"), (9_940, "£99"), (-20, "£0")]
)
def test_an_amount_has_three_figures(minor: float, said: str) -> None:
    assert amount(minor, "GBP") == said


def test_a_verdict_says_before_after_and_expected() -> None:
    said = words.verdict_said(Stored(worked(), tuple(SERIES)), METRIC, day=56)

    assert said.word == "It worked" and said.care == ""
    assert said.sentence == (
        "Repeat <contacts> (per 100 contacts) fell from about 21.0 before to 18.5 after. "
        "About 20.9 was to be expected without the change."
    )


def test_no_visible_change_is_always_followed_by_what_would_not_be_visible() -> None:
    found = worked(decision=Decision.NO_VISIBLE_CHANGE, estimate=-0.1, ci_low=-0.8, ci_high=0.6)
    said = words.verdict_said(Stored(found, tuple(SERIES)), METRIC, day=56)

    assert said.word == "No visible change"
    assert said.sentence.endswith("An effect smaller than 1.0 would not be visible.")
    assert words.verdict_said(Stored(found), METRIC, day=28).word == "Too early to say"


def test_without_comparison_it_says_treat_with_care_and_never_caused() -> None:
    found = worked(method=Method.BEFORE_AND_AFTER, n_controls=0, evidence_grade="C")
    said = words.verdict_said(Stored(found, tuple(SERIES)), METRIC, day=56, flags=[Flag.PRETEND_GO_LIVE])

    assert said.care.startswith("Treat with care: there is no site without the change to compare with; an earlier day")
    assert "From its own past" in said.sentence and "caused" not in said.sentence + said.care


def test_harm_and_what_is_not_confirmed_are_said_plainly() -> None:
    harm = words.verdict_said(Stored(worked(decision=Decision.WORSENED, estimate=2.4)), METRIC, day=56, back_on=LIVE)
    perhaps = words.verdict_said(Stored(worked()), METRIC, day=56, confirmed=False)

    assert harm.word == "It made things worse" and "It was taken back on 2 March 2026." in harm.sentence
    assert perhaps.word == "Better, not confirmed yet"


def test_between_locked_days_the_band_is_told() -> None:
    said = words.so_far(worked(), METRIC, day=40)

    assert said.startswith("So far, after 40 days: better. The mean difference is −2.4, and lies between −3.6 and −1.2")
    assert words.how_sure(worked()) == ("over 99.9 %", words.how_sure(worked())[1])  # type: ignore[index]
