"""How a metric may be defined and changed, and what makes it another measure. Pure."""

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.errors import Invalid, Refusal
from portal.metrics.csv_cells import OLDEST, VALUE_MAX
from portal.metrics.rules import DECIMALS_MAX, NAME_CHARS_MAX, NOTE_CHARS_MAX, UNIT_CHARS_MAX
from portal.metrics.words import day_words

DEFINITION_CHARS_MAX, SURVEY_NOTE_CHARS_MAX, BASIS_CHARS_MAX = 2_000, 300, 300
POSITION_MAX = 100_000
CENTS_MAX = 100_000_000_00
CURRENCY = re.compile(r"[A-Z]{3}")
CHANGES_TOLD = 280


class Value(NamedTuple):
    """What one unit more or less is worth for each contact. cents: hundredths of the currency. owner_id: who agreed."""

    cents: int
    currency: str
    basis: str
    owner_id: int


@dataclass(frozen=True)
class MetricFacts:
    """Everything about a metric but its code. direction, kind, cadence: words of `models`.

    harm_limit: in the unit; so much worse would be harm. survey_note: who is asked how often; "" where nobody is asked.
    position: its place in lists, small ones first.
    """

    name: str
    unit: str
    direction: str
    kind: str = "mean"
    cadence: str = "day"
    decimals: int = 1
    note: str = ""
    definition: str = ""
    survey_note: str = ""
    harm_limit: float | None = None
    value: Value | None = None
    position: int = 100


class MetricRefusal(Refusal):
    """Why a metric cannot be defined or changed like this."""

    NAME_LENGTH = "name_length", Invalid, f"Give the metric a name of at most {NAME_CHARS_MAX} characters.", "name"
    UNIT_LENGTH = (
        "unit_length", Invalid, f"Say the unit in at most {UNIT_CHARS_MAX} characters, such as “per 100 contacts”.",
        "unit",
    )  # fmt: skip
    NOTE_TOO_LONG = "note_too_long", Invalid, f"Keep the note within {NOTE_CHARS_MAX} characters.", "note"
    DECIMALS_RANGE = "decimals_range", Invalid, f"Show between 0 and {DECIMALS_MAX} decimals.", "decimals"
    POSITION_RANGE = "position_range", Invalid, f"Choose a place from 0 to {POSITION_MAX:,}.", "position"
    DEFINITION_TOO_LONG = (
        "definition_too_long", Invalid, f"Keep the definition within {DEFINITION_CHARS_MAX:,} characters.",
        "definition",
    )  # fmt: skip
    SURVEY_NOTE_TOO_LONG = (
        "survey_note_too_long", Invalid, f"Keep this within {SURVEY_NOTE_CHARS_MAX} characters.", "survey_note",
    )  # fmt: skip
    HARM_LIMIT_RANGE = (
        "harm_limit_range", Invalid, "Say how much worse would be harm as a number above nought, in the unit.",
        "harm_limit",
    )  # fmt: skip
    UNIT_VALUE_RANGE = (
        "unit_value_range", Invalid, "Write what one unit is worth, from 0.01 to 100,000,000.00.", "amount",
    )  # fmt: skip
    CURRENCY_MALFORMED = (
        "currency_malformed", Invalid, "Write the currency as three capital letters, such as GBP.", "currency",
    )  # fmt: skip
    VALUE_WITHOUT_BASIS = (
        "value_without_basis", Invalid, f"Say in at most {BASIS_CHARS_MAX} characters what the amount rests on.",
        "basis",
    )  # fmt: skip
    SINCE_IN_FUTURE = (
        "since_in_future", Invalid, "Say from which day on it has been counted like this: today or earlier.", "since",
    )  # fmt: skip
    SINCE_TOO_EARLY = (
        "since_too_early", Invalid, "Choose a day on or after the last change of the definition.", "since",
    )  # fmt: skip


def facts_refusal(facts: MetricFacts) -> MetricRefusal | None:
    """The first thing that is wrong with it, or None."""
    no = MetricRefusal
    rules = (
        (0 < len(facts.name) <= NAME_CHARS_MAX, no.NAME_LENGTH),
        (0 < len(facts.unit) <= UNIT_CHARS_MAX, no.UNIT_LENGTH),
        (len(facts.note) <= NOTE_CHARS_MAX, no.NOTE_TOO_LONG),
        (0 <= facts.decimals <= DECIMALS_MAX, no.DECIMALS_RANGE),
        (0 <= facts.position <= POSITION_MAX, no.POSITION_RANGE),
        (len(facts.definition) <= DEFINITION_CHARS_MAX, no.DEFINITION_TOO_LONG),
        (len(facts.survey_note) <= SURVEY_NOTE_CHARS_MAX, no.SURVEY_NOTE_TOO_LONG),
        (facts.harm_limit is None or _is_harm(facts.harm_limit), no.HARM_LIMIT_RANGE),
    )
    broken = next((refusal for fine, refusal in rules if not fine), None)
    return broken or (_value_refusal(facts.value) if facts.value else None)


def since_refusal(since: date, *, last: date | None, today: date) -> MetricRefusal | None:
    """Why a changed definition cannot hold since that day. last: since when the one before holds, if that is known."""
    if since > today:
        return MetricRefusal.SINCE_IN_FUTURE
    return MetricRefusal.SINCE_TOO_EARLY if since < (last or OLDEST) else None


def counted_otherwise(before: MetricFacts, after: MetricFacts) -> str:
    """What of a change makes it another measure, in words for the calendar; "" where nothing does."""
    said = []
    if before.unit != after.unit:
        said.append(f"unit {after.unit} instead of {before.unit}")
    if before.kind != after.kind:
        said.append(f"a {after.kind} instead of a {before.kind}")
    if before.direction != after.direction:
        said.append(f"{'higher' if after.direction == 'up' else 'lower'} is better now")
    if before.definition != after.definition:
        said.append("a new definition")
    return "; ".join(said)


def change_words(name: str, version: int, changes: str) -> str:
    """What the calendar says of a changed definition."""
    words = f"{name} is counted in another way, version {version}: {changes}."
    return words if len(words) <= CHANGES_TOLD else f"{words[: CHANGES_TOLD - 1].rstrip()}…"


def survey_load(survey_note: str, ns: list[int | None]) -> str:
    """How many were asked, beside a survey metric. ns: the answers of its last four weeks; "" for no survey."""
    if not survey_note:
        return ""
    rule = survey_note[0].lower() + survey_note[1:].rstrip(".")
    if not ns:
        return f"No answers yet; {rule}."
    if any(n is None for n in ns):
        return f"How many answers the last {_weeks(len(ns))} rest on was not reported; {rule}."
    total = sum(n or 0 for n in ns)
    return f"Based on {total:,} sampled {'answer' if total == 1 else 'answers'} in the last {_weeks(len(ns))}; {rule}."


def value_words(cents: int, currency: str, unit: str, by: str) -> str:
    """What one unit is worth, and who agreed to it."""
    return f"{currency} {cents / 100:,.2f} for each contact and unit ({unit}), agreed by {by}"


def since_words(since: date) -> str:
    """From 2 March 2026 on; nobody knows since when the first definition holds."""
    return "From the beginning" if since <= OLDEST else f"Since {day_words(since, year=True)}"


def _weeks(count: int) -> str:
    return "week" if count == 1 else f"{count} weeks"


def _is_harm(limit: float) -> bool:
    return math.isfinite(limit) and 0 < limit <= VALUE_MAX


def _value_refusal(value: Value) -> MetricRefusal | None:
    if not 1 <= value.cents <= CENTS_MAX:
        return MetricRefusal.UNIT_VALUE_RANGE
    if not CURRENCY.fullmatch(value.currency):
        return MetricRefusal.CURRENCY_MALFORMED
    return None if 0 < len(value.basis) <= BASIS_CHARS_MAX else MetricRefusal.VALUE_WITHOUT_BASIS
