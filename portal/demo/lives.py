"""What happens to one story, from the first sentence to the last look at it."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.commitments import service as commitments
from portal.commitments.models import Commitment
from portal.commitments.rules import NewDelivery, NewPromise
from portal.db import db
from portal.demo import rule_lives, shapes, stories
from portal.demo.people import Crowd
from portal.demo.stories_rules import RULES
from portal.errors import Conflict
from portal.ideas import moderating, talking
from portal.ideas import service as ideas
from portal.ideas.models import Idea
from portal.ideas.rules import Action
from portal.ideas.service import NewIdea
from portal.ideas.talking import NewComment
from portal.ideas.words import Audience, Barrier, CommentKind, Kind, Names, Stage
from portal.people.viewer import Viewer
from portal.swarm import line, merging
from portal.swarm.models import IdeaScore, Via
from portal.swarm.rules import StopReason, VoteKind, VoteRefusal, WantedVote
from portal.swarm.service import Voter, cast_vote
from portal.triage import service as triage
from portal.triage.rules import DeclineReason, NewDecline

LOOKS = {"open": (16, 30), "gathering": (14, 30), "withdrawn": (2, 4), "hidden": (2, 5), "joined": (7, 10)}
STAYS_BELOW = 0.7  # of the line, for what is still gathering
STRONG_SHARE, STRONG_SHARE_CARRIED = 0.1, 0.32
LIKES, LIKES_CARRIED = 0.6, 1.0  # of `appeal`: what a story's author expects, against what busy people press
PUSHES_MAX = 60


@dataclass
class Life:
    """One story on its way, with who has weighed in so far."""

    story: shapes.Idea
    crowd: Crowd
    metrics: dict[str, int]
    rng: random.Random
    today: datetime
    number: int = 0
    author: Viewer | None = None
    voted: set[int] = field(default_factory=set)
    commitment_id: int = 0
    carried_at: datetime | None = None
    asked_again: int = 0

    def ago(self, days: float) -> datetime:
        """The moment so many days before the demo is loaded, at some hour of a working day."""
        spread = self.rng.uniform(0, 8) / 24
        return min(
            self.today - timedelta(minutes=5),
            self.today - timedelta(days=days) + timedelta(days=spread) - timedelta(hours=9),
        )

    @property
    def carried(self) -> bool:
        """True for stories that reach the executives."""
        return self.story.fate not in LOOKS

    # what people do

    def say(self, at: datetime) -> None:
        """Somebody says it."""
        story = self.story
        self.author = self.crowd.cast[story.author] if story.author else self.crowd.somebody_of(story.team, self.rng)
        self.voted.add(self.author.id)
        words = NewIdea(
            story.say, Names(story.names), title=story.title, kind=Kind(story.kind), barrier=Barrier(story.barrier),
            audience=Audience(story.audience), site_id=self.crowd.places[story.site].id,
        )  # fmt: skip
        self.number = ideas.say(self.author, words, now=at).number
        if told := RULES.get(story.key):
            rule_lives.name(self, told, at)

    def look(self, at: datetime) -> None:
        """Somebody who has not weighed in yet does so."""
        voter = self._somebody_new()
        if voter is None:
            return
        likes = self.rng.random() < self.story.appeal * (LIKES_CARRIED if self.carried else LIKES)
        if likes and (self.carried_at is None or at < self.carried_at) and self._close_to_the_line():
            likes = False
        kind = VoteKind.PASS
        if likes:
            strong = STRONG_SHARE_CARRIED if self.carried else STRONG_SHARE
            kind = VoteKind.STRONG if self.rng.random() < strong else VoteKind.SUPPORT
        self._cast(voter, WantedVote(kind), at)

    def object_to(self, stop: shapes.Stop, at: datetime) -> None:
        """Somebody of a team sends a stop signal."""
        team = [voter for voter in self.crowd.teams[stop.team] if voter.id not in self.voted]
        if team:
            self._cast(self.rng.choice(team), WantedVote(VoteKind.STOP, StopReason(stop.reason), stop.sentence), at)

    def push(self, at: datetime) -> None:
        """The rest of the supporters that it needs arrive, team by team."""
        for _ in range(PUSHES_MAX):
            if self._idea().stage is not Stage.OPEN:
                return
            voter = self._somebody_new()
            if voter is None:
                return
            self._cast(voter, WantedVote(VoteKind.STRONG if self.rng.random() < 0.5 else VoteKind.SUPPORT), at)

    def comment(self, comment: shapes.Comment, at: datetime) -> None:
        """Somebody adds to it."""
        team = comment.team or self.story.team
        viewer = self.crowd.cast[comment.author] if comment.author else self.crowd.somebody_of(team, self.rng)
        words = NewComment(comment.text, CommentKind(comment.kind), Names(comment.names))
        talking.add_comment(viewer, self._idea(), words, now=at)

    def withdraw(self, at: datetime) -> None:
        """The author takes it back."""
        assert self.author is not None
        ideas.withdraw(self.author, self._idea(), reason=self.story.withdrawn_note, now=at)

    def hide(self, at: datetime) -> None:
        """A moderator hides it, with the reason."""
        hiding = self.story.hiding
        assert hiding is not None
        moderating.moderate(
            self.crowd.cast[hiding.by], moderating.Text(self._idea()), Action.HIDE, hiding.reason, now=at
        )

    def join(self, at: datetime) -> None:
        """The programme sees that it is the same as another story."""
        joining = self.story.joining
        assert joining is not None
        other = next(story for story in stories.IDEAS if story.key == joining.into)
        into = db.session.scalars(select(Idea.id).where(Idea.title == other.title)).one()
        merging.merge(self.crowd.cast[joining.by], self._idea(), into, reason=joining.reason, now=at)

    # what executives and owners do

    def decline(self, at: datetime) -> None:
        """An executive says no."""
        no = self.story.decline
        assert no is not None
        again = (self.today + timedelta(days=no.until_in_days)).date() if no.until_in_days else None
        answer = NewDecline(DeclineReason(no.reason), no.sentence, no.what_would_change, again)
        triage.decline(self.crowd.cast[no.by], self._idea(), answer, today=at.date(), now=at)

    def promise(self, at: datetime) -> None:
        """An executive commits."""
        told = self.story.promise
        assert told is not None
        due_on = (self.today + timedelta(days=told.due_in_days)).date()
        promise = NewPromise(told.sentence, due_on, self.metrics[told.metric])
        sponsor, owner = self.crowd.cast[told.sponsor], self.crowd.cast[told.owner]
        self.commitment_id = triage.commit_to(sponsor, self._idea(), owner.id, promise, today=at.date(), now=at).id

    def accept(self, at: datetime) -> None:
        """The owner takes it on."""
        commitments.accept(self._owner, self._promise(), now=at)

    def update(self, text: str, at: datetime) -> None:
        """The owner says what moved."""
        commitments.post_update(self._owner, self._promise(), text, now=at)

    def deliver(self, at: datetime) -> None:
        """The owner marks it done."""
        done = self.story.delivery
        assert done is not None
        live_from = (self.today - timedelta(days=done.live_days_ago)).date()
        sites = tuple(self.crowd.places[key].id for key in done.sites)
        delivery = NewDelivery(min(live_from, at.date()), sites, done.note)
        commitments.deliver(self._owner, self._promise(), delivery, today=at.date(), now=at)

    def confirm(self, at: datetime) -> None:
        """The sponsor has looked; what became of the rule has been decided by then."""
        assert self.story.promise is not None
        if (told := RULES.get(self.story.key)) and told.kind:
            rule_lives.decide(self, told, at)
        commitments.confirm(self.crowd.cast[self.story.promise.sponsor], self._promise(), now=at)

    @property
    def _owner(self) -> Viewer:
        assert self.story.promise is not None
        return self.crowd.cast[self.story.promise.owner]

    def _idea(self) -> Idea:
        idea = db.session.get(Idea, self.number, populate_existing=True)
        assert idea is not None
        return idea

    def _promise(self) -> Commitment:
        promise = db.session.get(Commitment, self.commitment_id, populate_existing=True)
        assert promise is not None
        return promise

    def audience(self) -> list[Viewer]:
        """Everybody of a team who may read it, one team after the other."""
        story, places = self.story, self.crowd.places
        return [
            voter
            for members in self.crowd.teams.values()
            for voter in members
            if (story.audience != "employer" or voter.employer_id == places[story.site].employer_id)
            and (story.audience != "site" or voter.site_id == places[story.site].id)
        ]

    def _somebody_new(self) -> Viewer | None:
        """Anybody in the audience who has not weighed in."""
        inside = [voter for voter in self.audience() if voter.id not in self.voted]
        return self.rng.choice(inside) if inside else None

    def _cast(self, voter: Viewer, wanted: WantedVote, at: datetime) -> None:
        self.voted.add(voter.id)
        try:
            cast_vote(Voter.of(voter), self.number, wanted, via=Via.FEED, now=at)
        except Conflict as refusal:
            if refusal.code == VoteRefusal.TOO_MANY_STRONG:
                cast_vote(Voter.of(voter), self.number, WantedVote(VoteKind.SUPPORT), via=Via.FEED, now=at)
            elif refusal.code != VoteRefusal.CLOSED:
                raise

    def _close_to_the_line(self) -> bool:
        score = db.session.get(IdeaScore, self.number, populate_existing=True)
        return score is not None and score.evidence > STAYS_BELOW * line.swarm_line(len(self.crowd.teams))
