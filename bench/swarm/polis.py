"""`python -m bench.swarm.polis FOLDER …`: public conversations replayed vote by vote through the formulas and the line.

As in the import: team = voter mod 24, site = team mod 6; agree = support, disagree = stop; votes on one's own and on
withdrawn statements are left out, a changed vote replaces the earlier one. The typical idea is known after every vote.

A promoted statement is judged only by the votes cast after its promotion: agreement = agrees among all of them, and its
place among all statements with at least 5 votes from then on.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median

from portal.errors import Invalid
from portal.swarm.line import quorum_gap, stands_without_keenest
from portal.swarm.polis_csv import Ballot, Conversation, read_conversation
from portal.swarm.rules import VoteKind
from portal.swarm.score import DEFAULTS, Params, TeamCell, Terms, cast, evidence, portal_means, revoke, shifted

TEAMS, SITES = 24, 6
KINDS = {1: VoteKind.SUPPORT, 0: VoteKind.PASS, -1: VoteKind.STOP}
JUDGED_FROM = 5  # votes


@dataclass(frozen=True)
class Promoted:
    """A statement that passed the line. at: votes of the conversation cast by then.

    later, all_later: agreement with it, and with the mean statement, in the votes from then on; place: share of
    statements that did no better than it in these votes. None where too few votes followed.
    """

    statement: int
    at: int
    later: float | None
    all_later: float
    place: float | None


@dataclass(frozen=True)
class Replayed:
    """One conversation."""

    name: str
    statements: int
    votes: int
    promoted: list[Promoted]


@dataclass
class Standing:
    """What one statement has received so far."""

    cells: dict[int, TeamCell]
    terms: Terms
    votes: dict[int, int]

    def spread(self) -> tuple[int, int]:
        """In how many teams and on how many sites it has supporters."""
        teams = {voter % TEAMS for voter, vote in self.votes.items() if vote == 1}
        return len(teams), len({team % SITES for team in teams})


def replay(conversation: Conversation, params: Params = DEFAULTS) -> Replayed:
    """Cast every vote in its turn and promote what passes the line."""
    ballots = _counted(conversation)
    standings: dict[int, Standing] = {}
    sums, passed = Terms(), {}
    for number, ballot in enumerate(ballots, start=1):
        one = standings.setdefault(ballot.comment_id, Standing({}, Terms(), {}))
        before = one.terms
        _cast(one, ballot, params)
        sums = Terms(*(total + new - old for total, new, old in zip(sums, one.terms, before, strict=True)))
        if ballot.comment_id not in passed and _over(one, sums, params):
            passed[ballot.comment_id] = number
    promoted = [_judged(statement, at, ballots) for statement, at in passed.items()]
    statements = sum(not one.withdrawn for one in conversation.statements)
    return Replayed(conversation.name, statements, len(ballots), promoted)


def _counted(conversation: Conversation) -> list[Ballot]:
    author = {one.comment_id: one.author_id for one in conversation.statements if not one.withdrawn}
    return [
        ballot
        for ballot in conversation.ballots
        if ballot.comment_id in author and author[ballot.comment_id] != ballot.voter_id
    ]


def _cast(one: Standing, ballot: Ballot, params: Params) -> None:
    team = ballot.voter_id % TEAMS
    before = after = one.cells.get(team, TeamCell())
    if (earlier := one.votes.get(ballot.voter_id)) is not None:
        after = revoke(after, KINDS[earlier], params)
    one.votes[ballot.voter_id] = ballot.vote
    one.cells[team] = after = cast(after, KINDS[ballot.vote], params)
    one.terms = shifted(one.terms, before, after, params)


def _over(one: Standing, sums: Terms, params: Params) -> bool:
    mu0 = portal_means(*sums, params).mu0
    found = evidence(*one.terms, mu0, params)
    if found < min(params.line, params.line * TEAMS / params.line_teams) - 1:
        return False  # far below: the teams need not be counted
    gap = quorum_gap(found, *one.spread(), teams=TEAMS, sites=SITES, mu0=mu0, params=params)
    return gap.closed and stands_without_keenest(one.cells.values(), teams=TEAMS, mu0=mu0, params=params)


def _judged(statement: int, at: int, ballots: Sequence[Ballot]) -> Promoted:
    agreement = _agreement(ballots[at:])
    mine = agreement.get(statement)
    place = None if mine is None else sum(other <= mine for other in agreement.values()) / len(agreement)
    return Promoted(statement, at, mine, fmean(agreement.values()) if agreement else 0.0, place)


def _agreement(ballots: Iterable[Ballot]) -> dict[int, float]:
    """Agrees among the votes on each statement that has enough of them; of one person the last counts."""
    votes: dict[int, dict[int, int]] = {}
    for ballot in ballots:
        votes.setdefault(ballot.comment_id, {})[ballot.voter_id] = ballot.vote
    return {
        statement: sum(vote == 1 for vote in cast_on.values()) / len(cast_on)
        for statement, cast_on in votes.items()
        if len(cast_on) >= JUDGED_FROM
    }


def summary(found: Replayed) -> dict[str, str | float | None]:
    """The figures of one conversation; a mean over none is None."""
    judged = [one for one in found.promoted if one.place is not None]
    places = [one.place for one in judged if one.place is not None]
    moments = [one.at / found.votes for one in found.promoted]
    return {
        "conversation": found.name,
        "statements": found.statements,
        "votes": found.votes,
        "promoted": len(found.promoted),
        "votes seen at promotion": median(moments) if moments else None,
        "judged": len(judged),
        "later agreement": _mean([one.later for one in judged if one.later is not None]),
        "of all": _mean([one.all_later for one in judged]),
        "in top quarter": _mean([place > 0.75 for place in places]),
        "below the middle": _mean([place <= 0.5 for place in places]),
    }


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def main() -> None:
    """Replay each folder; prints a table and writes JSON where asked."""
    asked = _asked()
    try:
        found = [replay(read_conversation(folder), Params.read(asked.params)) for folder in asked.folders]
    except Invalid as refused:
        raise SystemExit(refused.message) from refused
    summaries = [summary(one) for one in found]
    print("| " + " | ".join(summaries[0]) + " |", "|---" * len(summaries[0]) + "|", sep="\n")
    for one in summaries:
        print("| " + " | ".join(_shown(value) for value in one.values()) + " |")
    if asked.json:
        whole = [
            facts | {"each": [asdict(p) for p in one.promoted]} for facts, one in zip(summaries, found, strict=True)
        ]
        asked.json.write_text(json.dumps(whole, indent=1) + "\n")


def _shown(value: str | float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.swarm.polis", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--params", type=json.loads, metavar="JSON", help='other parameters: {"rest_min": 0.5}')
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
