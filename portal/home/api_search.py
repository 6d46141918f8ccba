"""The interface to search, and to ideas that look like some words."""

from collections.abc import Sequence

from flask import Response
from pydantic import Field

from portal import clock
from portal.home.search import PAGE, TEXT_CHARS_MAX, Asked, Hit, search
from portal.ideas import similar
from portal.ideas.search_models import EntryKind
from portal.ideas.search_terms import Part
from portal.ideas.words import SAY_CHARS_MAX, Barrier, Stage
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.web import api as web
from portal.web.api import AskedNumber, Line, Moment, PageAsked, Shown, Words, api, listed, page_of, shown
from portal.web.links import full

bp = api("search", "Finding what was said, added, ruled, promised and learned on shifts.")


class SearchAsked(PageAsked):
    """What to look for. A word is found in all its forms; fewer than three hits are filled up by forgiving typos."""

    limit: web.Limit = PAGE
    q: Line = Field(min_length=1, max_length=TEXT_CHARS_MAX, description="Words, or the number of an idea.")
    kind: EntryKind | None = None
    barrier: Barrier | None = None
    site: AskedNumber | None = None
    stage: Stage | None = None


class SimilarAsked(web.Asked):
    """Words that may have been said before."""

    q: Words = Field(min_length=similar.CHARS_MIN, max_length=SAY_CHARS_MAX)


class PieceShown(Shown):
    """A piece of a text; marked where it is a word that was looked for."""

    text: str
    marked: bool


class HitShown(Shown):
    """A text that was found. idea: the number of the idea that it belongs to, if it belongs to one."""

    kind: EntryKind
    number: int = Field(description="Of the idea, comment, rule, promise or insight.")
    idea: int | None
    title: list[PieceShown]
    excerpt: list[PieceShown]
    stage: Stage | None
    barrier: Barrier | None
    site: str
    at: Moment


class SimilarShown(Shown):
    """An idea that looks like the words."""

    number: int
    link: str
    title: list[PieceShown]
    stage: Stage


class SimilarList(Shown):
    """At most two, the likest first."""

    items: list[SimilarShown]


@bp.get("/search", responses={200: page_of(HitShown)})
@requires("idea.list", scope=Scope.IDEAS_READ)
def search_everything(query: SearchAsked) -> Response:
    """What holds the words, best first: all that the key's person may read, insights from shifts among it."""
    asked = Asked(query.q, query.kind, query.barrier, query.site, query.stage, query.cursor, query.limit)
    found = search(the_viewer(), asked, now=clock.now())
    return listed([_hit(hit) for hit in found.hits], found.next)


@bp.get("/ideas/similar", responses={200: SimilarList})
@requires("idea.list", scope=Scope.IDEAS_READ)
def find_similar(query: SimilarAsked) -> Response:
    """Ideas that look like these words: a vote for one of them carries further than a copy."""
    matches = similar.similar(the_viewer(), query.q)
    items = [
        SimilarShown(number=one.number, link=full(f"/ideas/{one.number}"), title=_pieces(one.title), stage=one.stage)
        for one in matches
    ]
    return shown(SimilarList(items=items))


def _hit(hit: Hit) -> HitShown:
    return HitShown(
        kind=hit.kind, number=hit.ref, idea=hit.number, title=_pieces(hit.title), excerpt=_pieces(hit.words),
        stage=hit.stage, barrier=hit.barrier, site=hit.site, at=hit.at,
    )  # fmt: skip


def _pieces(parts: Sequence[Part]) -> list[PieceShown]:
    return [PieceShown(text=part.text, marked=part.marked) for part in parts]
