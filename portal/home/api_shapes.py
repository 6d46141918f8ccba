"""What the interface shows of ideas. A count is null while the person of the key has not decided."""

from pydantic import Field
from sqlalchemy import Row

from portal.home.cards import Card
from portal.home.idea_facts import IdeaFacts
from portal.home.idea_page import SwarmFacts
from portal.home.storytelling import Entry
from portal.ideas.words import Audience, Barrier, Kind, Names, Stage, StoryKind
from portal.swarm.models import IdeaScore
from portal.swarm.rules import StopReason, VoteKind
from portal.web.api import Moment, Shown
from portal.web.links import full


class SiteShown(Shown):
    """The site that an idea is about."""

    number: int
    name: str


class IdeaListed(Shown):
    """An idea as a card of the board. `people` support it; `fill_percent` of the way to the executives is gone."""

    number: int
    link: str
    title: str
    excerpt: str
    kind: Kind
    barrier: Barrier
    site: SiteShown | None
    names: Names
    byline: str
    stage: Stage
    said_at: Moment
    comment_count: int
    mine: bool
    following: bool
    may_vote: bool
    vote: VoteKind | None
    people: int | None
    fill_percent: int | None


class ViewShown(Shown):
    """A tab of the board. `ideas` is null where its page counts none."""

    view: str
    name: str
    ideas: int | None


class BoardShown(Shown):
    """The tabs of the board, and the sentences that say how ideas are ordered."""

    views: list[ViewShown]
    order: list[str]


class Counts(Shown):
    """How many said what. support: plain and strong together. teams, sites: with a supporter."""

    support: int
    stops: int
    teams: int
    sites: int


class MyVote(Shown):
    """The vote of the key's person."""

    kind: VoteKind
    reason: StopReason | None
    sentence: str
    at: Moment


class MayNow(Shown):
    """What the key's person may do with an idea now. The scopes of the key narrow it further."""

    vote: bool
    comment: bool
    edit: bool
    withdraw: bool
    sort: bool
    report: bool


class IdeaShown(Shown):
    """An idea as its page shows it. `decision` and `commitment` are the numbers of those that stand."""

    number: int
    link: str
    title: str
    say: str
    kind: Kind
    barrier: Barrier
    site: SiteShown | None
    audience: Audience
    stage: Stage
    names: Names
    byline: str
    mine: bool
    said_at: Moment
    edited_at: Moment | None
    hidden_because: str | None
    comment_count: int
    following: bool
    vote: MyVote | None
    counts: Counts | None
    fill_percent: int | None
    votes_brought_along: int | None = Field(description="From an earlier system: shown beside, never counted.")
    answer_due_on: str | None
    decision: int | None
    commitment: int | None
    merged_into: int | None = Field(description="The idea that this one has joined, where its votes count now.")
    may: MayNow


class StandingShown(Shown):
    """Where an idea stands. The numbers are null before deciding; place to needed also once it is carried.

    place: on the list of all standing ideas. looks: of how many people. evidence and needed: of the quorum.
    """

    idea: int
    line: str
    detail: str | None
    counts: Counts | None
    strong: int | None
    place: int | None
    looks: int | None
    evidence: float | None
    needed: float | None
    notes: list[str] = Field(description="What is remarkable about the support; empty before deciding.")


class StepShown(Shown):
    """A step of an idea's story. `who` is null where no name is shown."""

    at: Moment
    kind: StoryKind
    who: str | None
    title: str
    detail: str
    words: str
    undone_at: Moment | None = Field(description="When it was taken back, before anybody was told.")


def listed_idea(card: Card) -> IdeaListed:
    """A card of the board."""
    return IdeaListed(
        number=card.number, link=full(f"/ideas/{card.number}"), title=card.title, excerpt=card.excerpt,
        kind=Kind(card.kind), barrier=card.barrier, site=_site(card), names=Names(card.names), byline=card.byline,
        stage=card.stage, said_at=card.said_at, comment_count=card.comment_count, mine=card.mine,
        following=card.following, may_vote=card.may_vote and not card.closed,
        vote=VoteKind(card.vote) if card.vote else None, people=card.people, fill_percent=card.fill_percent,
    )  # fmt: skip


def whole_idea(found: IdeaFacts) -> IdeaShown:
    """An idea with all that its page says about it."""
    idea, card = found.idea, found.card
    due = found.answer_due_on
    return IdeaShown(
        number=idea.number, link=full(f"/ideas/{idea.number}"), title=idea.title, say=idea.say, kind=idea.kind,
        barrier=idea.barrier, site=_site(card), audience=idea.audience, stage=idea.stage, names=idea.names,
        byline=card.byline, mine=card.mine, said_at=idea.said_at, edited_at=idea.edited_at,
        hidden_because=found.hidden_because, comment_count=idea.comment_count, following=card.following,
        vote=_vote(found.vote), counts=_counts(found.score) if found.counted else None, fill_percent=card.fill_percent,
        votes_brought_along=found.votes_before,
        answer_due_on=due.isoformat() if due else None, decision=found.decision, commitment=found.commitment,
        merged_into=idea.merged_into_id,
        may=MayNow(**found.may),
    )  # fmt: skip


def standing_shown(number: int, words: SwarmFacts, counted: bool, score: IdeaScore | None) -> StandingShown:
    """Where an idea stands, in words and numbers."""
    numbers = words.numbers
    return StandingShown(
        idea=number, line=words.line, detail=words.detail, counts=_counts(score) if counted else None,
        strong=numbers.strong if numbers else None, place=numbers.place if numbers else None,
        looks=round(numbers.looks) if numbers else None, evidence=numbers.evidence if numbers else None,
        needed=numbers.line if numbers else None, notes=list(words.notes),
    )  # fmt: skip


def step_shown(row: Row, entry: Entry) -> StepShown:
    """A step with its sentence. row: of `storytelling.story_query`."""
    return StepShown(
        at=row.at, kind=row.kind, who=row.actor or None, title=entry.title, detail=entry.text, words=row.words,
        undone_at=row.undone_at,
    )  # fmt: skip


def _site(card: Card) -> SiteShown | None:
    return SiteShown(number=card.site_id, name=card.site_label) if card.site_id is not None else None


def _vote(vote: Row | None) -> MyVote | None:
    return MyVote(kind=vote.kind, reason=vote.reason, sentence=vote.sentence, at=vote.at) if vote else None


def _counts(score: IdeaScore | None) -> Counts:
    if score is None:
        return Counts(support=0, stops=0, teams=0, sites=0)
    return Counts(support=score.n_support, stops=score.n_stop, teams=score.n_team, sites=score.n_site)
