"""A made-up conversation whose promotion and what came after it are known."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.swarm.polis import Promoted, replay, summary
from portal.swarm.polis_csv import Ballot, Conversation, Statement, read_conversation
from portal.swarm.score import Params

START = datetime(2025, 3, 3, tzinfo=UTC)
# The typical idea is fixed at one half: delta is 0.25, a support brings 0.25 and the line of 1.0 takes four of them,
# each the first of its team; by the rules they must come from five teams on three sites, so it takes the fifth.
STEADY = Params(prior_s=0.5e12, prior_d=0.0, prior_m=1e12, line=1.0)


def statement(number: int, author: int = 900, withdrawn: bool = False) -> Statement:
    return Statement(number, author, START, withdrawn, "A rule")


def conversation(*votes: tuple[int, int, int]) -> Conversation:
    """votes: (statement, voter, vote), in the order of time."""
    ballots = [
        Ballot(number, voter, vote, START + timedelta(minutes=minute))
        for minute, (number, voter, vote) in enumerate(votes)
    ]
    return Conversation("Made up", [statement(1), statement(2), statement(3, withdrawn=True)], ballots)


def test_it_is_promoted_by_the_vote_that_brings_the_fifth_team_and_judged_by_later_votes() -> None:
    early = [(1, voter, 1) for voter in range(5)]
    later = [(1, voter, 1 if voter < 28 else -1) for voter in range(24, 29)]  # four of five agree
    others = [(2, voter, 1 if voter < 26 else 0) for voter in range(24, 29)]  # two of five

    found = replay(conversation(*early, *later, *others), STEADY)

    assert found.votes == 15 and found.statements == 2
    assert found.promoted == [Promoted(1, 5, pytest.approx(0.8), pytest.approx(0.6), 1.0)]
    facts = summary(found)
    assert (facts["promoted"], facts["judged"], facts["in top quarter"], facts["below the middle"]) == (1, 1, 1, 0)
    assert facts["votes seen at promotion"] == pytest.approx(1 / 3)
    assert (facts["later agreement"], facts["of all"]) == (pytest.approx(0.8), pytest.approx(0.6))


def test_a_vote_that_is_changed_counts_once_and_own_and_withdrawn_ones_do_not() -> None:
    four = [(1, voter, 1) for voter in range(4)]
    changed = [(1, 4, -1), (1, 4, 1)]

    found = replay(conversation((3, 1, 1), (1, 900, 1), *four, *changed), STEADY)

    assert found.votes == 6
    assert [(one.statement, one.at) for one in found.promoted] == [(1, 6)]


def test_too_few_votes_afterwards_judge_nothing() -> None:
    found = replay(conversation(*[(1, voter, 1) for voter in range(6)]), STEADY)

    assert [(one.later, one.place) for one in found.promoted] == [(None, None)]
    assert summary(found)["judged"] == 0 and summary(found)["later agreement"] is None


def test_a_conversation_of_passes_promotes_nothing(tmp_path: Path) -> None:
    (tmp_path / "comments.csv").write_text("timestamp,comment-id,author-id,moderated,comment-body\n1,1,900,1,A rule\n")
    (tmp_path / "votes.csv").write_text(
        "timestamp,comment-id,voter-id,vote\n" + "".join(f"{n},1,{n},0\n" for n in range(30))
    )

    facts = summary(replay(read_conversation(tmp_path)))

    assert facts["promoted"] == 0 and facts["votes seen at promotion"] is None and facts["votes"] == 30
