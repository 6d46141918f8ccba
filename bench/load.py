"""One round of requests against a server, by wrk, and the median of several."""

import json
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.databases import Refused
from bench.servers import Server

LUA = Path(__file__).parent / "wrk.lua"


@dataclass(frozen=True)
class Round:
    """What came of one round. cpu_ms: processor time of the server's processes for each request."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    refused: int = 0  # answers of 400 and above
    broken: int = 0  # no answer


def send(
    server: Server, lines: Sequence[str], folder: Path, *, seconds: int, connections: int, once: bool = False
) -> Round:
    """Send requests for so many seconds. once: none of them twice; raises Refused if they do not last."""
    asked, result = folder / "requests.txt", folder / "result.json"
    asked.write_text("\n".join(lines) + "\n")
    result.unlink(missing_ok=True)
    told = [str(asked), str(result), *(["once"] if once else [])]
    command = [_wrk(), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(LUA),
               f"http://127.0.0.1:{server.port}", "--", *told]  # fmt: skip
    before = server.cpu_seconds()
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
    if done.returncode or not result.exists():
        raise Refused(f"wrk ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
    cpu = server.cpu_seconds() - before
    found = json.loads(result.read_text())
    if not found["requests"]:
        raise Refused(f"no request was answered within {seconds} s: {lines[0][:60]}")
    rate = found["requests"] / found["seconds"]
    cpu_ms = 1000 * cpu / found["requests"]
    return Round(rate, found["p50_ms"], found["p99_ms"], cpu_ms, found["refused"], found["broken"])


def middle(rounds: Sequence[Round]) -> Round:
    """The median of every figure; answers that were none are added up."""
    figures = {
        name: statistics.median(getattr(one, name) for one in rounds) for name in ("rate", "p50_ms", "p99_ms", "cpu_ms")
    }
    return Round(**figures, refused=sum(one.refused for one in rounds), broken=sum(one.broken for one in rounds))


def told(what: str, rounds: Sequence[Round], **where: Any) -> dict[str, Any]:
    """A line of the results: where it was measured, the medians, and every round."""
    figures = {name: round(value, 3) for name, value in asdict(middle(rounds)).items()}
    return {"what": what, **where, **figures, "rounds": [round(one.rate, 1) for one in rounds]}


def _wrk() -> str:
    found = shutil.which("wrk")
    if found is None:
        raise Refused("wrk is missing: install Debian's package wrk.")
    return found
