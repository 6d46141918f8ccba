"""Mails about merging: to the authors of both ideas and to whoever follows the one that joined.

Everybody gets a mail of their own, in which no author is named: a hidden author is one reader among others.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from portal.db import db, writing
from portal.ideas.models import Follow, Idea, Story, StoryUndone
from portal.ideas.words import StoryKind
from portal.notices import mail
from portal.outbox import service as outbox
from portal.outbox.service import Claimed
from portal.people.models import Origin, Person
from portal.swarm.merge_models import Merge, MergeMove, MergeUndo
from portal.swarm.merging import MERGED, UNMERGED

TELL = "notices.merge"
TOO_LATE = timedelta(days=3)


def tell_everybody(message: Claimed, now: datetime) -> None:
    """Leave a message for each reader, so that one address that fails does not hold up the others."""
    merge_id, undone = message.payload["merge"], message.topic == UNMERGED
    with writing():
        made = db.session.get(Merge, merge_id)
        if made and not undone and _taken_back(made):
            return
        for person in _readers(made) if made else ():
            facts = {"merge": merge_id, "person": person, "undone": undone}
            key = f"{TELL}:{message.event_id}:{person}"
            outbox.emit(TELL, facts, now=now, unique_key=key)


def tell(message: Claimed, now: datetime) -> None:
    """One mail; for people without an address do nothing."""
    if now - message.created_at > TOO_LATE:
        return
    facts = message.payload
    row, to = _merge(facts["merge"]), db.session.get(Person, facts["person"])
    if row is None or to is None or not to.active or not to.email or to.origin is Origin.DEMO:
        return
    what = "stands on its own again" if facts["undone"] else f"has joined number {row.into_id}"
    given: dict[str, Any] = {"name": to.name, "undone": facts["undone"], "merge": row}
    text, html = _drawn("merge.txt", **given), _drawn("merge.html", **given)
    mail.send(to.email, f"Number {row.from_id} {what}", text, html, event_id=message.event_id, now=now)


def _taken_back(made: Merge) -> bool:
    """Taken apart before anybody was told of it: nobody ever is."""
    told = StoryUndone.story_id == Story.id, Story.idea_id == made.from_id, Story.at >= made.at
    taken = select(Story.id).join(StoryUndone, told[0]).where(*told[1:], Story.kind == StoryKind.MERGED)
    return db.session.scalars(taken.limit(1)).first() is not None and db.session.get(MergeUndo, made.id) is not None


def _readers(made: Merge) -> list[int]:
    """The authors of both, and those whose following came along or was there already."""
    both = Idea.id.in_((made.from_id, made.into_id)), Idea.author_id.is_not(None)
    came = MergeMove.merge_id == made.id, MergeMove.kind == "follow"
    people = set(db.session.scalars(select(Idea.author_id).where(*both)))
    people |= set(db.session.scalars(select(MergeMove.row_id).where(*came)))
    people |= set(db.session.scalars(select(Follow.person_id).where(Follow.idea_id == made.from_id)))
    return sorted(person for person in people if person is not None and person != made.by_id)


def _merge(merge_id: int) -> Row | None:
    one, into = aliased(Idea), aliased(Idea)
    columns = Merge.from_id, Merge.into_id, Merge.reason, one.title.label("title"), into.title.label("into_title")
    query = select(*columns).join(one, one.id == Merge.from_id).join(into, into.id == Merge.into_id)
    shown = one.hidden_at.is_(None), into.hidden_at.is_(None)  # hidden meanwhile: its words are not sent around
    return db.session.execute(query.where(Merge.id == merge_id, *shown)).one_or_none()


def _drawn(template: str, **facts: Any) -> str:
    # As in `people_mails`: outside of a request there is no viewer, nonce or theme to fill in.
    base_url = current_app.config["SAYSO"].base_url
    return current_app.jinja_env.get_template(f"email/{template}").render(base_url=base_url, **facts)


HANDLERS = {MERGED: tell_everybody, UNMERGED: tell_everybody, TELL: tell}
