"""What the pages of metrics show, put together from checked rows and weeks. Pure."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.csv_files import as_csv, neutral
from portal.metrics.chart import Drawings, Line, draw, values_sentence
from portal.metrics.csv_outcome import Checked, Entry, Finding
from portal.metrics.csv_table import rows_of
from portal.metrics.weeks import Reported, Week, by_week
from portal.metrics.words import counted, day_words, number

BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take a CSV for Windows-1252 without it
PREVIEWS_MAX = 3
SAMPLE_CODE = "repeat_contacts_7d"
SAMPLE_VALUES = ("21.4", "20.9", "21.8", "22.1", "21.0", "20.6")


@dataclass(frozen=True)
class Preview:
    """A metric as the file tells it, beside what is stored."""

    title: str
    drawings: Drawings


def preview(
    name: str, unit: str, decimals: int, entries: Sequence[Entry], site_of: Mapping[int, tuple[int, bool]],
    stored: Sequence[Week],
) -> Preview:  # fmt: skip
    """Draw the weeks of a file; what is stored for the same time is dashed."""
    rows = [Reported(*site_of[entry.place_id], entry.reason, entry.day, entry.value, entry.n) for entry in entries]
    weeks = [(week.monday, week.value) for week in by_week(rows)]
    before = Line([(week.monday, week.value) for week in stored], "What we have now")
    heard = values_sentence(f"{name} as in the file", unit, weeks, decimals)
    drawn = draw(
        Line(weeks, "This file" if stored else ""), other=before if stored else None, sentence=heard, decimals=decimals
    )
    return Preview(f"{name}, {unit}, by week. {drawn.scale}".strip(), drawn)


def weeks_csv(weeks: Sequence[Week]) -> str:
    """Week, value, n and number of sites, as a file."""
    return _file(["week_from", "value", "n", "sites"],
                 [[week.monday.isoformat(), week.value, "" if week.n is None else week.n, week.sites]
                  for week in weeks])  # fmt: skip


def problems_csv(findings: Sequence[Finding]) -> str:
    """The problems as a file: nothing in it runs as a formula."""
    return _file(["row", "column", "value", "problem", "how to mend it"],
                 [[finding.row, *(neutral(cell) for cell in finding[1:])] for finding in findings])  # fmt: skip


def bad_rows_csv(text: str, checked: Checked) -> str:
    """The rows that have problems, as they stand in the file, each with what is wrong: to mend and send again."""
    wrong: dict[int, list[str]] = {}
    for finding in checked.problems:
        wrong.setdefault(finding.row, []).append(f"{finding.column} {finding.problem}. {finding.remedy}")
    header, rows = rows_of(text)
    bad = ([*cells, " ".join(wrong.get(row, ()))] for row, cells in rows if row in checked.bad_rows)
    return as_csv([[*header, "what is wrong"], *bad])


def template_csv(codes: Sequence[str], sites: Sequence[str], *, today: date) -> str:
    """A file to fill in, with the codes and sites of this installation."""
    return _file(["date", "site", "metric", "value", "n", "reason"], sample(codes, sites, today=today))


def sample(codes: Sequence[str], sites: Sequence[str], *, today: date) -> list[list[str]]:
    """Six rows that show what a file looks like."""
    code = SAMPLE_CODE if SAMPLE_CODE in codes or not codes else codes[0]
    places = list(sites[:2]) or ["Leeds", "Durban"]
    monday = today - timedelta(days=today.weekday())
    rows = []
    for index, value in enumerate(SAMPLE_VALUES):
        day = monday - timedelta(weeks=3 - index // len(places))
        rows.append([day.isoformat(), places[index % len(places)], code, value, str(1200 + 35 * index), ""])
    return rows


def table_rows(weeks: Sequence[Week], decimals: int) -> list[list[str]]:
    """Weeks for a table, newest first."""
    return [
        [
            week.monday.isoformat(),
            number(week.value, decimals),
            "–" if week.n is None else f"{week.n:,}",
            f"{week.sites}",
        ]
        for week in reversed(weeks)
    ]


def latest_words(weeks: Sequence[Week], decimals: int) -> str:
    """The newest week in one sentence, or nothing."""
    if not weeks:
        return ""
    last = weeks[-1]
    return f"{number(last.value, decimals)} in the week from {day_words(last.monday)}, {counted(last.sites, 'site')}"


def said(n: int | None) -> str:
    """A number of contacts, or a dash where nobody said."""
    return "–" if n is None else f"{n:,}"


def outcome_words(summary: Mapping[str, int]) -> str:
    """What an import did, in one sentence."""
    parts = f"{summary['new']:,} new, {summary['revised']:,} revised, {summary['unchanged']:,} unchanged"
    left = f", {summary['bad']:,} left out" if summary.get("bad") else ""
    return f"{counted(summary['rows'], 'row')} read: {parts}{left}."


def _file(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(head)
    out.writerows(rows)
    return BYTE_ORDER_MARK + text.getvalue()
