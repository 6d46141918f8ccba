"""Pages as people ask for them, against the same templates without a database."""

from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench.load import Round, send, told
from bench.servers import running
from bench.who import Cast, Signed, page

VARIANTS = 8  # different people, and different ideas, of one page
CONNECTIONS = 4
Asked = dict[str, list[tuple[str, Signed]]]


def measure(kind: str, url: str, folder: Path, cast: Cast, *, seconds: int, rounds: int) -> list[dict[str, Any]]:
    """Each page and its limit in turn, on one server that has both."""
    asked = _asked(cast)
    canned = {name: [(address, who.cookie) for address, who in each] for name, each in asked.items()}
    came: dict[str, dict[str, list[Round]]] = {name: {"real": [], "limit": []} for name in asked}
    with running(kind, url, folder, canned) as server:
        lines = _lines(asked)
        for pair in lines.values():
            for asked_for in pair.values():
                send(server, asked_for, folder, seconds=2, connections=CONNECTIONS)  # statements are compiled
        for _turn in range(rounds):
            for name, each in lines.items():
                for way in ("limit", "real"):
                    done = send(server, each[way], folder, seconds=seconds, connections=CONNECTIONS)
                    came[name][way].append(done)
    return [told(f"{name}, {way}", each[way], server=kind, connections=CONNECTIONS)
            for name, each in came.items() for way in each]  # fmt: skip


def _asked(cast: Cast) -> Asked:
    """Which addresses are asked for, and by whom."""
    voters, executives = list(islice(cycle(cast.voters), VARIANTS)), list(islice(cycle(cast.executives), VARIANTS))
    ideas = list(islice(cycle(cast.shown_ideas), VARIANTS))
    return {
        "board": [("/ideas", who) for who in voters],
        "idea": [(f"/ideas/{number}", who) for number, who in zip(ideas, voters, strict=True)],
        "triage": [("/triage", who) for who in executives],
    }


def _lines(asked: Asked) -> dict[str, dict[str, list[str]]]:
    return {
        name: {
            "real": [page(address, who) for address, who in each],
            "limit": [page(f"/bench/limit/{name}/{which}", who) for which, (_address, who) in enumerate(each)],
        }
        for name, each in asked.items()
    }
