"""A real public conversation as people, ideas and votes, through the same verbs that the pages use.

Team = voter id mod 24, site = team mod 6, one organisation; agree = support, pass = pass, disagree = a stop signal with
reason `wrong_fix`. Authors' votes on their own statements are refused by the rule of the pages and reported.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal.db import db
from portal.errors import Conflict, DomainError
from portal.ideas import service as ideas
from portal.ideas.models import Idea
from portal.ideas.service import NewIdea
from portal.ideas.words import SAY_CHARS_MAX, Names
from portal.people import queries as people_queries
from portal.people import service as people
from portal.people.models import Origin, Place
from portal.people.roles import PlaceKind, Role
from portal.swarm import audit, scores
from portal.swarm.models import Promotion, Via, Vote
from portal.swarm.polis_csv import Ballot, Conversation, Statement
from portal.swarm.queries import official_list
from portal.swarm.rules import StopReason, VoteKind, VoteRefusal, WantedVote
from portal.swarm.service import Voter, cast_vote

TEAMS, SITES = 24, 6
# Votes trickle in over weeks: every five minutes would be after each. In one transaction PostgreSQL keeps every row
# version that a refresh leaves behind, and walks over all of them at the next.
VOTES_BETWEEN = 50
WANTED = {
    1: WantedVote(VoteKind.SUPPORT),
    0: WantedVote(VoteKind.PASS),
    -1: WantedVote(VoteKind.STOP, StopReason.WRONG_FIX),
}


@dataclass
class Report:
    """What became of every row of the files. The sums agree with the files: `totals_agree`."""

    name: str
    comment_rows: int
    vote_rows: int
    people: int = 0
    ideas: int = 0
    withdrawn: int = 0
    shortened: int = 0
    bad_comments: list[str] = field(default_factory=list)
    bad_votes: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    promoted: int = 0
    disagreements: list[str] = field(default_factory=list)
    first: list[tuple[int, str]] = field(default_factory=list)

    @property
    def totals_agree(self) -> bool:
        """Every line of both files is accounted for, and the votes that count are the votes that stand."""
        comments = self.ideas + len(self.bad_comments) == self.comment_rows
        votes = sum(self.outcomes.values()) + len(self.bad_votes) == self.vote_rows
        return comments and votes and sum(self.kinds.values()) == self.outcomes["counted"]


def import_conversation(conversation: Conversation, *, now: datetime) -> Report:
    """Bring a conversation into an empty database, in the caller's transaction.

    Raises Conflict (`not_empty`) where an organisation exists already.
    """
    if people_queries.organisation() is not None:
        raise Conflict(
            "not_empty",
            "This database already holds an organisation. A conversation goes into an empty one: "
            "set DATABASE_URL to a new database and run flask db upgrade first.",
        )
    report = Report(conversation.name, conversation.comment_rows, conversation.vote_rows)
    report.bad_comments, report.bad_votes = list(conversation.bad_comments), list(conversation.bad_votes)
    voters = _make_people(conversation, now)
    numbers = _make_ideas(conversation.statements, voters, report)
    _replay(conversation.ballots, voters, numbers, report)
    scores.refresh_typical(now=now, every_score=True)
    _sum_up(report, len(voters))
    return report


def _make_people(conversation: Conversation, now: datetime) -> dict[int, Voter]:
    top = people.add_place(PlaceKind.ORGANISATION, conversation.name, timezone="UTC")
    sites = [people.add_place(PlaceKind.SITE, f"Site {number + 1}", top) for number in range(SITES)]
    teams = [people.add_place(PlaceKind.TEAM, f"Team {number + 1}", sites[number % SITES]) for number in range(TEAMS)]
    ids = {ballot.voter_id for ballot in conversation.ballots} | {one.author_id for one in conversation.statements}
    return {number: _make_person(number, teams[number % TEAMS], now) for number in sorted(ids)}


def _make_person(number: int, team: Place, now: datetime) -> Voter:
    person = people.add_person(
        f"Participant {number}", team, origin=Origin.CONVERSATION, now=now, staff_number=f"participant-{number}"
    )
    people.grant(person, Role.FRONTLINE, team, by_id=None, now=now)
    return Voter(person.id, person.team_id, person.site_id)


def _make_ideas(statements: list[Statement], voters: dict[int, Voter], report: Report) -> dict[int, int]:
    """Comment id → idea number, in the order in which they were written."""
    numbers: dict[int, int] = {}
    for one in sorted(statements, key=lambda statement: (statement.at, statement.comment_id)):
        if one.comment_id in numbers:
            report.bad_comments.append(f"statement {one.comment_id} is in the file twice")
            continue
        author = people_queries.viewer_of(voters[one.author_id].person_id)
        assert author is not None
        report.shortened += len(one.words) > SAY_CHARS_MAX
        words = NewIdea(one.words[:SAY_CHARS_MAX].ljust(3, "."), Names.HIDDEN, source_ref=f"polis:{one.comment_id}")
        idea = ideas.say(author, words, now=one.at)
        if one.withdrawn:
            ideas.withdraw(author, idea, reason="Taken down by the conversation's moderators", now=one.at)
            report.withdrawn += 1
        numbers[one.comment_id] = idea.number
        report.ideas += 1
    return numbers


def _replay(ballots: list[Ballot], voters: dict[int, Voter], numbers: dict[int, int], report: Report) -> None:
    """Cast every vote at its own time. Outcomes: counted, superseded, own_idea, closed, unknown_statement."""
    last = {(ballot.voter_id, ballot.comment_id): index for index, ballot in enumerate(ballots)}
    due: datetime | None = None
    fresh_until = 0
    for index, ballot in enumerate(ballots):
        if due is None or (ballot.at >= due and index >= fresh_until):
            scores.refresh_if_due(now=ballot.at)
            due, fresh_until = ballot.at + timedelta(minutes=5), index + VOTES_BETWEEN
        outcome = _cast(ballot, voters, numbers)
        if outcome == "counted" and last[ballot.voter_id, ballot.comment_id] != index:
            outcome = "superseded"
        report.outcomes[outcome] += 1


def _cast(ballot: Ballot, voters: dict[int, Voter], numbers: dict[int, int]) -> str:
    if ballot.comment_id not in numbers:
        return "unknown_statement"
    try:
        cast_vote(
            voters[ballot.voter_id], numbers[ballot.comment_id], WANTED[ballot.vote], via=Via.IMPORT, now=ballot.at
        )
    except DomainError as refusal:
        if refusal.code not in (VoteRefusal.OWN_IDEA, VoteRefusal.CLOSED):
            raise
        return refusal.code
    return "counted"


def _sum_up(report: Report, people_count: int) -> None:
    report.people = people_count
    kinds = select(Vote.kind, func.count()).where(Vote.revoked_at.is_(None)).group_by(Vote.kind)
    report.kinds = Counter({kind.value: count for kind, count in db.session.execute(kinds)})
    report.promoted = db.session.scalar(select(func.count()).select_from(Promotion)) or 0
    report.disagreements = audit.verify()
    titles = {row.id: row.title for row in db.session.execute(select(Idea.id, Idea.title))}
    report.first = [(number, titles[number]) for number in official_list()[:10]]
