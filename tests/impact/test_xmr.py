"""XmR: the limits that the NHS publishes with its charts, and the four rules."""

import pytest

from portal.impact.xmr import Limits, Signal, limits, signals

# The first twenty of R's rnorm() after set.seed(123).
NORMAL = [
    -0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621, -1.26506123, -0.68685285,
    -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113, 1.78691314, 0.49785048, -1.96661716,
    0.70135590, -0.47279141,
]  # fmt: skip
FLAT = Limits(mean=0.0, low=-3.0, high=3.0, trial=False)


def test_the_limits_are_as_published() -> None:
    found = limits(NORMAL)

    assert (found.mean, found.low, found.high) == pytest.approx((0.1416238, -3.01138, 3.294627), abs=1e-5)


def test_an_outlying_range_is_screened_out_once() -> None:
    values = [*NORMAL[:14], 10.0, *NORMAL[15:]]

    screened, whole = limits(values), limits(values, screened=False)

    assert (screened.mean, screened.low, screened.high) == pytest.approx((0.6694159, -2.383666, 3.722497), abs=1e-5)
    assert (whole.low, whole.high) == pytest.approx((-4.596625, 5.935457), abs=1e-5)


def test_the_published_example_with_one_outlier_differs_from_the_spreadsheet_as_published() -> None:
    values = [1.0, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]

    screened, whole = limits(values), limits(values, screened=False)

    assert [round(one, 2) for one in (screened.mean, screened.low, screened.high)] == [1.94, -0.72, 4.60]
    assert [round(one, 2) for one in (whole.low, whole.high)] == [-3.06, 6.95]


def test_fewer_than_twelve_points_give_trial_limits() -> None:
    assert limits(NORMAL[:11]).trial and not limits(NORMAL[:12]).trial
    assert limits([1.0]) == Limits(1.0, 1.0, 1.0, True)
    with pytest.raises(ValueError, match="no points"):
        limits([])


@pytest.mark.parametrize(
    ("values", "signal", "points"),
    [
        ([0.1, 3.1, -3.1, 0.1], Signal.OUTSIDE, {1, 2}),
        ([-1, 1, 1, 1, 1, 1, 1, 1, -1], Signal.ONE_SIDE, {1, 2, 3, 4, 5, 6, 7}),
        ([-1, 1, 1, 1, 1, 1, 1, -1], Signal.ONE_SIDE, set()),
        ([1, 1, 1, 0, 1, 1, 1, 1], Signal.ONE_SIDE, set()),
        ([-1.5, -1, -0.5, 0, 0.5, 1, 1.5], Signal.TREND, {0, 1, 2, 3, 4, 5, 6}),
        ([1.5, 1, 0.5, 0, -0.5, -1], Signal.TREND, set()),
        ([0, 2.1, 0, 2.1, 0], Signal.TWO_OF_THREE, {1, 3}),
        ([0, 2.1, 0, -2.1, 0], Signal.TWO_OF_THREE, set()),
    ],
)
def test_each_rule_marks_its_points(values: list[float], signal: Signal, points: set[int]) -> None:
    assert {at for at, found in enumerate(signals(values, FLAT)) if signal in found} == points
