"""What the templates of promises are given: rows, groups, entries. Words come from `wording`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from portal.commitments import wording
from portal.commitments.queries import ORDER, Board, Line, Page, Step
from portal.commitments.rules import Course, Standing, day_in
from portal.ideas.words import StoryKind
from portal.web.markdown import render_markdown
from portal.web.paging import capped


@dataclass(frozen=True)
class When:
    """The moment of the request and the organisation's day."""

    now: datetime
    zone: str

    @property
    def today(self) -> date:
        """The calendar day in the organisation's zone."""
        return day_in(self.zone, self.now)


@dataclass(frozen=True)
class Wanted:
    """Which promises are asked for."""

    state: Standing | None = None
    mine: bool = False
    after: str | None = None
    as_table: bool = False

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "Wanted":
        """From the query string; what makes no sense is left out."""
        state = args.get("state", "").replace("-", "_")
        return cls(
            state=Standing(state) if state in {name.value for name in ORDER} else None,
            mine=args.get("mine") == "1",
            after=args.get("after") or None,
            as_table=args.get("as") == "table",
        )

    def address(self, **over: Any) -> str:
        """The address of these promises, with some of it changed."""
        now = {"state": self.state, "mine": self.mine, "after": self.after, "as_table": self.as_table} | over
        query = {
            "state": now["state"].value.replace("_", "-") if now["state"] else "",
            "mine": "1" if now["mine"] else "",
            "as": "table" if now["as_table"] else "",
            "after": now["after"],
        }
        text = urlencode({name: value for name, value in query.items() if value})
        return f"/commitments?{text}" if text else "/commitments"


def board_context(board: Board, wanted: Wanted, when: When) -> dict[str, Any]:
    """The context of the board of promises."""
    return {
        "summary": wording.summary(board.counts, board.lately, board.reopened),
        "mine": wanted.mine,
        "as_table": wanted.as_table,
        "table_href": wanted.address(as_table=True),
        "cards_href": wanted.address(as_table=False),
        "tabs": _tabs(board, wanted),
        "groups": [
            {
                "key": name.value,
                "label": wording.GROUPS[name],
                "count": capped(board.counts[name]),
                "promises": [row(line, when) for line in board.shown.get(name, ())],
                "more_href": _more(name, wanted, board),
            }
            for name in ORDER
        ],
        "empty": _nothing(wanted),
    }


def _tabs(board: Board, wanted: Wanted) -> list[dict[str, Any]]:
    everything = sum(board.counts.values())
    tabs = [{"label": "All", "count": capped(everything), "current": wanted.state is None,
             "href": wanted.address(state=None, after=None)}]  # fmt: skip
    for name in ORDER:
        tab = {"label": wording.GROUPS[name], "count": capped(board.counts[name]), "current": wanted.state is name}
        tabs.append(tab | {"href": wanted.address(state=name, after=None)})
    return tabs


def _more(name: Standing, wanted: Wanted, board: Board) -> str | None:
    """The next page of the group; from among all groups the first page of it alone."""
    if name not in board.more:
        return None
    return wanted.address(state=name, after=board.more[name] if wanted.state is name else None)


def _nothing(wanted: Wanted) -> dict[str, str]:
    if wanted.state is Standing.OVERDUE:
        words = "Nothing is late."
    elif wanted.mine:
        words = "Nothing is promised in your name."
    elif wanted.state:
        words = "No promise is in this state."
    else:
        words = "Nothing has been promised yet. It starts with an idea that enough people carry."
    if wanted.state or wanted.mine:
        return {"sentence": words, "action": "See all promises", "href": "/commitments"}
    return {"sentence": words, "action": "See the board", "href": "/ideas"}


def row(line: Line, when: When) -> dict[str, Any]:
    """One promise in a list, as `promise_row` draws it."""
    course, today = line.course, when.today
    return {
        "sentence": line.sentence,
        "href": f"/commitments/{line.id}",
        "number": line.idea_number,
        "owner": line.owner,
        "owner_initials": wording.initials(line.owner),
        "sponsor": line.sponsor,
        "sponsor_initials": wording.initials(line.sponsor),
        "due": wording.day(course.due_on, today),
        "due_datetime": course.due_on.isoformat(),
        "state": "reopened" if line.state == "reopened" else wording.ROW_STATES.get(line.standing, line.standing.value),
        "days": wording.clock(course, line.standing, today),
        "first_due": wording.day(course.dates[0].due_on, today) if len(course.dates) > 1 else None,
        "moved": wording.moved(course),
        "update_age": wording.age(line.updated_at, when.now),
        "waiting": line.waiting or None,
        "measure": None,
    }


def promise_context(page: Page, when: When) -> dict[str, Any]:
    """The readable part of the page of one promise."""
    look = wording.look(page.line.state, page.line.standing)
    clock = wording.clock(page.line.course, page.line.standing, when.today)
    head = {
        "state_label": look.label,
        "state_tone": look.tone,
        "state_icon": look.icon,
        "clock": clock[:1].upper() + clock[1:],
        "clock_line": _clock_line(page.line.course, when.today),
        "facts": _facts(page, when),
    }
    delivered = page.delivered
    return {
        "promise": row(page.line, when) | head,
        "say": {"words": page.say, "title": page.title, "who": page.byline, "href": f"/ideas/{page.line.idea_number}"},
        "entries": [_entry(step, when) for step in page.steps],
        "delivered": delivered
        and {"live": wording.day(delivered.live_from, when.today), "sites": ", ".join(delivered.sites),
             "evidence": delivered.evidence},
    }  # fmt: skip


def _clock_line(course: Course, today: date) -> Markup:
    """Every date that was ever named, the passed-over ones struck through."""
    old = Markup("").join(Markup("<s>{}</s> ").format(wording.day(named.due_on, today)) for named in course.dates[:-1])
    now = Markup('{}<time datetime="{}">{}</time>').format(
        "now " if old else "", course.due_on.isoformat(), wording.day(course.due_on, today, weekday=True)
    )
    moved = wording.moved(course)
    return Markup("Promised by ") + old + now + escape(f", {moved}" if moved else "") + "."


def _facts(page: Page, when: When) -> list[tuple[str, str]]:
    owner = f"{page.line.owner}, {page.owner_title}" if page.owner_title else page.line.owner
    made = wording.day(day_in(when.zone, page.made_at), when.today)
    facts = [("Owner", owner), ("Promised by", f"{page.line.sponsor}, {made}")]
    facts.append(("Watching", page.metric or "Not measurable, we ask you"))
    if page.line.waiting:
        facts.append(("Waiting", wording.people(page.line.waiting)))
    return facts


def _entry(step: Step, when: When) -> dict[str, Any]:
    told = wording.telling(step.kind, step.actor, step.facts, when.today)
    is_update = step.kind is StoryKind.UPDATED
    return {
        "icon": told.icon,
        "tone": told.tone,
        "title": told.title,
        "text": told.text,
        "say": None if is_update else step.words,
        "html": render_markdown(step.words) if is_update else None,
        "when": wording.day(day_in(when.zone, step.at), when.today),
        "datetime": step.at.isoformat(timespec="seconds"),
    }
