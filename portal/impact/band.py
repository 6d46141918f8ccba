"""A band that stays valid however often somebody looks. Pure.

The normal-mixture confidence sequence (Howard et al. 2021), tuned to be narrowest at the planned day: 1.55 times the
95 % interval there.
"""

from math import log, sqrt

ERROR = 0.05
Z = 1.96
WIDER = 1.10  # of an interval of the estimator: the raw ones cover 91 to 96 % in simulation
TUNING = -2 * log(ERROR)
NOTHING = 1e-140  # half of the interval of a series that never moved: its square is no number any more


def band_half_width(half_width: float, planned_half_width: float) -> float:
    """Half of the band, from half of the interval now and on the planned day; both > 0 in the metric's unit."""
    if half_width <= NOTHING:
        return half_width
    information, planned = (Z / half_width) ** 2, (Z / planned_half_width) ** 2
    prior = planned / (TUNING + log(TUNING + 1))
    total = information + prior
    return sqrt(total * log(total / (prior * ERROR**2))) / information
