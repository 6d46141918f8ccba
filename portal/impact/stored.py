"""What is kept of a run of the estimator beside its columns: the whole answer as JSON, written and read. Pure.

{"estimate": {the fields of `Estimate`}, "series": [a block each], "units": [a unit each], "running": [a look
each]}. Numbers are in the metric's own unit, and null where there is none. A field that a later version adds is passed
over by an earlier one.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from portal.impact.estimate_parts import Block, Estimate, Running, UnitEstimate
from portal.impact.estimate_words import Decision, Direction, Flag, Grade, Method

Made = TypeVar("Made")


@dataclass(frozen=True)
class Stored:
    """One run as it was kept."""

    estimate: Estimate
    series: tuple[Block, ...] = ()
    units: tuple[UnitEstimate, ...] = ()
    running: tuple[Running, ...] = ()


PARTS: tuple[tuple[str, type[Any]], ...] = (("series", Block), ("units", UnitEstimate), ("running", Running))
WORDS = {"decision": Decision, "direction": Direction, "method": Method, "evidence_grade": Grade}


def as_json(
    estimate: Estimate, *, series: Iterable[Any] = (), units: Iterable[Any] = (), running: Iterable[Any] = ()
) -> str:
    """The text to keep. series, units, running: anything with the attributes of Block, UnitEstimate and Running.

    The same run gives the same text. Raises TypeError for an attribute that has to be there and is not.
    """
    told = {
        name: [asdict(_like(shape, one)) for one in rows]
        for (name, shape), rows in zip(PARTS, (series, units, running), strict=True)
    }
    whole = {"estimate": asdict(estimate), **told}
    return json.dumps(_finite(whole), ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def from_json(text: str) -> Stored:
    """What `as_json` wrote. Raises ValueError for anything else."""
    try:
        told = json.loads(text)
        return Stored(
            _estimate(told["estimate"]),
            *(tuple(_made(shape, row) for row in told.get(name, ())) for name, shape in PARTS),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no stored estimate: {error}") from error


def _estimate(told: Mapping[str, Any]) -> Estimate:
    words = {name: word(told[name]) for name, word in WORDS.items() if name in told}
    flags = tuple(Flag(one) for one in told.get("flags", ()))
    return _made(Estimate, {**told, **words, "flags": flags})


def _like(shape: type[Made], one: Any) -> Made:
    names = (field.name for field in fields(shape))  # type: ignore[arg-type]
    return shape(**{name: getattr(one, name) for name in names if hasattr(one, name)})


def _made(shape: type[Made], told: Mapping[str, Any]) -> Made:
    names = {field.name for field in fields(shape)}  # type: ignore[arg-type]
    return shape(**{name: value for name, value in told.items() if name in names})


def _finite(told: Any) -> Any:
    """The same with plain numbers, and None for those that are none."""
    if isinstance(told, Mapping):
        return {name: _finite(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_finite(value) for value in told]
    if hasattr(told, "item") and not isinstance(told, str):
        told = told.item()  # a number of numpy
    return None if isinstance(told, float) and not math.isfinite(told) else told
