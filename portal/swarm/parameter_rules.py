"""Which parameters of the swarm may be changed, within which bounds, and why a change is refused. Pure."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any, NamedTuple

from portal.errors import Conflict, DomainError, Invalid
from portal.swarm.score import DEFAULTS, Params

REASON_MIN = 10
REASON_MAX = 500
VERSION_ONE = DEFAULTS.version


class Knob(NamedTuple):
    """A parameter that may be changed. low, high: inclusive. whole: only whole numbers."""

    name: str
    label: str
    meaning: str
    low: float
    high: float
    whole: bool = False


KNOBS = (
    Knob(
        "line",
        "Swarm line",
        "The evidence an idea needs to go to the executives, in a full-sized organisation.",
        0.5,
        50,
    ),
    Knob(
        "line_teams", "Teams for the full line", "With fewer teams in its audience an idea needs less.", 1, 1000, True
    ),
    Knob(
        "teams_min",
        "Fewest teams",
        "Supporters must come from at least so many teams, however few there are.",
        2,
        20,
        True,
    ),
    Knob("teams_max", "Most teams asked for", "No idea needs supporters from more teams than this.", 2, 50, True),
    Knob(
        "teams_share",
        "One team in",
        "Supporters must come from one team in so many, between the two above.",
        1,
        100,
        True,
    ),
    Knob("sites_max", "Most sites asked for", "No idea needs supporters on more sites than this.", 1, 20, True),
    Knob(
        "delta_max", "Better than typical, at most", "By how much per look an idea must beat the typical one.", 0.0, 1.0
    ),
    Knob(
        "delta_share", "Better than typical, share", "The same as a share of the room above the typical idea.", 0.0, 1.0
    ),
    Knob(
        "rho", "Likeness inside a team", "0: every colleague counts in full. 1: a team counts as one person.", 0.0, 1.0
    ),
    Knob("rho_stop", "Likeness of stop signals", "The same for stop signals.", 0.0, 1.0),
    Knob("w_strong", "Weight of an offer to help", "What “I would help to try it” adds to a plain Me too.", 0.0, 5.0),
    Knob("lam", "Weight of a stop signal", "Against one Me too.", 0.0, 5.0),
    Knob(
        "m0",
        "Looks until an idea speaks for itself",
        "Until then its score leans towards the typical idea's.",
        0.5,
        100,
    ),
    Knob(
        "feed_ucb", "Benefit of the doubt", "How far the feed looks beyond the score of what few have seen.", 0.0, 5.0
    ),
    Knob("feed_noise", "Chance in the feed", "How much chance mixes the order for each visitor.", 0.0, 5.0),
    Knob(
        "feed_jitter",
        "Chance among the new",
        "The same for the places kept for what hardly anybody has seen.",
        0.0,
        5.0,
    ),
)
BY_NAME = {knob.name: knob for knob in KNOBS}


class ParameterRefusal(StrEnum):
    """Why a change of parameters is not taken. The value is the stable code."""

    UNKNOWN_PARAMETER = "unknown_parameter"
    OUT_OF_RANGE = "out_of_range"
    NOT_WHOLE = "not_whole"
    MORE_THAN_MOST = "more_than_most"
    NOTHING_CHANGED = "nothing_changed"
    REASON_NEEDED = "reason_needed"

    def as_error(self, field: str = "", sentence: str = "") -> DomainError:
        """The error to raise, at the field."""
        words = sentence or _SENTENCES[self]
        if self is ParameterRefusal.NOTHING_CHANGED:
            return Conflict(self.value, words)
        return Invalid(self.value, words, {field: words} if field else {})


def made(version: int, overrides: Mapping[str, Any]) -> Params:
    """The parameters of a version: the defaults with what it overrides."""
    return Params(**{**overrides, "version": version})


def changed(before: Mapping[str, Any], wanted: Mapping[str, float], reason: str) -> dict[str, Any]:
    """What the next version overrides. before: what the present one does. Raises the refusal of `ParameterRefusal`."""
    if not REASON_MIN <= len(reason.strip()) <= REASON_MAX:
        raise ParameterRefusal.REASON_NEEDED.as_error("reason")
    after = dict(before) | {name: _checked(name, value) for name, value in wanted.items()}
    usual = asdict(DEFAULTS)
    after = {name: value for name, value in after.items() if value != usual[name]}
    if after == dict(before):
        raise ParameterRefusal.NOTHING_CHANGED.as_error()
    params = made(VERSION_ONE, after)
    if params.teams_min > params.teams_max:
        raise ParameterRefusal.MORE_THAN_MOST.as_error("teams_min")
    return after


def _checked(name: str, value: float) -> float | int:
    knob = BY_NAME.get(name)
    if knob is None:
        raise ParameterRefusal.UNKNOWN_PARAMETER.as_error(name, f"There is no parameter {name!r} that can be changed.")
    if not math.isfinite(value) or not knob.low <= value <= knob.high:
        sentence = f"{knob.label}: choose something from {knob.low:g} to {knob.high:g}."
        raise ParameterRefusal.OUT_OF_RANGE.as_error(name, sentence)
    if not knob.whole:
        return float(value)
    if value != int(value):
        raise ParameterRefusal.NOT_WHOLE.as_error(name, f"{knob.label}: a whole number.")
    return int(value)


_SENTENCES = {
    ParameterRefusal.UNKNOWN_PARAMETER: "There is no such parameter.",
    ParameterRefusal.OUT_OF_RANGE: "This is outside of what makes sense.",
    ParameterRefusal.NOT_WHOLE: "This has to be a whole number.",
    ParameterRefusal.MORE_THAN_MOST: "The fewest teams cannot be more than the most teams asked for.",
    ParameterRefusal.NOTHING_CHANGED: "These are the present values. Nothing was changed.",
    ParameterRefusal.REASON_NEEDED: f"Say why, in {REASON_MIN} to {REASON_MAX} characters. Everybody can read it.",
}
