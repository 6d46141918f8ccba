"""The card view: what needs one's view, one idea at a time, for a thumb and without JavaScript."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from portal.home.board import listing
from portal.home.cards import Card, cards_of
from portal.home.facts import Facts
from portal.home.wanted import FEED_PAGE, Wanted
from portal.people.viewer import Viewer
from portal.swarm.dealt import Deals, Page
from portal.swarm.rules import VoteKind

ADDRESS = "/ideas/next"
TOLD = {
    VoteKind.SUPPORT: "You said me too to:",
    VoteKind.STRONG: "You would help to try:",
    VoteKind.PASS: "You said not me to:",
    VoteKind.STOP: "You sent a stop signal on:",
}


@dataclass(frozen=True)
class Undo:
    """The decision just made. address: where one is once it is taken back."""

    number: int
    words: str
    title: str
    address: str


@dataclass(frozen=True)
class CardView:
    """One place of a page of eight. card: None behind the last one. before, after: addresses of its neighbours."""

    card: Card | None
    place: int
    size: int
    before: str | None
    here: str
    after: str | None
    undo: Undo | None

    @property
    def progress(self) -> str:
        """Where one is, in words."""
        return f"{self.place} of {self.size}"


def load(viewer: Viewer, deals: Deals, sealed: str, at: int, *, now: datetime, facts: Facts) -> CardView:
    """The card in place `at`, counted from 0, of a sealed page; of a new one where there is none."""
    page = deals.opened(viewer.id, sealed)
    if page is None or not page.numbers:
        found = listing(viewer, Wanted(show=FEED_PAGE), now=now, facts=facts, deals=deals)
        return _view(found.cards, found.sealed, 0)
    return _view(_cards(viewer, page, deals, facts), sealed, at)


def _cards(viewer: Viewer, page: Page, deals: Deals, facts: Facts) -> list[Card]:
    numbers = page.numbers[:FEED_PAGE]
    came = {number: deals.mark(viewer.id, number) for number in numbers}
    return cards_of(viewer, numbers, facts, came=came)


def _view(cards: list[Card], sealed: str, at: int) -> CardView:
    def address(place: int) -> str:
        return f"{ADDRESS}?{urlencode({'dealt': sealed, 'at': place})}"

    size = len(cards)
    at = min(at, size)
    behind = at >= size
    last = cards[at - 1] if at else None
    undo = None
    if last is not None and last.vote is not None and not last.closed:
        undo = Undo(last.number, TOLD[VoteKind(last.vote)], last.title, address(at - 1))
    return CardView(
        card=None if behind else cards[at], place=at + 1, size=size, before=address(at - 1) if at else None,
        here=address(at), after=None if behind else address(at + 1), undo=undo,
    )  # fmt: skip
