"""Verbs about ideas: saying, editing, withdrawing, sorting, moving on, following."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from portal.db import db, table_of, upsert
from portal.errors import Invalid
from portal.ideas import drafts, search_index, story
from portal.ideas.guess import barrier_of, kind_of, title_of
from portal.ideas.joining import locked_with_joined
from portal.ideas.models import Follow, Idea, Revision, Withdrawal
from portal.ideas.origin import origin_of, path_of
from portal.ideas.policy import MAY
from portal.ideas.rules import (
    EditRefusal,
    IdeaFacts,
    MoveRefusal,
    SayRefusal,
    Sorting,
    SortRefusal,
    WithdrawRefusal,
    edit_refusal,
    move_refusal,
    sort_refusal,
    withdraw_refusal,
)
from portal.ideas.words import (
    SAY_CHARS_MAX,
    SAY_CHARS_MIN,
    TITLE_CHARS_MAX,
    Audience,
    Barrier,
    Kind,
    Names,
    Stage,
    StoryKind,
)
from portal.people import service as people
from portal.people.models import Place
from portal.people.policy import demand
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer

IDEAS = table_of(Idea)
FIRST_VOTE = update(IDEAS).where(IDEAS.c.id == bindparam("idea"), IDEAS.c.first_vote_at.is_(None))


@dataclass(frozen=True)
class NewIdea:
    """What somebody says. Whatever is None is guessed from the words or taken from where they work.

    draft_key: the key of the form, so that the same form sent twice is one idea.
    """

    say: str
    names: Names = Names.HIDDEN
    audience: Audience = Audience.ORGANISATION
    kind: Kind | None = None
    title: str | None = None
    barrier: Barrier | None = None
    site_id: int | None = None
    draft_key: str | None = None
    source_ref: str | None = None


@dataclass(frozen=True)
class NewSorting:
    """What an idea is sorted as. audience None: as it is."""

    title: str
    kind: Kind
    barrier: Barrier
    site_id: int | None
    audience: Audience | None = None


def say(viewer: Viewer, words: NewIdea, *, now: datetime) -> Idea:
    """Put an idea on the board; the same form sent twice gives the first one again.

    With Names.NONE nothing about the person is written: no author, no follow, and the draft is not touched either.
    Raises Invalid (`too_short`, `too_long`, `unknown_site`) or Conflict (`already_sent`, `no_site`,
    `site_outside_audience`).
    """
    demand(MAY, "idea.say", viewer)
    _refuse_length(words.say)
    if (before := _said_before(viewer, words)) is not None:
        return before
    if words.audience is Audience.SITE and viewer.site_id is None:
        raise SayRefusal.NO_SITE.as_error()
    _refuse_site(viewer, words)
    idea = _new_idea(viewer, words, now)
    try:
        # A savepoint: two clicks at once may both have found nothing before.
        with db.session.begin_nested():
            db.session.add(idea)
    except IntegrityError:
        before = _said_before(viewer, words)
        if before is None:
            raise
        return before
    story.record(idea.id, StoryKind.SAID, now=now, actor_id=_shown_author(idea))
    if words.names is not Names.NONE:
        follow(viewer, idea, now=now)
        drafts.clear(viewer.id, drafts.IDEA)
    search_index.index_idea(idea)
    return idea


def _refuse_length(text: str) -> None:
    if len(text.strip()) < SAY_CHARS_MIN:
        raise SayRefusal.TOO_SHORT.as_error()
    if len(text) > SAY_CHARS_MAX:
        raise SayRefusal.TOO_LONG.as_error()


def _refuse_site(viewer: Viewer, words: NewIdea) -> None:
    """The site decides who reads an idea for one site or employer, so it must lie inside."""
    site = _site(words.site_id)
    if site is None:
        return
    right = {Audience.SITE: site.id == viewer.site_id, Audience.EMPLOYER: site.employer_id == viewer.employer_id}
    if not right.get(words.audience, True):
        raise SortRefusal.OTHER_SITE.as_error()


def _said_before(viewer: Viewer, words: NewIdea) -> Idea | None:
    if words.draft_key is None:
        return None
    before = db.session.scalar(select(Idea).where(Idea.draft_key == words.draft_key))
    if before is None:
        return None
    author_id = None if words.names is Names.NONE else viewer.id
    if (before.author_id, before.say) != (author_id, words.say):
        raise SayRefusal.SENT_BEFORE.as_error()
    return before


def _new_idea(viewer: Viewer, words: NewIdea, now: datetime) -> Idea:
    origin = origin_of(viewer, words.names, words.audience)
    return Idea(
        kind=words.kind or kind_of(words.say), say=words.say,
        title=(words.title or title_of(words.say))[:TITLE_CHARS_MAX],
        barrier=words.barrier or barrier_of(words.say), stage=Stage.OPEN, names=words.names,
        author_id=None if words.names is Names.NONE else viewer.id, audience=words.audience,
        employer_id=origin.employer_id, site_id=words.site_id or origin.site_id, team_id=origin.team_id,
        origin_label=origin.label, said_at=now, moved_at=now, draft_key=words.draft_key, source_ref=words.source_ref,
    )  # fmt: skip


def edit(viewer: Viewer, idea: Idea, words: str, *, now: datetime) -> None:
    """Change the words and keep the old ones; a title that was guessed is guessed again.

    Raises the refusals of `EditRefusal`; Conflict `edit_after_vote` also if the first vote arrives at this moment.
    """
    if refusal := edit_refusal(facts_of(idea), is_author=is_author(viewer, idea), now=now):
        raise refusal.as_error()
    _refuse_length(words)
    if words == idea.say:
        return
    title = title_of(words) if idea.title == title_of(idea.say) else idea.title
    db.session.add(Revision(idea_id=idea.id, at=now, say=idea.say, title=idea.title))
    still = Idea.first_vote_at.is_(None), Idea.stage == Stage.OPEN
    if not _change(idea, *still, say=words, title=title, edited_at=now):
        raise EditRefusal.VOTED.as_error()
    story.record(idea.id, StoryKind.EDITED, now=now, actor_id=_shown_author(idea))
    search_index.index_idea(idea)


def withdraw(viewer: Viewer, idea: Idea, *, now: datetime, reason: str = "") -> None:
    """Take an idea back, which the author may until it is promoted. Raises the refusals of `WithdrawRefusal`."""
    if refusal := withdraw_refusal(facts_of(idea), is_author=is_author(viewer, idea)):
        raise refusal.as_error()
    if locked_with_joined(idea.id):
        raise WithdrawRefusal.JOINED.as_error()
    if not _change(idea, Idea.stage == Stage.OPEN, stage=Stage.WITHDRAWN, moved_at=now):
        raise WithdrawRefusal.CARRIED.as_error()
    db.session.add(Withdrawal(idea_id=idea.id, at=now, reason=reason))
    story.record(idea.id, StoryKind.WITHDRAWN, now=now, actor_id=_shown_author(idea))
    search_index.index_idea(idea)


def sort(viewer: Viewer, idea: Idea, wanted: NewSorting, *, now: datetime) -> None:
    """Correct title, kind, barrier, site and audience. Raises the refusals of `SortRefusal`, or Invalid `unknown_site`.

    What the programme corrects is noted in the audit trail; what the author corrects is theirs.
    """
    mine, programme = is_author(viewer, idea), viewer.holds(Role.PROGRAMME, at=path_of(idea))
    audience = wanted.audience or idea.audience
    site = _site(wanted.site_id)
    sorting = Sorting(audience, wanted.site_id, site.employer_id if site else None, viewer.site_id)
    if refusal := sort_refusal(facts_of(idea), sorting, is_author=mine, is_programme=programme):
        raise refusal.as_error()
    if audience is not idea.audience and locked_with_joined(idea.id):
        raise SortRefusal.JOINED.as_error()
    before = {"title": idea.title, "kind": idea.kind, "barrier": idea.barrier, "site": idea.site_id}
    # What the rule has looked at must still hold when the row is written.
    still = [Idea.stage == idea.stage, Idea.audience == idea.audience]
    if idea.first_vote_at is None and audience is not idea.audience:
        still.append(Idea.first_vote_at.is_(None))
    values = {"title": wanted.title, "kind": wanted.kind, "barrier": wanted.barrier, "site_id": wanted.site_id}
    if not _change(idea, *still, audience=audience, **values):
        raise MoveRefusal.CHANGED.as_error()
    if not mine:
        people.audit("idea.sorted", f"idea:{idea.id}", before, actor_id=viewer.id, now=now)
    search_index.index_idea(idea)


def sorting_refusal(viewer: Viewer, idea: Idea) -> SortRefusal | None:
    """Why the viewer cannot correct anything about how the idea is sorted, or None."""
    as_it_is = Sorting(idea.audience, idea.site_id, idea.employer_id, idea.site_id)
    programme = viewer.holds(Role.PROGRAMME, at=path_of(idea))
    return sort_refusal(facts_of(idea), as_it_is, is_author=is_author(viewer, idea), is_programme=programme)


def _site(site_id: int | None) -> Place | None:
    site = db.session.get(Place, site_id) if site_id is not None else None
    if site_id is not None and (site is None or site.kind is not PlaceKind.SITE):
        raise Invalid("unknown_site", "There is no such site.", {"site": "There is no such site."})
    return site


def move_stage(idea_id: int, frm: Stage, to: Stage, *, now: datetime, **also: bool) -> None:
    """Move an idea on (`also`: columns); Conflict `stage_not_reachable`, or `stage_changed` if it is not at `frm`."""
    if refusal := move_refusal(frm, to):
        raise refusal.as_error()
    statement = update(Idea).where(Idea.id == idea_id, Idea.stage == frm).values(stage=to, moved_at=now, **also)
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise MoveRefusal.CHANGED.as_error()


def mark_promoted(idea_id: int, *, now: datetime, carried: bool = False) -> None:
    """It is with the executives: the swarm, or (`carried`) a representative without the quorum, has put it there."""
    move_stage(idea_id, Stage.OPEN, Stage.PROMOTED, now=now, carried=carried)


def mark_promised(idea_id: int, *, now: datetime) -> None:
    """A named owner has a date."""
    move_stage(idea_id, Stage.PROMOTED, Stage.PROMISED, now=now)


def mark_declined(idea_id: int, *, now: datetime) -> None:
    """An executive has said no."""
    move_stage(idea_id, Stage.PROMOTED, Stage.DECLINED, now=now)


def mark_delivered(idea_id: int, *, now: datetime) -> None:
    """The owner says it is done."""
    move_stage(idea_id, Stage.PROMISED, Stage.DELIVERED, now=now)


def mark_done(idea_id: int, *, now: datetime) -> None:
    """A second person has confirmed it."""
    move_stage(idea_id, Stage.DELIVERED, Stage.DONE, now=now)


def note_first_vote(idea_id: int, *, now: datetime) -> None:
    """The words are settled from now on; only the first vote counts."""
    db.session.connection().execute(FIRST_VOTE, {"idea": idea_id, "first_vote_at": now})


def follow(viewer: Viewer, idea: Idea, *, now: datetime) -> None:
    """Hear what becomes of it, or of the idea that it has joined; twice is the same as once."""
    values = {"idea_id": idea.merged_into_id or idea.id, "person_id": viewer.id, "since": now}
    # The standing row keeps its date: the update changes nothing.
    upsert(Follow, values, key=("idea_id", "person_id"), update=("idea_id",))


def unfollow(viewer: Viewer, idea: Idea) -> None:
    """No longer hear of it."""
    mine = Follow.idea_id == (idea.merged_into_id or idea.id), Follow.person_id == viewer.id
    db.session.execute(delete(Follow).where(*mine))


def is_author(viewer: Viewer, idea: Idea) -> bool:
    """True for whoever said it; nobody where no author is stored."""
    return idea.author_id is not None and idea.author_id == viewer.id


def facts_of(idea: Idea) -> IdeaFacts:
    """The row as the rules see it."""
    return IdeaFacts(
        idea.stage, idea.said_at, idea.first_vote_at, idea.hidden_at is not None, idea.audience, idea.site_id,
        idea.employer_id,
    )  # fmt: skip


def _shown_author(idea: Idea) -> int | None:
    return idea.author_id if idea.names is Names.SHOWN else None


def _change(idea: Idea, *still: ColumnElement[bool], **values: Any) -> bool:
    """Write the columns if the conditions still hold; False if somebody was faster."""
    statement = update(Idea).where(Idea.id == idea.id, *still).values(**values)
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire(idea)
    return done.rowcount == 1  # type: ignore[attr-defined]
