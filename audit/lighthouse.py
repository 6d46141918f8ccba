"""Lighthouse as on a phone, over the pages people open most. Ends with 1 when a score is below its bar."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.app import create_app
from tests import databases
from tests.journeys.pages import numbers
from tests.journeys.serving import Visitor, installation

PROGRAM = Path(__file__).parent / "node_modules" / "lighthouse" / "cli" / "index.js"
PAGES = {
    "board": ("frontline", "/ideas"),
    "idea": ("frontline", "/ideas/{open}"),
    "triage": ("executive", "/triage"),
    "wallet": ("frontline", "/wallet"),
}
BARS = {"performance": 98, "accessibility": 100, "best-practices": 100}
BUSY = 1.0  # load of the machine
TRIES = 3  # a run that recorded nothing says nothing
RUNS = 3  # of a page; the median of its performance counts, and the worst of the other scores
SECONDS_MAX = 180
CHROMIUM_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@dataclass(frozen=True)
class Scored:
    """One run. scores: 0 to 100 by category. short_of: what cost points, one line each."""

    scores: dict[str, int]
    short_of: list[str]


def main() -> int:
    """Measure every page and print what was found."""
    fine = True
    busy = os.getloadavg()[0]
    if busy > BUSY:
        print(
            f"This machine is busy (load {busy:.1f}): performance is measured in processor time that it does not have."
        )
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder), demo=True) as served:
        app = create_app(databases.test_config(served.database_url, Path(folder), demo=True))
        found = numbers(app, served)
        for name, (role, path) in PAGES.items():
            visitor, address = Visitor(served.address, role), path.format(**found)
            visitor.look(address)  # templates are read the first time
            runs = [_run(served.address + address, visitor.cookie, Path(folder)) for _ in range(RUNS)]
            fine = _report(name, runs) and fine
    return 0 if fine else 1


def _run(url: str, cookie: str, folder: Path) -> Scored:
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    command = [
        "node", str(PROGRAM), url, "--quiet", "--output=json", f"--output-path={report}",
        f"--only-categories={','.join(BARS)}", f"--chrome-flags={CHROMIUM_FLAGS}",
        f"--extra-headers={json.dumps({'Cookie': cookie})}",
    ]  # fmt: skip
    for _ in range(TRIES):
        done = subprocess.run(
            command, env=_environment(), capture_output=True, text=True, timeout=SECONDS_MAX, check=False
        )
        if done.returncode == 0 and report.exists():
            return _scored(json.loads(report.read_text()), url)
    sys.exit(f"Lighthouse could not look at {url}:\n{done.stderr[-2000:]}")


def _environment() -> dict[str, str]:
    return dict(os.environ) | {"CHROME_PATH": shutil.which("chromium") or "chromium"}


def _scored(report: dict[str, Any], url: str) -> Scored:
    if report.get("runtimeError") or report["finalDisplayedUrl"] != url:
        sys.exit(f"Lighthouse did not see {url}: {report.get('runtimeError') or report['finalDisplayedUrl']}")
    scores = {name: round((report["categories"][name]["score"] or 0) * 100) for name in BARS}
    return Scored(scores, [line for name in BARS for line in _lost(report, name)])


def _lost(report: dict[str, Any], category: str) -> list[str]:
    lines = []
    for ref in report["categories"][category]["auditRefs"]:
        audit = report["audits"][ref["id"]]
        if ref["weight"] and audit["score"] is not None and audit["score"] < 1:
            lines.append(f"{category}: {audit['title']} {audit.get('displayValue', '')} ({audit['score']})".strip())
    return lines


def _report(name: str, runs: list[Scored]) -> bool:
    all_scores = {category: [run.scores[category] for run in runs] for category in BARS}
    counted = {category: min(scores) for category, scores in all_scores.items()}
    counted["performance"] = round(statistics.median(all_scores["performance"]))
    short = [category for category, bar in BARS.items() if counted[category] < bar]
    words = ", ".join(f"{category} {score}" for category, score in counted.items())
    print(f"{name:8} {words} (performance of the runs: {all_scores['performance']}){' BELOW THE BAR' if short else ''}")
    for line in sorted({line for run in runs for line in run.short_of} if short else ()):
        print(f"         {line}")
    return not short


if __name__ == "__main__":
    sys.exit(main())
