"""What may be done with an idea or a comment, when and by whom; where an idea may move; how its origin reads. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.errors import Conflict, Gone, Invalid, Refusal, Refused
from portal.ideas.words import EDIT_MINUTES, Audience, Stage
from portal.people.roles import GROUP_MIN

EDIT_TIME = timedelta(minutes=EDIT_MINUTES)
LABEL_CHARS_MAX = 120

STAGE_MOVES: Mapping[Stage, frozenset[Stage]] = {
    # Promised at once by whoever said it, as their own: nobody has to be asked.
    Stage.OPEN: frozenset({Stage.PROMOTED, Stage.PROMISED, Stage.WITHDRAWN, Stage.MERGED}),
    Stage.PROMOTED: frozenset({Stage.PROMISED, Stage.DECLINED, Stage.MERGED}),
    # Back when the promise is handed back; done at once when what was reopened turns out not to be back.
    # What never was with the executives goes back to the board.
    Stage.PROMISED: frozenset({Stage.DELIVERED, Stage.PROMOTED, Stage.OPEN, Stage.DONE}),
    Stage.DELIVERED: frozenset({Stage.DONE, Stage.PROMISED}),  # back when the second person does not confirm it
    Stage.DONE: frozenset({Stage.PROMISED}),  # back when the trouble returns
    Stage.DECLINED: frozenset({Stage.PROMOTED}),  # back when the answer is taken back or enough people ask again
    Stage.WITHDRAWN: frozenset(),
    Stage.MERGED: frozenset({Stage.OPEN, Stage.PROMOTED}),  # back to where it was when the merge is undone
}
assert set(STAGE_MOVES) == set(Stage)

WIDTH = {Audience.SITE: 0, Audience.EMPLOYER: 1, Audience.ORGANISATION: 2}


class EditRefusal(Refusal):
    """Why the words can no longer be changed."""

    NOT_YOURS = "not_yours", Refused, "Only whoever said it can change the words."
    WITHDRAWN = "idea_withdrawn", Conflict, "This idea was taken back. Say it again if you still mean it."
    MERGED = "merged", Conflict, "This idea has joined another one, so its words stay as they are."
    VOTED = "edit_after_vote", Conflict, "Somebody has already weighed in on these words, so they stay as they are."
    OVER = "edit_over", Gone, f"Words can be changed for {EDIT_MINUTES} minutes. Add a build to say more."


class WithdrawRefusal(Refusal):
    """Why an idea cannot be taken back."""

    NOT_YOURS = "not_yours", Refused, "Only whoever said it can take it back."
    WITHDRAWN = "idea_withdrawn", Conflict, "This idea was already taken back."
    MERGED = "merged", Conflict, "This idea has joined another one, so it is theirs too now."
    JOINED = "has_joined_ideas", Conflict, "Ideas of colleagues have joined this one, so it is theirs too now."
    CARRIED = "already_promoted", Conflict, "Your colleagues carried this to the executives, so it is theirs too now."


class SortRefusal(Refusal):
    """Why kind, barrier, site, title or audience stay as they are."""

    NOT_YOURS = "not_yours", Refused, "Only whoever said it, or the programme team, can sort this idea."
    WITHDRAWN = "idea_withdrawn", Conflict, "This idea was taken back."
    MERGED = "merged", Conflict, "This idea has joined another one. Sort that one."
    JOINED = "has_joined_ideas", Conflict, "Other ideas have joined this one, so who may read it stays as it is."
    CARRIED = "already_promoted", Conflict, "It is with the executives now. Ask the programme team to correct it."
    AUDIENCE_NOT_YOURS = "audience_not_yours", Refused, "Only whoever said it chooses who may read it."
    AUDIENCE_VOTED = "audience_has_votes", Conflict, "People have weighed in, so the audience can only get wider."
    NO_SITE = "no_site", Conflict, "You do not belong to a site, so the audience cannot be your site."
    OTHER_SITE = "site_outside_audience", Conflict, "That site is outside the audience of this idea."


class CommentRefusal(Refusal):
    """Why nothing can be added, or a comment cannot be taken back."""

    WITHDRAWN = "idea_withdrawn", Conflict, "This idea was taken back, so nothing can be added to it."
    MERGED = "merged", Conflict, "This idea has joined another one. Add your words there."
    HIDDEN = "idea_hidden", Conflict, "This idea is hidden at the moment, so nothing can be added to it."
    NOT_YOURS = "not_yours", Refused, "Only whoever wrote it can take it back."
    TAKEN_BACK = "comment_withdrawn", Conflict, "This comment was already taken back."


class ModerationRefusal(Refusal):
    """Why a report or a decision about a text cannot be taken."""

    OWN_TEXT = "own_text", Conflict, "It is your own text. You can take it back, somebody else decides about it."
    REPORTED = "already_reported", Conflict, "You have already reported this. It has not been looked at yet."
    ALREADY_HIDDEN = "already_hidden", Conflict, "It is already hidden."
    NOT_HIDDEN = "not_hidden", Conflict, "It is not hidden."
    NOT_REPORTED = "not_reported", Conflict, "There is no open report about it."
    TAKEN_BACK = "text_withdrawn", Conflict, "It was taken back meanwhile, so there is nothing left to decide."


class MoveRefusal(Refusal):
    """Why an idea cannot go on to a stage."""

    NOT_A_MOVE = "stage_not_reachable", Conflict, "This idea cannot go there from where it stands."
    CHANGED = "stage_changed", Conflict, "This idea has moved on meanwhile. Look again."


class SayRefusal(Refusal):
    """Why words cannot be taken as they are."""

    TOO_SHORT = "too_short", Invalid, "Write at least a few words."
    TOO_LONG = "too_long", Invalid, "That is too long. Shorten it a little."
    SENT_BEFORE = "already_sent", Conflict, "This form was sent before with other words. Send it again to add these."
    NO_SITE = "no_site", Conflict, "You do not belong to a site, so the audience cannot be your site."


@dataclass(frozen=True)
class IdeaFacts:
    """What the rules know about an idea. Times are aware; `employer_id` is the author's employer."""

    stage: Stage
    said_at: datetime
    first_vote_at: datetime | None = None
    hidden: bool = False
    audience: Audience = Audience.ORGANISATION
    site_id: int | None = None
    employer_id: int | None = None


@dataclass(frozen=True)
class Sorting:
    """What somebody wants an idea to be sorted as: only the two that a rule looks at.

    site_employer_id: the employer that runs the wanted site. own_site_id: the site of whoever asks.
    """

    audience: Audience
    site_id: int | None
    site_employer_id: int | None
    own_site_id: int | None


@dataclass(frozen=True)
class TextFacts:
    """What moderation knows about an idea or a comment."""

    hidden: bool
    withdrawn: bool
    open_reports: int


def edit_refusal(idea: IdeaFacts, *, is_author: bool, now: datetime) -> EditRefusal | None:
    """The author alone, for 15 minutes or until the first vote, whichever ends first."""
    if not is_author:
        return EditRefusal.NOT_YOURS
    if idea.stage is Stage.WITHDRAWN:
        return EditRefusal.WITHDRAWN
    if idea.stage is Stage.MERGED:
        return EditRefusal.MERGED
    if idea.first_vote_at is not None or idea.stage is not Stage.OPEN:
        return EditRefusal.VOTED
    return EditRefusal.OVER if now >= idea.said_at + EDIT_TIME else None


def withdraw_refusal(idea: IdeaFacts, *, is_author: bool) -> WithdrawRefusal | None:
    """The author alone, until the swarm has carried it."""
    if not is_author:
        return WithdrawRefusal.NOT_YOURS
    if idea.stage is Stage.WITHDRAWN:
        return WithdrawRefusal.WITHDRAWN
    if idea.stage is Stage.MERGED:
        return WithdrawRefusal.MERGED
    return None if idea.stage is Stage.OPEN else WithdrawRefusal.CARRIED


def sort_refusal(idea: IdeaFacts, wanted: Sorting, *, is_author: bool, is_programme: bool) -> SortRefusal | None:
    """The author until promotion, the programme at any time; the audience belongs to the author."""
    if not is_author and not is_programme:
        return SortRefusal.NOT_YOURS
    if idea.stage is Stage.WITHDRAWN:
        return SortRefusal.WITHDRAWN
    if idea.stage is Stage.MERGED:
        return SortRefusal.MERGED
    if not is_programme and idea.stage is not Stage.OPEN:
        return SortRefusal.CARRIED
    return _audience_refusal(idea, wanted, is_author=is_author) or _site_refusal(idea, wanted, is_author=is_author)


def _audience_refusal(idea: IdeaFacts, wanted: Sorting, *, is_author: bool) -> SortRefusal | None:
    if wanted.audience is idea.audience:
        return None
    if not is_author:
        return SortRefusal.AUDIENCE_NOT_YOURS
    if idea.stage is not Stage.OPEN:
        return SortRefusal.CARRIED
    # A smaller audience has a lower line: votes from outside it must not carry the idea over.
    if idea.first_vote_at is not None and WIDTH[wanted.audience] < WIDTH[idea.audience]:
        return SortRefusal.AUDIENCE_VOTED
    if wanted.audience is Audience.SITE and wanted.own_site_id is None:
        return SortRefusal.NO_SITE
    return None


def _site_refusal(idea: IdeaFacts, wanted: Sorting, *, is_author: bool) -> SortRefusal | None:
    """The site decides who reads an idea for one site or employer, so it must lie inside."""
    if wanted.audience is Audience.SITE:
        right = wanted.own_site_id if is_author else idea.site_id
        return None if wanted.site_id == right else SortRefusal.OTHER_SITE
    inside = wanted.site_id is None or wanted.site_employer_id == idea.employer_id
    return SortRefusal.OTHER_SITE if wanted.audience is Audience.EMPLOYER and not inside else None


def comment_refusal(idea: IdeaFacts) -> CommentRefusal | None:
    """Anybody who may read it, while it stands."""
    if idea.stage is Stage.WITHDRAWN:
        return CommentRefusal.WITHDRAWN
    if idea.stage is Stage.MERGED:
        return CommentRefusal.MERGED
    return CommentRefusal.HIDDEN if idea.hidden else None


def comment_withdraw_refusal(*, is_author: bool, withdrawn: bool) -> CommentRefusal | None:
    """Its author alone, at any time, once."""
    if not is_author:
        return CommentRefusal.NOT_YOURS
    return CommentRefusal.TAKEN_BACK if withdrawn else None


def report_refusal(text: TextFacts, *, is_author: bool) -> ModerationRefusal | None:
    """Anybody but its author, while it can be read."""
    if is_author:
        return ModerationRefusal.OWN_TEXT
    if text.withdrawn:
        return ModerationRefusal.TAKEN_BACK
    return ModerationRefusal.ALREADY_HIDDEN if text.hidden else None


class Action(StrEnum):
    """A decision of moderation; the words of the public log."""

    HIDE = "hidden"
    RESTORE = "restored"
    KEEP = "kept"

    @property
    def label(self) -> str:
        """The button."""
        return {"hidden": "Hide it", "restored": "Show it again", "kept": "Keep it"}[self.value]


def moderation_refusal(action: Action, text: TextFacts, *, is_author: bool) -> ModerationRefusal | None:
    """Nobody decides about their own text; each decision once."""
    if is_author:
        return ModerationRefusal.OWN_TEXT
    if text.withdrawn:
        return ModerationRefusal.TAKEN_BACK
    if action is Action.HIDE:
        return ModerationRefusal.ALREADY_HIDDEN if text.hidden else None
    if action is Action.RESTORE:
        return None if text.hidden else ModerationRefusal.NOT_HIDDEN
    return None if text.open_reports else ModerationRefusal.NOT_REPORTED


def move_refusal(frm: Stage, to: Stage) -> MoveRefusal | None:
    """None where the table of moves has it."""
    return None if to in STAGE_MOVES[frm] else MoveRefusal.NOT_A_MOVE


def origin_label(
    sizes: Mapping[int | None, int], *, site_id: int | None, site: str, employer: str, is_partner: bool
) -> str:
    """How somebody without a shown name reads: site, else employer, else nothing but "a colleague".

    sizes: active people of the employer by site (None: at no site). Each label must fit at least GROUP_MIN people:
    the employer's is given to everybody whose site is too small to be named, so it counts only those.
    """
    if site_id is not None and sizes.get(site_id, 0) >= GROUP_MIN:
        return f"a colleague in {site}{f' ({employer})' if is_partner else ''}"[:LABEL_CHARS_MAX]
    unnamed = sum(people for place, people in sizes.items() if place is None or people < GROUP_MIN)
    return f"a colleague at {employer}"[:LABEL_CHARS_MAX] if unnamed >= GROUP_MIN else "a colleague"
