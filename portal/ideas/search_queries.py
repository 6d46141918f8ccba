"""What holds the words that somebody looks for: entries of the index, newest first, and how well they fit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.sql import FromClause

from portal.db import db, is_postgres
from portal.ideas.models import Idea
from portal.ideas.search_models import EntryKind, SearchEntry, SearchStem, SearchWord, entry_id, entry_ids
from portal.ideas.search_stem import stem
from portal.ideas.search_terms import Terms, all_of, terms
from portal.ideas.search_words import best, parts_asked

SCANNED = 2_000  # entries that hold the words, of which the newest are looked at: a word may stand in all of them
BOARD_SCANNED = 2_000
SIMILAR_SCANNED = 2_000
TYPED_CHARS_MAX = 100
CORRECTED_MAX = 4  # words of one search
CANDIDATES = 200
RANGE = bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger)
MATCH = bindparam("match", type_=String)
# Written into the statement: a plan made for any words would rank every text that holds a common one. It is made of
# letters, digits and our own signs (`search_terms`).
ASKED = func.to_tsquery(literal_column("'pg_catalog.simple'"), bindparam("match", type_=String, literal_execute=True))
VECTOR: ColumnElement[Any] = literal_column("search_entries.search_vector")


def found(*, postgres: bool, most: int = SCANNED) -> Select[Any]:
    """(entry, idea_id, at, fit) of the newest entries that hold what `match` asks for; the higher the fit, the better.

    Takes the parameters of `sought`.
    """
    about = SearchEntry.id.label("entry"), SearchEntry.idea_id, SearchEntry.at
    if postgres:
        # Length counts by its logarithm, as BM25 does on the other side.
        query = select(*about, func.ts_rank(VECTOR, ASKED, 1).label("fit")).where(VECTOR.op("@@")(ASKED))
        return query.where(SearchEntry.id.between(*RANGE)).order_by(SearchEntry.id.desc()).limit(most)
    number = literal_column("rowid", Integer)
    held = (
        select(number.label("entry"), literal_column("-bm25(search_fts)").label("fit"))
        .select_from(text("search_fts"))
        .where(text("search_fts MATCH :match").bindparams(MATCH), number.between(*RANGE))
        .order_by(text("rowid DESC"))
        .limit(most)
        .subquery("matched")
    )
    return select(*about, held.c.fit).join(held, held.c.entry == SearchEntry.id)


def kept(
    held: Any, conditions: Sequence[ColumnElement[bool]], *, loose: ColumnElement[bool], postgres: bool
) -> Select[Any]:
    """(entry, at, fit) of those of `held` whose idea fits the conditions. loose: which of those without an idea too."""
    alone = and_(held.c.idea_id.is_(None), loose)
    columns = held.c.entry, held.c.at, held.c.fit
    if not postgres:
        query = select(*columns).outerjoin(Idea, Idea.id == held.c.idea_id)
        fits = and_(*conditions)
        return query.where(or_(alone, fits))
    # One look for each: a join would read all ideas, as the planner thinks little of looking up two thousand.
    idea = select(literal(1).label("fits")).where(Idea.id == held.c.idea_id, *conditions).offset(0).lateral("idea")
    query = select(*columns).select_from(held.outerjoin(idea, true()))
    return query.where(or_(alone, idea.c.fits.is_not(None)))


def sought(match: str, kind: EntryKind | None) -> dict[str, Any]:
    """The parameters of `found`: what to match, among the entries of which kind."""
    first, last = entry_ids(kind)
    return {"match": match, "first": first, "last": last}


def ideas_holding(words: str) -> Select[int]:
    """The ids of the newest ideas that hold all the words, for an IN; of signs alone, those that hold them as typed."""
    wanted, postgres = terms(words), is_postgres()
    match = all_of(wanted.stems, postgres=postgres)
    if not match:
        return _as_typed(words)
    asked = sought(match, EntryKind.IDEA)
    holding: FromClause = found(postgres=postgres, most=BOARD_SCANNED).params(**asked).subquery("holding")
    return select(holding.c.entry - entry_id(EntryKind.IDEA, 0))


def _as_typed(words: str) -> Select[int]:
    """No index knows signs, and words that stand in every text: the newest ideas are read for them."""
    typed = words.strip()[:TYPED_CHARS_MAX]
    newest = select(Idea.id, Idea.title, Idea.say).order_by(Idea.id.desc()).limit(BOARD_SCANNED).subquery("newest")
    holds = (column.icontains(typed, autoescape=True) for column in (newest.c.title, newest.c.say))
    return select(newest.c.id).where(or_(*holds) if typed else false())


def says(words: str) -> ColumnElement[bool]:
    """The condition on `Idea` for a search on the board: every word in title or words, or the idea's number."""
    number = words.lstrip("#")
    holding = Idea.id.in_(ideas_holding(words))
    if number.isascii() and number.isdigit() and len(number) <= 9:
        return or_(Idea.id == int(number), holding)
    return holding


def docs_of(stems: Sequence[str]) -> dict[str, int]:
    """Stem → in about how many texts it stands; those that stand in none are left out."""
    rows = db.session.execute(select(SearchStem.stem, SearchStem.docs).where(SearchStem.stem.in_(stems)))
    return {row.stem: row.docs for row in rows}


def rarest(stems: Sequence[str], docs: dict[str, int], most: int) -> list[str]:
    """The stems that stand in the fewest texts; those that are in no list yet may be new words, but only half of it."""
    new = [one for one in stems if one not in docs][: most // 2]
    known = sorted((one for one in stems if one in docs), key=lambda one: (docs[one], one))
    return (new + known)[:most]


def corrected(wanted: Terms) -> Terms:
    """The same words, with those that stand in no text put right where a word that does is near. Two queries."""
    docs = docs_of(wanted.stems)
    unknown = [word for one, word in zip(wanted.stems, wanted.words, strict=True) if one not in docs][:CORRECTED_MAX]
    if not unknown:
        return wanted
    asked = {part: word for word in unknown for part in parts_asked(word)}
    rows = db.session.execute(select(SearchWord.part, SearchWord.word).where(SearchWord.part.in_(sorted(asked))))
    near: dict[str, set[str]] = {}
    for part, word in rows:
        near.setdefault(asked[part], set()).add(word)
    known = docs_of(sorted({stem(word) for words in near.values() for word in words}))
    right = {word: best(word, words, known) or word for word, words in near.items()}
    words = tuple(right.get(word, word) for word in wanted.words)
    return Terms(tuple(stem(word) for word in words), words, wanted.cut)
