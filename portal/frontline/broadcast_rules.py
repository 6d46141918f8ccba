"""Telling everybody: how long it may be, how long it takes to read, once a week, who may take it back. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal.errors import Conflict, Gone, Invalid, Refusal, Refused
from portal.frontline.words import LinkedAction
from portal.ideas.words import Audience
from portal.people.roles import PlaceKind

WORDS_MAX, WORDS_CHARS_MIN, WORDS_CHARS_MAX = 150, 3, 1_500
TITLE_CHARS_MIN, TITLE_CHARS_MAX = 3, 120
ANSWER_CHARS_MAX = 600  # of the words that somebody adds to an acknowledgement
UNHEARD = timedelta(minutes=10)  # so long nobody hears it, and it can be taken back
WORDS_SHOWN_FROM = 3  # people who said the same: fewer could be told apart
READ_IN_A_MINUTE = 240  # words; Brysbaert 2019, silent reading of non-fiction in English: 238
TOLD_TO = (PlaceKind.ORGANISATION, PlaceKind.PARTNER, PlaceKind.SITE)


@dataclass(frozen=True)
class NewBroadcast:
    """What an executive wants to tell. idea_id, commitment_id: what the action leads to, as `action` needs it."""

    title: str
    words: str
    place_id: int
    action: LinkedAction = LinkedAction.NONE
    idea_id: int | None = None
    commitment_id: int | None = None
    debrief_id: int | None = None


class BroadcastState(StrEnum):
    """Where a broadcast stands."""

    DRAFT = "draft"  # seen by its writer alone
    UNHEARD = "unheard"  # confirmed, and nobody has heard it yet
    TOLD = "told"
    TAKEN_BACK = "taken_back"


class BroadcastRefusal(Refusal):
    """Why something about a broadcast is not done. The value is the stable code."""

    TOO_SHORT = "too_short", Invalid, "Say what you want to tell.", "words"
    TOO_MANY_WORDS = (
        "too_many_words", Invalid, f"More than {WORDS_MAX} words. Between two calls nobody reads more.", "words",
    )  # fmt: skip
    PLACE_NOT_YOURS = "place_not_yours", Invalid, "Choose one of the places that you answer for.", "place"
    ACTION_NEEDS_IDEA = "action_needs_idea", Invalid, "Say which idea they should look at.", "idea"
    ACTION_NEEDS_PROMISE = "action_needs_promise", Invalid, "Say which promise they should look at.", "promise"
    NO_SUCH_IDEA = "no_such_idea", Invalid, "There is no idea of this number that you may read.", "idea"
    NO_SUCH_PROMISE = "no_such_promise", Invalid, "There is no promise of this number that you may read.", "promise"
    NO_SUCH_DEBRIEF = "no_such_debrief", Invalid, "There is no debrief of yours with this number.", "debrief"
    NOT_FOR_ALL = (
        "not_for_all", Conflict,
        "Not everybody whom you tell may read this idea. Tell only the site or employer it is from, or link nothing.",
        "idea",
    )  # fmt: skip
    NOT_YOURS = "not_yours", Refused, "Only whoever wrote it can do this."
    ALREADY_CONFIRMED = "already_confirmed", Conflict, "It has been confirmed already. Take it back to change it."
    CHANGED_SINCE = "changed_since", Conflict, "It was changed since this preview. Look at it once more, then send it."
    ONCE_A_WEEK = (
        "once_a_week", Conflict,
        "You have told everybody something this week. This one keeps, and can be sent from Monday.",
    )  # fmt: skip
    NOBODY_HEARS = "nobody_hears", Conflict, "Nobody but you works there at the moment."
    NOT_CONFIRMED = "not_confirmed", Conflict, "It has not been sent, so there is nothing to take back."
    ALREADY_TAKEN_BACK = "already_taken_back", Conflict, "It has been taken back already. Nobody heard it."
    TOLD_ALREADY = "told_already", Gone, "It is being told, so it can no longer be taken back."
    NOT_TOLD = "not_told", Conflict, "Nobody has heard it yet, so nobody has said anything to it."
    NOT_DISAGREED = "not_disagreed", Conflict, "Say first that this is not what you see."
    NOT_FOR_YOU = "not_for_you", Refused, "You were not asked about this one, so there is nothing to answer."


def count_words(text: str) -> int:
    """How many words there are, as everybody counts them: what stands between blanks."""
    return len(text.split())


def words_refusal(words: str) -> BroadcastRefusal | None:
    """Why these words cannot be told, or None."""
    if len(words.strip()) < WORDS_CHARS_MIN:
        return BroadcastRefusal.TOO_SHORT
    too_long = count_words(words) > WORDS_MAX or len(words) > WORDS_CHARS_MAX
    return BroadcastRefusal.TOO_MANY_WORDS if too_long else None


def reading_seconds(words: str) -> int:
    """How long a full read takes, in seconds, rounded up to five."""
    return max(5, 5 * -(-count_words(words) * 60 // (5 * READ_IN_A_MINUTE)))


def week_of(moment: datetime, zone: str) -> str:
    """The week of a moment on the calendar of a zone, "2026-W47" (ISO 8601): one broadcast each."""
    year, week, _ = moment.astimezone(ZoneInfo(zone)).isocalendar()
    return f"{year}-W{week:02}"


def is_for_all(
    audience: Audience,
    *,
    idea_site: int | None,
    idea_employer: int | None,
    kind: PlaceKind,
    place: int,
    employer: int | None,
) -> bool:
    """True if everybody below a place may read an idea. employer: for whom people work there, where that is one."""
    if audience is Audience.ORGANISATION:
        return True
    if kind is PlaceKind.ORGANISATION:
        return False  # partners work there too
    if audience is Audience.EMPLOYER:
        return employer is not None and employer == idea_employer
    return kind is PlaceKind.SITE and place == idea_site


def is_state(*, confirmed: bool, telling: bool, taken_back: bool) -> BroadcastState:
    """Where a broadcast stands, from the moments that its row keeps."""
    if taken_back:
        return BroadcastState.TAKEN_BACK
    if telling:
        return BroadcastState.TOLD
    return BroadcastState.UNHEARD if confirmed else BroadcastState.DRAFT


def change_refusal(*, mine: bool, state: BroadcastState) -> BroadcastRefusal | None:
    """Why a draft cannot be changed, thrown away or confirmed, or None."""
    if not mine:
        return BroadcastRefusal.NOT_YOURS
    if state is BroadcastState.TAKEN_BACK:
        return BroadcastRefusal.ALREADY_TAKEN_BACK
    return None if state is BroadcastState.DRAFT else BroadcastRefusal.ALREADY_CONFIRMED


def take_back_refusal(*, mine: bool, state: BroadcastState, due: bool) -> BroadcastRefusal | None:
    """Why it cannot be taken back, or None. due: its ten minutes are over, whether or not anybody has heard it."""
    if not mine:
        return BroadcastRefusal.NOT_YOURS
    if state is BroadcastState.DRAFT:
        return BroadcastRefusal.NOT_CONFIRMED
    if state is BroadcastState.TAKEN_BACK:
        return BroadcastRefusal.ALREADY_TAKEN_BACK
    return BroadcastRefusal.TOLD_ALREADY if due or state is BroadcastState.TOLD else None


def shown_words(count: int) -> int:
    """Of so many answers with words, how many are shown: whole threes, so that nobody who waits for the next one
    knows whose it is."""
    return count - count % WORDS_SHOWN_FROM


def audience_words(place: str, kind: PlaceKind, *, people: int, sites: int) -> str:
    """ "To all 412 people, 4 sites"; below the organisation: "To all 61 people at Leeds"."""
    everybody = "1 person" if people == 1 else f"all {people:,} people"
    if kind is PlaceKind.SITE:
        return f"To {everybody} at {place}"
    many = f", {sites} sites" if sites > 1 else ""
    return f"To {everybody}{many}" if kind is PlaceKind.ORGANISATION else f"To {everybody} at {place}{many}"


def reading_words(words: str) -> str:
    """ "About 20 seconds to read"."""
    seconds = reading_seconds(words)
    return f"About {seconds} seconds to read"
