"""Lines of who answers to whom. Pure."""

from collections.abc import Mapping


def rings(managers: Mapping[int, int | None]) -> list[list[int]]:
    """The cycles in `managers` (who → their manager), each once, beginning with its smallest number."""
    done: set[int] = set()
    found = []
    for start in managers:
        line: list[int] = []
        place: dict[int, int] = {}
        at: int | None = start
        while at is not None and at not in done and at not in place:
            place[at] = len(line)
            line.append(at)
            at = managers.get(at)
        if at is not None and at in place:
            ring = line[place[at] :]
            turn = ring.index(min(ring))
            found.append(ring[turn:] + ring[:turn])
        done.update(line)
    return found
