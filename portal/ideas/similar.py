"""Ideas that say nearly the same as some words, and pairs of which somebody has said that they are not the same."""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, false, or_, select

from portal.db import db, is_postgres, table_of
from portal.errors import Invalid
from portal.ideas import meaning
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.search_models import EntryKind, NotTheSame, SearchEntry
from portal.ideas.search_queries import SIMILAR_SCANNED, docs_of, found, kept, rarest, sought
from portal.ideas.search_terms import Part, all_of, marked, terms, two_of
from portal.ideas.words import Stage
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer

CHARS_MIN = 12  # of what is typed, before anything can look like it
SHOWN_MAX = 2
READ_WORDS, RARE_WORDS = 40, 6
ALIKE = 0.28  # from which on an idea is worth a look, and
VERY_ALIKE = 0.5  # from which on we ask before we send a copy of it
SURE_WORDS, UNSURE = 3, 0.49
COMPARED = 60
PAIRS_MAX = 5
SHOWN_REMEMBERED = 4  # pairs that one new idea can be told apart from


class Match(NamedTuple):
    """An idea that looks like some words. likeness: 0 to 1; title: in pieces, with what both have marked."""

    number: int
    title: Sequence[Part]
    stage: Stage
    likeness: float


def similar(viewer: Viewer, text: str, *, most: int = SHOWN_MAX, least: float = ALIKE) -> list[Match]:
    """The ideas of others that the viewer may read and that look most like a text, the likest first.

    By the words that both have, the rarer the better; with the extra `semantic` also by what they mean.
    """
    if len(text.strip()) < CHARS_MIN:
        return []
    stems = terms(text, READ_WORDS).stems
    alike = _alike(viewer, stems) if stems else {}
    numbers = meaning.order(viewer, text, alike, most=most, least=least)
    return _matches(numbers, alike, frozenset(stems))


def similar_pairs(idea_id: int, *, viewer: Viewer, most: int = PAIRS_MAX) -> list[Match]:
    """The best candidates for putting together with an idea that the viewer may read, the likest first.

    Never one of which somebody has said that it is not the same.
    """
    idea = db.session.execute(select(Idea.title, Idea.say).where(Idea.id == idea_id)).one_or_none()
    if idea is None:
        return []
    stems, text = terms(f"{idea.title} {idea.say}", READ_WORDS).stems, f"{idea.say}"
    none = not_the_same(idea_id) | {idea_id}
    alike = _alike(viewer, stems, none=none, own=True)
    return _matches(meaning.order(viewer, text, alike, most=most, least=ALIKE, none=none), alike, frozenset(stems))


def remember_not_same(a: int, b: int, *, by: int | None, now: datetime) -> None:
    """Keep that two ideas are not the same; twice is the same as once. by: None where it would tell a hidden author.

    Raises Invalid `same_idea`.
    """
    if a == b:
        raise Invalid("same_idea", "These are not two ideas.")
    first, second = sorted((a, b))
    remember_all([{"idea_a": first, "idea_b": second, "by_id": by, "at": now}])


def remember_told_apart(number: int, shown: Collection[int], viewer: Viewer, *, by: int | None, now: datetime) -> None:
    """Keep that a new idea is none of those that were shown to its author, as far as they could be shown."""
    few = [other for other in dict.fromkeys(shown) if other < number][:SHOWN_REMEMBERED]
    if not few:
        return
    readable = db.session.scalars(select(Idea.id).where(Idea.id.in_(few), visible_to(viewer)))
    remember_all([{"idea_a": other, "idea_b": number, "by_id": by, "at": now} for other in readable])


def remember_all(rows: Sequence[dict[str, Any]]) -> None:
    """Write pairs that are not there yet."""
    if is_postgres():
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    if rows:
        db.session.execute(insert(table_of(NotTheSame)).on_conflict_do_nothing(), list(rows))


def not_the_same(idea_id: int) -> frozenset[int]:
    """The ideas of which somebody has said that they are not the same as this one."""
    pairs = select(NotTheSame.idea_a, NotTheSame.idea_b)
    rows = db.session.execute(pairs.where(or_(NotTheSame.idea_a == idea_id, NotTheSame.idea_b == idea_id)))
    return frozenset(number for row in rows for number in row if number != idea_id)


def likeness(wanted: Collection[str], other: Collection[str], weights: Mapping[str, float]) -> float:
    """The cosine between two sets of words, each weighed by how rare it is: 0 nothing in common, 1 the same words."""
    usual = max(weights.values(), default=1.0)

    def squared(words: Collection[str]) -> float:
        return sum(weights.get(word, usual) ** 2 for word in set(words))

    both = squared(set(wanted) & set(other))
    return both / math.sqrt(squared(wanted) * squared(other)) if both else 0.0


def rarity(docs: Mapping[str, int], stems: Collection[str], total: int) -> dict[str, float]:
    """Stem → weight; K. Sparck Jones, "A statistical interpretation of term specificity", 1972."""
    return {one: math.log(1 + (total + 1) / (docs.get(one, 0) + 0.5)) for one in stems}


def _alike(viewer: Viewer, stems: Sequence[str], *, none: Collection[int] = (), own: bool = False) -> dict[int, float]:
    """Idea → likeness, of those that share two of the rarest words."""
    rare = rarest(stems, docs_of(stems), RARE_WORDS)
    postgres = is_postgres()
    match = two_of(rare, postgres=postgres) if len(rare) > 2 else all_of(rare, postgres=postgres)
    if not match:
        return {}
    parameters = person_of(viewer) | sought(match, EntryKind.IDEA)
    rows = db.session.connection().execute(_statement(shape_of(viewer), own, postgres), parameters).all()
    words = {row.ref: row.stems.split() for row in rows if row.ref not in none}
    docs = docs_of(sorted({*stems, *(one for some in words.values() for one in some)}))
    weights = rarity(docs, {*stems, *docs}, max(docs.values(), default=1) * 2)
    alike = {number: _believed(likeness(stems, some, weights), stems, some) for number, some in words.items()}
    return dict(sorted(alike.items(), key=lambda pair: (-pair[1], -pair[0])))


def _believed(share: float, stems: Collection[str], other: Collection[str]) -> float:
    """Two words in common may be a coincidence, however much of two short texts they are: no reason to ask."""
    return share if len(set(stems) & set(other)) >= SURE_WORDS else min(share, UNSURE)


@lru_cache(SHAPES_KEPT)
def _statement(shape: Shape, own: bool, postgres: bool) -> Select[int, str]:
    looker = stand_in(shape)
    held = found(postgres=postgres, most=SIMILAR_SCANNED).subquery("held")
    shown = [visible_to(looker), Idea.hidden_at.is_(None), Idea.stage.not_in((Stage.WITHDRAWN, Stage.MERGED))]
    if not own:
        shown.append(or_(Idea.author_id.is_(None), Idea.author_id != looker.id))
    best = kept(held, shown, loose=false(), postgres=postgres)
    best = best.order_by(held.c.fit.desc(), held.c.entry.desc()).limit(COMPARED)
    few = best.subquery("few")
    return select(SearchEntry.ref, SearchEntry.stems).join(few, few.c.entry == SearchEntry.id)


def _matches(numbers: Sequence[int], alike: Mapping[int, float], stems: frozenset[str]) -> list[Match]:
    rows = db.session.execute(select(Idea.id, Idea.title, Idea.stage).where(Idea.id.in_(numbers))) if numbers else ()
    ideas = {row.id: row for row in rows}
    return [
        Match(number, marked(ideas[number].title, stems), ideas[number].stage, alike.get(number, 0.0))
        for number in numbers
        if number in ideas
    ]
