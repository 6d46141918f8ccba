"""The rules of a generated firm that ended: each kept promise about a stupid rule has killed it, as in `ideas`.

What `portal.ideas.rule_record_verdicts.settle_by_promise` writes for one, as rows for all of them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.demo import bulk_words as words
from portal.demo.bulk_answers import Promise
from portal.demo.bulk_rows import Batch
from portal.demo.bulk_years import Years
from portal.ideas import rule_record_models as records
from portal.ideas.guess import title_of
from portal.ideas.rule_record_verdicts import PROMISE_KEPT
from portal.ideas.rule_record_words import LegalBasis, RuleState, VerdictKind
from portal.ideas.words import Audience, Kind


@dataclass(frozen=True)
class Killed:
    """A rule and the promise that did away with it. place: of the employer or site it was for, where it was for one."""

    id: int
    promise: Promise
    text: Any
    place: int | None

    @property
    def audience(self) -> Audience:
        """For whom it held."""
        return self.promise.talk.audience


def killed(years: Years) -> list[Killed]:
    """The rules that went, in the order in which it was confirmed."""
    kept = sorted((one for one in years.answers.rows.promises if one.live is not None), key=lambda one: one.updated)
    ended = {promise.talk.id for promise in kept}
    rng = random.Random(f"{years.size.seed}:words")  # the same words as the ideas were said in
    said = ((talk.id, words.said(rng)) for talk in years.talks)
    texts = {number: text for number, text in said if number in ended}
    found: list[Killed] = []
    for promise in kept:
        talk, text = promise.talk, texts[promise.talk.id]
        place = {Audience.EMPLOYER: talk.employer, Audience.SITE: talk.site}.get(talk.audience)
        known = place or talk.audience is Audience.ORGANISATION
        if text.kind is Kind.STUPID_RULE and talk.hidden < 0 and known:
            found.append(Killed(len(found) + 1, promise, text, place))
    return found


def rules(years: Years) -> Iterator[Batch]:
    """Records, the ideas that name them, and verdicts."""
    found, moment = killed(years), years.moment
    yield records.RuleRecord, (
        "id", "title", "says", "barrier", "owner_id", "legal_basis", "scope", "employer_id", "state", "verdicts",
        "decided_at", "version", "named_at",
    ), (_record(one, moment(one.promise.updated)) for one in found), len(found)  # fmt: skip
    sites = [one for one in found if one.audience is Audience.SITE]
    rows = ((n, one.id, one.place) for n, one in enumerate(sites, 1))
    yield records.RuleSite, ("id", "rule_id", "site_id"), rows, len(sites)
    names = ((one.id, one.id, one.promise.talk.id, moment(one.promise.updated)) for one in found)
    yield records.RuleIdea, ("id", "rule_id", "idea_id", "at"), names, len(found)
    changes = ((one.id, one.id, moment(one.promise.updated), "named", title_of(one.text.say)) for one in found)
    yield records.RuleChange, ("id", "rule_id", "at", "fact", "new"), changes, len(found)
    verdicts = (
        (one.id, one.id, 1, VerdictKind.KILLED, one.promise.sponsor, moment(one.promise.updated), one.promise.live,
         one.text.say, one.promise.sentence, PROMISE_KEPT)
        for one in found
    )  # fmt: skip
    yield records.RuleVerdict, ("id", "rule_id", "number", "kind", "by_id", "at", "effective_on", "old_wording",
                                "new_wording", "reason"), verdicts, len(found)  # fmt: skip


def _record(one: Killed, at: Any) -> tuple[Any, ...]:
    title, say = title_of(one.text.say), one.text.say
    return (
        one.id, title, say, one.text.barrier, one.promise.owner, LegalBasis.UNKNOWN, one.audience,
        one.place if one.audience is Audience.EMPLOYER else None, RuleState.KILLED, 1, at, 1, at,
    )  # fmt: skip
