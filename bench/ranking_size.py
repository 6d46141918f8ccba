"""How long rank, quorum and feed take on 100,000 ideas with 2,000,000 votes: python -m bench.ranking_size

Prints seconds per call on one core, by the clock and of processor time, each counted from the rows (nothing kept
between calls), and peak memory. Processor time too grows on a busy machine: the rows do not fit into its caches.
The bar: below 10 s each.
"""

import argparse
import random
import resource
import time
from collections.abc import Callable
from typing import Any

from portal.swarm.ranking import explain, feed, forget, quorum, rank

TEAMS, SITES, PEOPLE = 1_000, 40, 20_000
KINDS = ("support",) * 9 + ("strong",) * 3 + ("pass",) * 7 + ("stop",)


def main() -> None:
    asked = _asked()
    ideas, votes, exposures = organisation(asked.ideas, asked.votes, random.Random(asked.seed))
    print(f"{len(ideas):,} ideas, {len(votes):,} votes, {len(exposures):,} exposure rows")
    rows = (ideas, votes, exposures, 0)
    kept = {"state_version": 1}
    _time("rank", lambda: rank(*rows))
    _time("quorum", lambda: quorum(*rows))
    _time("feed", lambda: feed(*rows, None, (), 8, random.Random(1)))
    _time("explain", lambda: explain(0, *rows))
    _time("rank, first with state_version", lambda: rank(*rows, kept))
    _time("feed, same state_version", lambda: feed(*rows, kept, (), 8, random.Random(1)))
    forget()
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB, rows included")


def organisation(n_ideas: int, n_votes: int, rng: random.Random) -> tuple[list[dict[str, Any]], ...]:
    """Rows of a large organisation: votes fall on ideas at random, a few people vote twice on one."""
    ideas = [{"id": i, "created_at": i, "team": i % TEAMS, "site": i % SITES} for i in range(n_ideas)]
    votes, looks = [], {}
    for n in range(n_votes):
        idea, user = rng.randrange(n_ideas), rng.randrange(PEOPLE)
        team = user % TEAMS
        origin = {"idea": idea, "team": team, "site": team % SITES}
        votes.append({**origin, "user": user, "kind": rng.choice(KINDS), "at": n})
        if n % 2:
            looks[idea, team] = {**origin, "looks": 1 + rng.random()}
    return ideas, votes, list(looks.values())


def _time(name: str, call: Callable[[], Any]) -> None:
    start, used = time.perf_counter(), time.process_time()
    call()
    print(f"{name:32} {time.perf_counter() - start:6.2f} s, {time.process_time() - used:6.2f} s of processor time")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ideas", type=int, default=100_000)
    parser.add_argument("--votes", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
