"""The shapes of the demo's stories. Pure.

Time is told from the day the demo is loaded: `*_days_ago` counts back from it, `*_in_days` counts ahead
(below zero means already past). People, places and ideas are referred to by key.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Partner:
    """An outsourcing company that employs the people of its sites."""

    key: str
    name: str


@dataclass(frozen=True)
class Site:
    """A building. `employer` is the key of a partner, or of the organisation for in-house sites."""

    key: str
    name: str
    code: str
    employer: str
    timezone: str
    weekly_contacts: int


@dataclass(frozen=True)
class Team:
    """People who sit together. `headcount` includes the leader and the cast members placed here."""

    key: str
    site: str
    name: str
    headcount: int


@dataclass(frozen=True)
class Person:
    """Somebody the stories mention. `place`: the key of the organisation, a partner, a site or a team."""

    key: str
    name: str
    job_title: str
    place: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class NamePool:
    """First names and surnames that are believable together. `share` of a site's people, in hundredths."""

    share: int
    first: tuple[str, ...]
    last: tuple[str, ...]


@dataclass(frozen=True)
class Effect:
    """What a delivered idea did to a metric, in the metric's unit, from its go-live at these sites.

    size: added to the weekly value; 0.0 is a change that did not show. It ends when the change is taken out.
    """

    idea: str
    sites: tuple[str, ...]
    size: float


@dataclass(frozen=True)
class Metric:
    """A weekly number per site.

    direction: "up" or "down", whichever is better. kind: mean or rate. baseline: (site, value at the start).
    noise: standard deviation of a week. trend: drift per week. answered: share of contacts behind the value.
    """

    code: str
    name: str
    unit: str
    direction: str
    decimals: int
    kind: str
    baseline: tuple[tuple[str, float], ...]
    noise: float
    trend: float
    answered: float
    effects: tuple[Effect, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Comment:
    """A build, workaround or question. An author's key means the name is shown; else `team` says whence."""

    kind: str
    text: str
    author: str | None = None
    team: str | None = None

    @property
    def names(self) -> str:
        """Who sees the name: shown or hidden."""
        return "shown" if self.author else "hidden"


@dataclass(frozen=True)
class Stop:
    """A stop signal with its reason, and the answer after which it was lifted (or kept), if there is one.

    Of an idea that was not carried, programme and the owner of its rule alone know of it, and only of harm and law.
    """

    reason: str
    sentence: str
    team: str
    answer: str = ""
    answered_by: str | None = None
    kept: bool = False


@dataclass(frozen=True)
class Decline:
    """A public no. `until_in_days` belongs to not_now, `of` (an idea's key) to duplicate."""

    reason: str
    sentence: str
    what_would_change: str
    by: str
    days_ago: int
    until_in_days: int | None = None
    of: str | None = None


@dataclass(frozen=True)
class Update:
    """What the owner told everybody on the way."""

    days_ago: int
    text: str


@dataclass(frozen=True)
class Promise:
    """Who does what by when. `accepted_days_ago` is None while the owner has not taken it on."""

    owner: str
    sponsor: str
    sentence: str
    metric: str
    days_ago: int
    due_in_days: int
    accepted_days_ago: int | None
    updates: tuple[Update, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """What was done, where and since when. was/now: a rule's wording before and after, where a rule changed.

    outcome: worked, no_change, worse, too_early; empty until the sponsor has confirmed.
    """

    live_days_ago: int
    sites: tuple[str, ...]
    note: str
    was: str = ""
    now: str = ""
    taken_out_days_ago: int | None = None
    confirmed_days_ago: int | None = None
    confirm_note: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Hiding:
    """A moderator's decision, with the reason that everybody can read in the moderation log."""

    by: str
    days_ago: int
    reason: str


@dataclass(frozen=True)
class Joining:
    """It turned out to be the same as another story. into: the key of that one; by: who saw it."""

    into: str
    by: str
    reason: str
    days_ago: int


@dataclass(frozen=True)
class Idea:
    """One thing somebody said, and everything that came of it.

    kind: stupid_rule or idea. team: where it was said. appeal: how likely a peer who sees it supports it.
    author: a cast key where the name is shown, else somebody of the team whose name is hidden.
    fate: open, gathering, promoted, declined, promised, overdue, done, confirmed, withdrawn, hidden or joined.
    """

    key: str
    kind: str
    barrier: str
    team: str
    title: str
    say: str
    days_ago: int
    appeal: float
    fate: str
    author: str | None = None
    audience: str = "organisation"
    comments: tuple[Comment, ...] = ()
    stops: tuple[Stop, ...] = ()
    promoted_days_ago: int | None = None
    decline: Decline | None = None
    promise: Promise | None = None
    delivery: Delivery | None = None
    withdrawn_days_ago: int | None = None
    withdrawn_note: str = ""
    hiding: Hiding | None = None
    joining: Joining | None = None

    @property
    def site(self) -> str:
        """The key of the site where it was said."""
        return self.team.partition("-")[0]

    @property
    def names(self) -> str:
        """Who sees the author's name: shown or hidden."""
        return "shown" if self.author else "hidden"


def build(text: str, *, author: str | None = None, team: str | None = None) -> Comment:
    """Something added to the idea."""
    return Comment("build", text, author, team)


def workaround(text: str, *, author: str | None = None, team: str | None = None) -> Comment:
    """How somebody gets round the rule today."""
    return Comment("workaround", text, author, team)


def question(text: str, *, author: str | None = None, team: str | None = None) -> Comment:
    """Something that has to be known first."""
    return Comment("question", text, author, team)
