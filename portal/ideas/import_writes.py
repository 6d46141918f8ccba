"""The statements behind an import of ideas: few and large, so that a hundred thousand rows take seconds."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from portal.db import db
from portal.ideas.earlier_csv import Entry
from portal.ideas.earlier_people import Author
from portal.ideas.models import BroughtAlong, Follow, Idea, Story
from portal.ideas.words import Audience, Names, Stage, StoryKind

INSERTED_AT_ONCE = 5_000
NO_AUTHOR = "brought along from earlier ideas"  # where a colleague is named otherwise


def write(
    entries: Sequence[Entry], authors: Mapping[int, Author], *, import_id: int, show_names: bool, now: datetime
) -> list[int]:
    """Insert the ideas, the oldest first, with their stories; returns their numbers."""
    ordered = sorted(entries, key=lambda entry: (entry.said_at or now, entry.row))
    names = Names.SHOWN if show_names else Names.HIDDEN
    numbers: list[int] = []
    for start in range(0, len(ordered), INSERTED_AT_ONCE):
        some = ordered[start : start + INSERTED_AT_ONCE]
        numbers += _write(some, authors, import_id=import_id, names=names, now=now)
    # What was read into Python before no longer holds.
    db.session.expire_all()
    return numbers


def _write(
    entries: Sequence[Entry], authors: Mapping[int, Author], *, import_id: int, names: Names, now: datetime
) -> list[int]:
    connection = db.session.connection()
    rows = [_idea(entry, authors.get(entry.person_id or 0), names, now) for entry in entries]
    ideas = Idea.__table__
    made = connection.execute(insert(ideas).returning(ideas.c.id, ideas.c.source_ref), rows)  # type: ignore[arg-type]
    ids = {ref: number for number, ref in made}
    facts = json.dumps({"brought_along_on": now.astimezone(UTC).date().isoformat()})
    stories, before, follows = [], [], []
    for entry in entries:
        number, author = ids[entry.ref], authors.get(entry.person_id or 0)
        actor = author.id if author and names is Names.SHOWN else None
        stories.append({"idea_id": number, "at": entry.said_at or now, "kind": StoryKind.SAID, "actor_id": actor,
                        "words": "", "facts": facts})  # fmt: skip
        before.append({"idea_id": number, "import_id": import_id, "votes": entry.votes, "said_by": "",
                       "state": entry.state})  # fmt: skip
        if author and author.active:
            follows.append({"idea_id": number, "person_id": author.id, "since": now})
    for table, some in ((Story, stories), (BroughtAlong, before), (Follow, follows)):
        if some:
            connection.execute(insert(table.__table__), some)  # type: ignore[arg-type]
    return [ids[entry.ref] for entry in entries]


def _idea(entry: Entry, author: Author | None, names: Names, now: datetime) -> dict[str, Any]:
    origin = author.origin if author else None
    at = entry.said_at or now
    return {
        "kind": entry.kind, "say": entry.say, "title": entry.title, "barrier": entry.barrier, "stage": Stage.OPEN,
        "names": names if author else Names.NONE, "author_id": author.id if author else None,
        "audience": Audience.ORGANISATION, "employer_id": origin.employer_id if origin else None,
        "site_id": entry.site_id or (origin.site_id if origin else None),
        "team_id": origin.team_id if origin else None, "origin_label": origin.label if origin else NO_AUTHOR,
        "said_at": at, "moved_at": at, "source_ref": entry.ref,
    }  # fmt: skip
