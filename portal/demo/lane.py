"""Team leaders in the demo: who replies first to what, and a fix of one site that another takes over.

Nothing is drawn by lot here, so that everything else stays as it is.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from portal.demo.lives import Life
from portal.errors import Conflict
from portal.ideas.queries import idea_for
from portal.people.viewer import Viewer
from portal.triage import local_fix, local_fix_queries, replies
from portal.triage.models import ReplyKind

if TYPE_CHECKING:
    from portal.demo.load import Calendar

REPLIED_AFTER, ANSWERED_AFTER = timedelta(days=2), timedelta(days=3)
WAITS_STILL = timedelta(days=9)  # what is newer still waits for somebody
UNHEARD = ("hidden", "withdrawn", "joined")
FORGOTTEN = ("under-six-minutes", "app-is-down")  # nobody has said a word, and it shows
ANSWERS = {
    "exs-consent": "I took this to the legal desk. They want to know how often it comes up, so a me too helps.",
    "dead-air": "Nobody on my team loses a point for reading. I told quality so and asked for a new sheet.",
    "one-real-router": "Logistics can spare one that failed its test. It works well enough to be looked at.",
    "twelve-characters": "Security says it was switched off after a leak in chat. I asked whether email needs it.",
}
# story: (who promises, what, promised how many days ago, due so many days after)
FIXES = {
    "flat-21": (
        "belfast-welcome-leader",
        "We put the flat in the engineer's note too, and read it back.",
        30,
        7,
    ),
    "refund-screen": (
        "leeds-billing-leader",
        "Long refunds go to two of us who keep the form on paper.",
        5,
        14,
    ),
}
DONE = "flat-21"
EVIDENCE = "Forty visits since then, and every engineer found the door."
LOOKS, ADOPTS, ADOPTS_AT = "belfast-billing-leader", "durban-appointments-leader", "durban"


def plan_lane(lives: Mapping[str, Life], calendar: "Calendar", *, now: datetime) -> None:
    """Put the first replies and the local fixes into the calendar."""
    for life in lives.values():
        said = now - timedelta(days=life.story.days_ago)
        silent = life.story.fate in UNHEARD or life.story.key in FORGOTTEN
        if silent or now - said < WAITS_STILL:
            continue
        words = ANSWERS.get(life.story.key, "")
        calendar.add(said + (ANSWERED_AFTER if words else REPLIED_AFTER), partial(_reply, life, words))
    for key, (who, sentence, days_ago, due_in) in FIXES.items():
        at = now - timedelta(days=days_ago)
        calendar.add(at, partial(_promise, lives[key], who, sentence, due_in))
        if key == DONE:
            calendar.add(at + timedelta(days=6), partial(_deliver, lives[key], who))
            calendar.add(at + timedelta(days=8), partial(_confirm, lives[key]))
            calendar.add(at + timedelta(days=18), partial(_adopt, lives[key]))


def _reply(life: Life, words: str, at: datetime) -> None:
    """The leader of the team answers, or leaves it to the votes; unless an executive was faster."""
    kind = ReplyKind.ANSWERED if words else ReplyKind.LEFT_TO_SWARM
    leader = life.crowd.cast[f"{life.story.team}-leader"]
    if life.number and not (life.author and life.author.id == leader.id):
        try:
            replies.reply(leader, idea_for(leader, life.number), kind, words, at)
        except Conflict:
            return


def _promise(life: Life, who: str, sentence: str, due_in: int, at: datetime) -> None:
    leader, due_on = life.crowd.cast[who], (at + timedelta(days=due_in)).date()
    replies.fix_here(leader, idea_for(leader, life.number), leader.site_id or 0, sentence, due_on, now=at)


def _deliver(life: Life, who: str, at: datetime) -> None:
    leader = life.crowd.cast[who]
    local_fix.deliver(leader, local_fix_queries.fix_for(leader, _first(leader, life)), at.date(), EVIDENCE, now=at)


def _confirm(life: Life, at: datetime) -> None:
    leader = life.crowd.cast[LOOKS]
    local_fix.confirm(leader, local_fix_queries.fix_for(leader, _first(leader, life)), now=at)


def _adopt(life: Life, at: datetime) -> None:
    leader, site = life.crowd.cast[ADOPTS], life.crowd.places[ADOPTS_AT]
    fix = local_fix_queries.fix_for(leader, _first(leader, life))
    local_fix.adopt(leader, fix, site.id, (at + timedelta(days=21)).date(), now=at)


def _first(viewer: Viewer, life: Life) -> int:
    return local_fix_queries.fixes_page(viewer, limit=1, idea=life.number)[0][0].id
