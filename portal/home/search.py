"""Search over ideas, what was added to them, rules, promises with their results, and insights, for one viewer.

First everything that holds all the words, in any form. Where that is less than three texts, words that stand nowhere
are put right and the search is run again; what holds only some of the words comes last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, bindparam, cast, false, func, or_, select, true
from sqlalchemy.orm import aliased

from portal.db import db, is_postgres
from portal.frontline.insight_search import note_of_entry
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.rule_record_search import rule_of_entry
from portal.ideas.search_index import GONE
from portal.ideas.search_models import EntryKind, SearchEntry, entry_id
from portal.ideas.search_queries import CANDIDATES, SCANNED, corrected, docs_of, found, kept, rarest, sought
from portal.ideas.search_terms import Part, Terms, all_of, any_of, marked, snippet, terms, two_of
from portal.ideas.words import Barrier, Stage
from portal.people.models import Place
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
from portal.web.paging import Wide, decode_cursor, encode_cursor

FEW = 3  # texts; with fewer, words are forgiven more
PAGE = 20
TEXT_CHARS_MAX = 200
RARE_WORDS = 6
FRESH_DAYS, OLD_WEIGHT = 365, 0.6  # what is old counts for so much; half of the rest is gone after a year
ALL_WORDS, SOME_WORDS = 2_000_000.0, 0.0  # what holds all the words stands before what holds some

NAMES = ("barrier", "site", "stage")


class Filters(NamedTuple):
    """Which filters are set: what decides the form of the statement."""

    barrier: bool
    site: bool
    stage: bool


@dataclass(frozen=True)
class Asked:
    """What somebody looks for."""

    text: str
    kind: EntryKind | None = None
    barrier: Barrier | None = None
    site: int | None = None
    stage: Stage | None = None
    after: str | None = None
    limit: int = PAGE

    @property
    def filters(self) -> Filters:
        """Which filters are set."""
        return Filters(*(value is not None for value in (self.barrier, self.site, self.stage)))

    @property
    def parameters(self) -> dict[str, Any]:
        """What the filters are set to."""
        return {"barrier": self.barrier, "site": self.site, "stage": self.stage}


@dataclass(frozen=True)
class Hit:
    """A text that was found. title and words come in pieces, those that were looked for marked."""

    kind: EntryKind
    ref: int
    number: int | None  # of its idea
    title: Sequence[Part]
    words: Sequence[Part]
    stage: Stage | None
    barrier: Barrier | None
    site: str
    at: datetime


@dataclass(frozen=True)
class Found:
    """The hits of one page, best first. instead: the words that were searched for in place of mistyped ones.

    cut: only the first of many words were looked for. empty_handed: there was no word to look for.
    some: hits hold only some of the words. newest: SCANNED texts or more hold the words, the newest were looked at.
    """

    hits: Sequence[Hit]
    next: str | None = None
    instead: str = ""
    cut: bool = False
    some: bool = False
    empty_handed: bool = False
    newest: bool = False


class Ranked(NamedTuple):
    """Candidates, the words that they were found by in the end, and what `Found` says of how they were."""

    ranked: list["Candidate"]
    sought: Terms
    some: bool
    newest: bool


class Candidate(NamedTuple):
    """An entry that may be shown, and how well it fits."""

    score: float
    id: int


def search(viewer: Viewer, asked: Asked, *, now: datetime) -> Found:
    """One page of what the viewer may read and fits; raises Invalid `bad_cursor`. Two queries; more where few fit."""
    wanted, after = terms(asked.text), decode_cursor(asked.after, float, Wide)
    named = _named(viewer, asked)
    if not wanted.stems and not named:
        return Found([], cut=wanted.cut, empty_handed=True)
    ranked, sought, some, newest = _ranked(viewer, asked, wanted, now)
    ranked = sorted({one.id: one for one in ranked}.values(), reverse=True)
    if after:
        ranked = [one for one in ranked if one < Candidate(*after)]
    elif named:
        ranked = [Candidate(2 * ALL_WORDS, named), *(one for one in ranked if one.id != named)]
    page = ranked[: asked.limit]
    following = encode_cursor(*page[-1]) if len(ranked) > asked.limit else None
    stems = frozenset((*wanted.stems, *sought.stems))
    hits = [_hit(row, stems) for row in _rows([one.id for one in page])]
    instead = " ".join(sought.words) if sought != wanted and hits else ""
    return Found(hits, following, instead, wanted.cut, some and bool(hits), newest=newest)


def _ranked(viewer: Viewer, asked: Asked, wanted: Terms, now: datetime) -> Ranked:
    postgres = is_postgres()
    ranked, newest = _candidates(viewer, asked, all_of(wanted.stems, postgres=postgres), ALL_WORDS, now)
    if len(ranked) >= FEW or not wanted.stems:
        return Ranked(ranked, wanted, False, newest)
    right = corrected(wanted)
    if right != wanted:
        more, common = _candidates(viewer, asked, all_of(right.stems, postgres=postgres), ALL_WORDS / 2, now)
        ranked, newest = ranked + more, newest or common
    if len(ranked) >= FEW or len(right.stems) == 1:
        return Ranked(ranked, right, False, newest)
    rare = rarest(right.stems, docs_of(right.stems), RARE_WORDS)
    match = two_of(rare, postgres=postgres) if len(rare) > 2 else any_of(rare, postgres=postgres)
    more, _ = _candidates(viewer, asked, match, SOME_WORDS, now)
    known = {one.id for one in ranked}
    ranked += [one for one in more if one.id not in known]
    return Ranked(ranked, right, bool(more), newest)


def _candidates(viewer: Viewer, asked: Asked, match: str, bonus: float, now: datetime) -> tuple[list[Candidate], bool]:
    """What may be shown, and whether these words stand in so many texts that the newest alone were looked at."""
    if not match:
        return [], False
    statement = _statement(shape_of(viewer), asked.filters, is_postgres())
    parameters = person_of(viewer) | asked.parameters | sought(match, asked.kind)
    rows = db.session.connection().execute(statement, parameters).all()
    shown = [row for row in rows if row.entry is not None]
    ranked = [Candidate(bonus + row.fit * _weight((now - row.at).days), row.entry) for row in shown]
    return ranked, rows[0].looked_at >= SCANNED


def _weight(days: int) -> float:
    return OLD_WEIGHT + (1 - OLD_WEIGHT) * 0.5 ** (max(days, 0) / FRESH_DAYS)


@lru_cache(SHAPES_KEPT)
def _statement(shape: Shape, filters: Filters, postgres: bool) -> Select[Any]:
    # Counted whoever may read them: it says how common a word is, as the lists of words do for corrections.
    held = found(postgres=postgres).cte("held")
    counted = select(func.count().label("looked_at")).select_from(held).subquery("counted")
    columns = zip(filters, (Idea.barrier, Idea.site_id, Idea.stage), NAMES, strict=True)
    wanted = [column == bindparam(name, type_=column.type) for on, column, name in columns if on]
    rules = rule_of_entry(stand_in(shape), held.c.entry)
    loose = false() if wanted else or_(note_of_entry(held.c.entry), rules)
    query = kept(held, [*_readable(shape), *wanted], loose=loose, postgres=postgres)
    best = query.order_by(held.c.fit.desc(), held.c.entry.desc()).limit(CANDIDATES).subquery("best")
    return select(counted.c.looked_at, best.c.entry, best.c.at, best.c.fit).select_from(counted.outerjoin(best, true()))


def _readable(shape: Shape) -> list[ColumnElement[bool]]:
    """What hangs on an idea is for those who may read the idea; never what is hidden, taken back or elsewhere now."""
    return [visible_to(stand_in(shape)), Idea.hidden_at.is_(None), Idea.stage.not_in(GONE)]


def _named(viewer: Viewer, asked: Asked) -> int | None:
    """The entry of the idea whose number was typed, or of the one that it has joined."""
    number = asked.text.strip().lstrip("#")
    if (
        not (number.isascii() and number.isdigit() and len(number) <= 9)
        or any(asked.filters)
        or asked.kind not in (None, EntryKind.IDEA)
    ):
        return None
    parameters = person_of(viewer) | {"number": int(number)}
    return db.session.connection().execute(_by_number(shape_of(viewer)), parameters).scalar_one_or_none()


@lru_cache(SHAPES_KEPT)
def _by_number(shape: Shape) -> Select[int]:
    typed = aliased(Idea)
    now = select(func.coalesce(typed.merged_into_id, typed.id)).where(typed.id == bindparam("number", type_=Integer))
    entry = cast(Idea.id, BigInteger) + entry_id(EntryKind.IDEA, 0)
    return select(entry).where(Idea.id == now.scalar_subquery(), *_readable(shape))


def _rows(ids: Sequence[int]) -> list[Any]:
    query = (
        select(
            SearchEntry.id, SearchEntry.kind, SearchEntry.ref, SearchEntry.idea_id, SearchEntry.at, SearchEntry.title,
            SearchEntry.text, Idea.title.label("idea_title"), Idea.stage, Idea.barrier, Place.name.label("site"),
        )
        .outerjoin(Idea, Idea.id == SearchEntry.idea_id)
        .outerjoin(Place, Place.id == Idea.site_id)
        .where(SearchEntry.id.in_(ids))
    )  # fmt: skip
    rows = {row.id: row for row in db.session.execute(query)} if ids else {}
    return [rows[number] for number in ids if number in rows]


def _hit(row: Any, stems: frozenset[str]) -> Hit:
    title = row.title or row.idea_title or ""
    words = "" if row.text.strip() == title.strip() else row.text
    return Hit(
        row.kind, row.ref, row.idea_id, marked(title, stems), snippet(words, stems), row.stage, row.barrier,
        row.site or "", row.at,
    )  # fmt: skip
