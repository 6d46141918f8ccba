"""Telling everybody for whom a rule holds that it went or changed, a few hundred people at a time.

Whoever hears of the verdict through an idea that names the rule is not told again: both go by the same event. The
bulletin itself is what everybody confirms; a newcomer finds it waiting without a notice.
"""

from collections.abc import Callable
from datetime import datetime

from portal.db import db, writing
from portal.ideas.bulletin_models import Bulletin
from portal.ideas.bulletin_queries import PEOPLE_AT_ONCE, people_behind
from portal.ideas.bulletin_service import TOLD
from portal.ideas.rule_record_models import RuleRecord
from portal.notices.moments import Moment
from portal.notices.outcomes import event_of_verdict
from portal.notices.service import notify
from portal.outbox import service as outbox
from portal.outbox.service import Claimed

RUN_MAX = 6_000  # people in one run of the handler, which holds a lease; a message goes on from there


def tell(message: Claimed, now: datetime) -> None:
    """Tell the next people; nobody once another verdict has taken its place. Twice tells nobody twice."""
    last: int | None = message.payload.get("after", 0)
    for _ in range(RUN_MAX // PEOPLE_AT_ONCE):
        with writing():
            last = _tell_some(message.payload["bulletin"], last or 0, now=now)
        if last is None:
            return
    with writing():
        rest = {"bulletin": message.payload["bulletin"], "after": last}
        outbox.emit(TOLD, rest, now=now, unique_key=f"{TOLD}:{rest['bulletin']}:{last}")


def _tell_some(number: int, after: int, *, now: datetime) -> int | None:
    told = db.session.get(Bulletin, number, populate_existing=True)
    if told is None or told.superseded_at is not None:
        return None
    rule = db.session.get_one(RuleRecord, told.rule_id, populate_existing=True)
    people = people_behind(told, rule, after, most=PEOPLE_AT_ONCE)
    if people:
        notify(
            people, Moment.BULLETIN, title=_title(told, rule), path=f"/bulletins/{told.id}", words=_words(told),
            event_id=event_of_verdict(told.rule_id, told.at), now=now, happened_at=told.at,
        )  # fmt: skip
    return people[-1] if len(people) == PEOPLE_AT_ONCE else None


def _title(told: Bulletin, rule: RuleRecord) -> str:
    return f"{'Corrected' if told.corrects else told.kind.label}: {rule.title}"


def _words(told: Bulletin) -> str:
    since = f"From {told.effective_on:%-d %B %Y}" if told.effective_on else "Now"
    holds = f"“{told.new_wording}”" if told.new_wording else "The rule is gone."
    return f"Until then: “{told.old_wording}”\n{since}: {holds}"


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {TOLD: tell}
