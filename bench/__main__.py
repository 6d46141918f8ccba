"""`python -m bench`: what Sayso takes on this machine, in ratios to what this machine can take. See docs/operations.md.

Everything is sent to 127.0.0.1 and is bounded in time. Databases are filled once and kept in the bench's folder.
"""

import argparse
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import machine, pages, sending, who, writing
from bench.bars import Bar, bars
from bench.databases import KINDS, SEED, Refused
from config import ROOT

PARTS = ("pages", "writing", "sending")
SERVERS = ("one", "large")


def main() -> None:
    """Measure, print, and write JSON where asked."""
    asked = _asked()
    folder = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    facts = machine.facts(folder)
    print(", ".join(f"{name} {value}" for name, value in facts.items()))
    if not facts["quiet"]:
        print(f"This machine was busy before the start (load {facts['load_before']}): nothing is judged, figures only.")
    results = _everything(asked, folder)
    found = bars(results)
    _print_lines(results)
    _print_bars(found, judged=facts["quiet"])
    if asked.json:
        _write(asked, facts, results, found)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", type=_numbers, default=[1000, 20_000, 100_000], metavar="1000,20000,100000")
    parser.add_argument("--databases", type=_of(KINDS), default=list(KINDS), metavar=",".join(KINDS))
    parser.add_argument("--servers", type=_of(SERVERS), default=list(SERVERS), metavar=",".join(SERVERS))
    parser.add_argument("--parts", type=_of(PARTS), default=list(PARTS), metavar=",".join(PARTS))
    parser.add_argument("--seconds", type=int, choices=range(1, 61), default=3, metavar="N", help="of each round")
    parser.add_argument("--rounds", type=int, choices=range(1, 22), default=3, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured to this file too")
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench", help="where databases are kept: on a real disk")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return sorted({int(part) for part in text.split(",")})


def _of(known: Any) -> Any:
    def choose(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := [part for part in chosen if part not in known]:
            raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(known)}")
        return chosen

    return choose


def _everything(asked: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    for kind in asked.databases:
        database = KINDS[kind](folder)
        try:
            for ideas in asked.sizes:
                where = {"database": kind, "ideas": ideas}
                results += [
                    where | line for line in _one_size(asked, folder, database.copy(ideas), f"{kind}, {ideas:,}")
                ]
        finally:
            database.stop()
    return results


def _one_size(asked: argparse.Namespace, folder: Path, url: str, name: str) -> list[dict[str, Any]]:
    turns = {"seconds": asked.seconds, "rounds": asked.rounds}
    cast = who.gather(url, folder)
    results: list[dict[str, Any]] = []
    # Pages first: what follows makes ideas and votes.
    for part, measure in (("pages", pages.measure), ("sending", sending.measure)):
        for server in asked.servers if part in asked.parts else ():
            print(f"  {name} ideas, server {server}: {part} …", flush=True)
            results += measure(server, url, folder, cast, **turns)
    if "writing" in asked.parts:
        print(f"  {name} ideas: writing processes …", flush=True)
        results += writing.measure(url, folder, cast, **turns)
    return results


def _print_lines(results: list[dict[str, Any]]) -> None:
    print(f"\n{'':62}{'a second':>9}{'p50 ms':>9}{'p99 ms':>9}{'cpu ms':>9}  refused or broken")
    for line in results:
        if "rate" not in line:
            continue
        count = f"{line['writers']} writers" if "writers" in line else f"{line['connections']} connections"
        where = f"{line['database']} {line.get('server', '')} {line['ideas']:,}"
        bad = f"{line['refused']} {line['broken']}" if line["refused"] or line["broken"] else ""
        print(f"{where:24}{line['what']:24}{count:14}{line['rate']:9.0f}{line['p50_ms']:9.2f}{line['p99_ms']:9.2f}"
              f"{line['cpu_ms']:9.2f}  {bad}")  # fmt: skip


def _print_bars(found: list[Bar], *, judged: bool) -> None:
    print(f"\n{'':78}{'figure':>9}{'bar':>9}")
    words = {True: "met", False: "NOT MET", None: ""}
    for bar in found:
        told = "" if bar.bar is None else f"{'≥' if bar.at_least else '≤'} {bar.bar:g}"
        verdict = words[bar.met] if judged else ("not judged" if bar.bar is not None else "")
        print(f"{bar.name:78}{bar.figure:9.2f}{told:>9} {bar.unit:3} {verdict}".rstrip())


def _write(asked: argparse.Namespace, facts: dict[str, Any], results: list[Any], found: list[Bar]) -> None:
    run = {"machine": facts, "seconds": asked.seconds, "rounds": asked.rounds, "seed": SEED, "servers": asked.servers}
    told = [asdict(bar) | {"met": bar.met if facts["quiet"] else None} for bar in found]
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps({"run": run, "results": results, "bars": told}, indent=1) + "\n")
    print(f"\nEverything is in {asked.json}.")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended in either case
    try:
        main()
    except Refused as refusal:
        sys.exit(f"The bench stops: {refusal}")
    except KeyboardInterrupt:
        sys.exit("The bench was ended.")
