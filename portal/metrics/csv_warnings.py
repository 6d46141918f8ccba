"""What looks odd in a file of observations but may be right: units that jump, weeks that are missing. Pure."""

from collections.abc import Iterable
from statistics import median

from portal.metrics.csv_outcome import Entry, Finding, Known, Series
from portal.metrics.weeks import gaps
from portal.metrics.words import counted, day_words

JUMP = 50  # times the usual size: a percentage written as a share moves by 100, with room for ups and downs
VALUES_MIN = 3  # a median of fewer says nothing
WARNINGS_KEPT = 200


def warnings(entries: Iterable[Entry], known: Known) -> list[Finding]:
    """One warning for each series and kind of oddity, in the order of the rows, at most WARNINGS_KEPT."""
    found: list[Finding] = []
    for series, members in _by_series(entries).items():
        found += _jumps(members, known.levels.get(series))
        found += _gaps(members)
    return sorted(found)[:WARNINGS_KEPT]


def _by_series(entries: Iterable[Entry]) -> dict[Series, list[Entry]]:
    found: dict[Series, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.series, []).append(entry)
    return found


def _jumps(members: list[Entry], stored: float | None) -> list[Finding]:
    sizes = [abs(entry.value) for entry in members]
    level = stored or (median(sizes) if len(sizes) >= VALUES_MIN else 0)
    if not level:
        return []
    odd = [entry for entry in members if entry.value and not 1 / JUMP < abs(entry.value) / level < JUMP]
    if not odd:
        return []
    way = "larger" if abs(odd[0].value) > level else "smaller"
    more = f", and {counted(len(odd) - 1, 'more value')} like it" if len(odd) > 1 else ""
    problem = f"is far {way} than usual here ({level:,.4g}){more}"
    return [Finding(odd[0].row, "value", f"{odd[0].value:g}", problem, "Check the unit: 0.84 and 84 are not the same.")]


def _gaps(members: list[Entry]) -> list[Finding]:
    ordered = sorted(members, key=lambda entry: entry.day)
    holes = gaps([entry.day for entry in ordered])
    if not holes:
        return []
    before, after = holes[0]
    row = next(entry.row for entry in ordered if entry.day == after)
    more = f", and {counted(len(holes) - 1, 'more gap')} follow" if len(holes) > 1 else ""
    problem = f"comes after a gap: nothing since {day_words(before, year=True)}{more}"
    return [Finding(row, "date", after.isoformat(), problem, "Add what is missing, or leave it: charts show the gap.")]
