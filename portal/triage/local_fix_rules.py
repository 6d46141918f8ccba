"""What a site may do with its own promise. The life of a promise is that of `commitments.rules`; this adds the site.

Pure: facts in, a named refusal or None out.
"""

from dataclasses import dataclass
from datetime import date

from portal.commitments import rules as promises
from portal.commitments.rules import Actor, CommitmentState, NewPromise, PromiseFacts, Verb
from portal.commitments.words import PromiseRefusal
from portal.errors import Conflict, Invalid, Refusal, Refused
from portal.triage.reply_rules import WAITING_STAGES


class LocalFixRefusal(Refusal):
    """Why something cannot be done with a local fix. The value is the stable code."""

    OWN_IDEA = "own_idea", Refused, "You said this one yourself, so somebody else promises to fix it."
    NOT_YOUR_SITE = (
        "not_your_site", Invalid,
        "Choose a site that you lead. What is fixed elsewhere is promised by the people there.", "site",
    )  # fmt: skip
    NOT_WITH_THE_SWARM = (
        "not_with_the_swarm", Conflict,
        "This idea is answered for everybody, so nothing is promised for one site alone.",
    )  # fmt: skip
    ALREADY_HERE = "already_here", Conflict, "This site has promised something about this idea already."
    NOT_OFFERED = (
        "not_offered", Conflict,
        "Nothing can be taken over yet: it is offered to other sites once a second person has confirmed it.",
    )  # fmt: skip
    NOT_A_CONFIRMER = (
        "not_a_confirmer", Refused,
        "Another team leader of this site, an executive or programme looks whether it is done.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FixFacts:
    """What decides whether something may be promised for a site. leads: the viewer leads or directs that site."""

    stage: str
    leads: bool
    hidden: bool = False
    own: bool = False
    here: bool = False  # the site has promised something about it already


def promise_refusal(facts: FixFacts, promise: NewPromise, today: date) -> Refusal | None:
    """Why this cannot be promised for the site, or None: the site's reasons first, then those of every promise."""
    if facts.own:
        return LocalFixRefusal.OWN_IDEA
    return _site_refusal(facts) or promises.promise_refusal(promise, today)


def adopt_refusal(facts: FixFacts, state: CommitmentState, promise: NewPromise, today: date) -> Refusal | None:
    """Why a fix that is in `state` elsewhere cannot be taken over for the site, or None."""
    if state is not CommitmentState.CONFIRMED:
        return LocalFixRefusal.NOT_OFFERED
    return _site_refusal(facts) or promises.promise_refusal(promise, today)


def verb_refusal(verb: Verb, promise: PromiseFacts, actor: Actor) -> Refusal | None:
    """Why this person cannot do this with the fix as it stands, or None. answers: leads the site or stands above."""
    refused = promises.refusal(verb, promise, actor)
    return LocalFixRefusal.NOT_A_CONFIRMER if refused is PromiseRefusal.NOT_A_CONFIRMER else refused


def _site_refusal(facts: FixFacts) -> LocalFixRefusal | None:
    if not facts.leads:
        return LocalFixRefusal.NOT_YOUR_SITE
    if facts.hidden or facts.stage not in WAITING_STAGES:
        return LocalFixRefusal.NOT_WITH_THE_SWARM
    return LocalFixRefusal.ALREADY_HERE if facts.here else None
