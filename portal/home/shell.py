"""What every page shows around its content: who is looking, where they can go, what waits for them."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, session
from sqlalchemy import func, select

from portal.db import db
from portal.people.access import current_viewer, may
from portal.people.models import Person, Place
from portal.people.queries import DEMO_ROLES
from portal.people.roles import PlaceKind
from portal.people.sessions import DEMO_ROLE
from portal.people.viewer import Viewer
from portal.rewards.queries import wallet_points_query
from portal.triage.queries import waiting_query
from portal.web.headers import nonce

NavItem = tuple[str, str, str, int | None]


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
    demo: DemoStrip | None


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


def _shell() -> Shell:
    # A page is drawn from several templates; the frame is asked for once.
    if "shell" not in g:
        viewer = current_viewer()
        g.shell = _for(viewer) if viewer else Shell([], [], [], 0, 0, _demo_strip(None, "", 0, 0))
    return g.shell


def _for(viewer: Viewer) -> Shell:
    waiting = waiting_query(viewer).scalar_subquery()
    sites = select(func.count()).where(Place.kind == PlaceKind.SITE).scalar_subquery()
    people = select(func.count(Person.id)).where(Person.deactivated_at.is_(None)).scalar_subquery()
    name = select(Place.name).where(Place.id == viewer.organisation_id).scalar_subquery()
    row = db.session.execute(select(wallet_points_query(viewer.id), waiting, name, sites, people)).one()
    points, in_triage, organisation, site_count, people_count = row
    return Shell(
        nav=_nav(viewer, in_triage),
        tabs=_tabs(viewer),
        footer=_footer(viewer),
        wallet_points=points or 0,
        triage_waiting=in_triage,
        demo=_demo_strip(viewer, organisation, site_count, people_count),
    )


def _nav(viewer: Viewer, in_triage: int) -> list[NavItem]:
    items: list[NavItem] = [("Board", "/ideas", "board", None), ("Promises", "/commitments", "promises", None)]
    if viewer.is_executive:
        items.insert(0, ("Triage", "/triage", "triage", in_triage))
    items += [("Results", "/results", "results", None), ("Metrics", "/metrics", "metrics", None)]
    if viewer.is_administrator or viewer.is_programme:
        items.append(("People", "/people", "people", None))
    return items


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
    links = [("Moderation log", "/moderation")]
    if may("ledger.see"):
        links.append(("Ledger", "/ledger"))
    return links


def _demo_strip(viewer: Viewer | None, organisation: str, sites: int, people: int) -> DemoStrip | None:
    if not current_app.config["SAYSO"].demo:
        return None
    chosen = session.get(DEMO_ROLE, "frontline")
    roles = [(value, role.label) for value, role in DEMO_ROLES.items()]
    label = dict(roles).get(chosen, "Frontline")
    line = f"{organisation}, {sites} sites, {people} people" if viewer else "No demonstration is loaded yet"
    return DemoStrip(label, roles, line)
