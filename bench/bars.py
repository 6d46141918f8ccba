"""From the results to ratios, and which of them meet their bars."""

from dataclasses import dataclass
from typing import Any

PAGE_SHARE_MIN = 0.5
GROWTH_MAX = 1.5
P99_MS_MAX = {4: 50.0, 8: 120.0}
VOTES_PER_SECOND_MIN = 1000.0
MEMORY_MB_MAX = 200.0
Line = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One figure with what it must be; at_least: the bar is a floor, else a ceiling. bar None: only shown."""

    name: str
    figure: float
    unit: str
    bar: float | None = None
    at_least: bool = True

    @property
    def met(self) -> bool | None:
        """Whether it is met; None where there is none."""
        if self.bar is None:
            return None
        return self.figure >= self.bar if self.at_least else self.figure <= self.bar


def bars(results: list[Line]) -> list[Bar]:
    """Every ratio of a run, in the order of the task."""
    return [*_pages(results), *_growth(results), *_commits(results), *_votes(results), *_memory(results)]


def _pages(results: list[Line]) -> list[Bar]:
    found = []
    for line in results:
        name, _, way = line["what"].partition(", ")
        if way != "real":
            continue
        limit = _same(line, results, what=f"{name}, limit")
        bar = PAGE_SHARE_MIN if name in ("board", "idea") else None
        found.append(Bar(f"{_where(line)}: {name} to its limit, requests", line["rate"] / limit["rate"], "", bar))
        if line["cpu_ms"]:
            found.append(Bar(f"{_where(line)}: {name} to its limit, processor", limit["cpu_ms"] / line["cpu_ms"], ""))
    return found


def _growth(results: list[Line]) -> list[Bar]:
    """How much longer a page takes with the most ideas than with the fewest."""
    pages = [line for line in results if line["what"].endswith(", real")]
    sizes = sorted({line["ideas"] for line in pages})
    if len(sizes) < 2:
        return []
    few, many = sizes[0], sizes[-1]
    found = []
    for line in (line for line in pages if line["ideas"] == many):
        before = _same(line, results, ideas=few)
        name = f"{line['database']} {line['server']}: {line['what'].partition(',')[0]}, {few:,} to {many:,} ideas"
        found.append(Bar(f"{name}, time", before["rate"] / line["rate"], "x", GROWTH_MAX, at_least=False))
        found.append(Bar(f"{name}, processor", line["cpu_ms"] / max(before["cpu_ms"], 1e-9), "x"))
    return found


def _commits(results: list[Line]) -> list[Bar]:
    """Votes and ideas of several processes, to bare commits of as many."""
    found = []
    for line in results:
        if "writers" in line and line["what"] != "bare commit":
            bare = _same(line, results, what="bare commit")
            found.append(Bar(f"{_where(line)}: {line['what']} to bare commits", line["rate"] / bare["rate"], ""))
    return found


def _votes(results: list[Line]) -> list[Bar]:
    found = []
    for line in results:
        count = int(line.get("writers") or line.get("connections") or 0)
        if not line["what"].startswith("vote"):
            continue
        name = f"{_where(line)}: {line['what']}"
        found.append(Bar(f"{name}, p99", line["p99_ms"], "ms", P99_MS_MAX.get(count), at_least=False))
        floor = VOTES_PER_SECOND_MIN if line["database"] == "postgres" and "writers" in line else None
        found.append(Bar(f"{name}, a second", line["rate"], "", floor))
    return found


def _memory(results: list[Line]) -> list[Bar]:
    lines = [line for line in results if line["what"] == "memory"]
    return [Bar(f"{_where(line)}: memory", line["mb"], "MB", MEMORY_MB_MAX, at_least=False) for line in lines]


def _same(line: Line, results: list[Line], **over: Any) -> Line:
    """The line that was measured under the same circumstances but for `over`."""
    keys = ("what", "database", "server", "ideas", "writers", "connections")
    wanted = {name: line.get(name) for name in keys} | over
    return next(one for one in results if all(one.get(name) == value for name, value in wanted.items()))


def _where(line: Line) -> str:
    count = f", {line['writers']} writers" if "writers" in line else ""
    count = f", {line['connections']} connections" if "connections" in line and "," in line["what"] else count
    server = f" {line['server']}" if "server" in line else ""
    return f"{line['database']}{server}, {line['ideas']:,} ideas{count}"
