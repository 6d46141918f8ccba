"""What every page shows around its content: who is looking, where they can go, what waits for them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, session
from sqlalchemy import Select, bindparam, literal, select

from portal import clock
from portal.home import facts, waiting
from portal.home.facts import Facts
from portal.home.waiting import Waits
from portal.notices.queries import unread_query
from portal.outbox.clock_guard import OPEN_COUNT
from portal.people.access import current_viewer, may
from portal.people.queries import DEMO_ROLES
from portal.people.roles import Role
from portal.people.sessions import DEMO_ROLE
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
from portal.rewards.queries import wallet_points_query
from portal.statements import run
from portal.triage.queries import waiting_query
from portal.web.headers import nonce
from portal.web.paging import capped

NavItem = tuple[str, str, str, str | None]


@dataclass(frozen=True)
class DemoStrip:
    """The line that says nothing here is real, and as whom one is looking."""

    role_label: str
    roles: list[tuple[str, str]]
    place_line: str


@dataclass(frozen=True)
class Shell:
    """The frame of a page."""

    nav: list[NavItem]  # label, address, key, count
    tabs: list[tuple[str, str, str, str, str]]  # label, address, icon, key, class
    footer: list[tuple[str, str]]
    wallet_points: int
    triage_waiting: int
    unread: str  # counted no further than a list shows; empty for none
    demo: DemoStrip | None
    clock_asks: bool = False  # for administrators: the worker holds what is periodic
    waits: Waits | None = None


def init_shell(app: Flask) -> None:
    """Give every template the frame, the nonce and the theme."""

    @app.context_processor
    def _frame() -> dict[str, Any]:
        theme = request.cookies.get("theme")
        return {
            "viewer": current_viewer(),
            "shell": _shell(),
            "csp_nonce": nonce(),
            "theme": theme if theme in ("light", "dark") else None,
            "may": may,
        }


def board_facts() -> Facts:
    """What is the same for everybody: read with the frame, in one query."""
    _shell()
    return g.board_facts


def _shell() -> Shell:
    # A page is drawn from several templates; the frame is asked for once.
    if "shell" not in g:
        viewer = current_viewer()
        g.shell = _for(viewer) if viewer else Shell([], [], [], 0, 0, "", _demo_strip(None))
    return g.shell


def _for(viewer: Viewer) -> Shell:
    now = clock.now()
    parameters = person_of(viewer) | {"wallet": f"person:{viewer.id}"} | waiting.parameters(now)
    row = run(_statement(shape_of(viewer)), parameters).one()
    g.board_facts = found = facts.from_row(row.facts, now=now)
    return Shell(
        nav=_nav(viewer, row.waiting),
        tabs=_tabs(viewer),
        footer=_footer(viewer),
        wallet_points=row.points,
        triage_waiting=row.waiting,
        unread=capped(row.unread) if row.unread else "",
        demo=_demo_strip(found),
        clock_asks=bool(row.clock_asks),
        waits=waiting.of_row(row, viewer, now=now),
    )


@lru_cache(SHAPES_KEPT)
def _statement(shape: Shape) -> Select:
    """Wallet, what waits in triage (for executives), a clock that asks (for administrators), what is unread, what is
    to be confirmed or checked, and the facts of the board: the one query of the frame."""
    viewer = stand_in(shape)
    in_triage = waiting_query(viewer).scalar_subquery() if viewer.is_executive else literal(0)
    asks = OPEN_COUNT.scalar_subquery() if viewer.is_administrator else literal(0)
    points = wallet_points_query(bindparam("wallet"))
    unread = unread_query().scalar_subquery()
    read = facts.READ.scalar_subquery()
    one, columns = waiting.first_of_each(viewer)
    frame = points.label("points"), in_triage.label("waiting"), asks.label("clock_asks"), unread.label("unread")
    return select(*frame, read.label("facts"), *columns).select_from(one)


def _nav(viewer: Viewer, in_triage: int) -> list[NavItem]:
    items: list[NavItem] = [("Board", "/ideas", "board", None), ("Promises", "/commitments", "promises", None)]
    if viewer.is_executive:
        items.insert(0, ("Triage", "/triage", "triage", capped(in_triage) if in_triage else None))
    if viewer.holds(Role.TEAM_LEADER) or _of_a_site(viewer):
        items.append(("My team", "/team", "team", None))
    items += [
        ("Results", "/results", "results", None), ("Metrics", "/metrics", "metrics", None),
        ("Shifts", "/shifts", "shifts", None),
    ]  # fmt: skip
    if viewer.is_executive:
        items.append(("Insights", "/insights", "insights", None))
    if viewer.is_programme:
        items.append(("How we answer", "/programme", "programme", None))
    if viewer.is_administrator or viewer.is_programme:
        items.append(("People", "/people", "people", None))
    return items


def _of_a_site(viewer: Viewer) -> bool:
    """Executive or programme of a site or partner, not of everything."""
    top = f"/{viewer.organisation_id}/"
    return any(path != top for path in viewer.scope(Role.EXECUTIVE, Role.PROGRAMME))


def _tabs(viewer: Viewer) -> list[tuple[str, str, str, str, str]]:
    first = (
        ("Triage", "/triage", "inbox", "triage", "")
        if viewer.is_executive
        else ("Board", "/ideas", "board", "board", "")
    )
    last = (
        ("Board", "/ideas", "board", "board", "")
        if viewer.is_executive
        else ("Wallet", "/wallet", "gift", "wallet", "")
    )
    return [
        first,
        ("Promises", "/commitments", "flag", "promises", ""),
        ("Say it", "/ideas/new", "plus", "say", "add"),
        last,
        ("Me", "/me", "user", "me", ""),
    ]


def _footer(viewer: Viewer) -> list[tuple[str, str]]:
    links = [
        ("Search", "/search"), ("How we answer", "/programme"), ("Shifts", "/shifts"), ("Insights", "/insights"),
        ("Broadcasts", "/broadcasts"), ("Representatives", "/representatives"),
        ("What may I say now?", "/rules/now"), ("Rules", "/rules"),
        ("Moderation log", "/moderation"), ("Rewards", "/rewards"), ("Thanks", "/thanks"),
    ]  # fmt: skip
    if may("lane.see"):
        links.append(("First replies", "/team"))
    if may("ledger.see"):
        links.append(("Ledger", "/ledger"))
    return links


def _demo_strip(found: Facts | None) -> DemoStrip | None:
    if not current_app.config["SAYSO"].demo:
        return None
    chosen = session.get(DEMO_ROLE, "frontline")
    roles = [(value, role.label) for value, role in DEMO_ROLES.items()]
    label = dict(roles).get(chosen, "Frontline")
    line = (
        f"{found.organisation}, {len(found.sites)} sites, {found.people} people"
        if found
        else "No demonstration is loaded yet"
    )
    return DemoStrip(label, roles, line)
