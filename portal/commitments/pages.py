"""What the templates of promises are given: rows, groups, entries. Words come from `wording`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from markupsafe import Markup, escape

from portal.commitments import wording
from portal.commitments.page_queries import Page, Step
from portal.commitments.queries import ORDER, Board, Line
from portal.commitments.rules import FROM, CommitmentState, Course, Standing, Verb, day_in
from portal.commitments.sorting import SORTED, Column, Sort
from portal.commitments.work_rules import MEASURED_WEEKS, measured_week
from portal.ideas.words import StoryKind
from portal.keys import KEY_MAX
from portal.web.markdown import render_markdown
from portal.web.paging import capped

# Column → its label, and whether a first click puts the largest first.
HEADS = {
    Column.PROMISE: ("Promise", False), Column.OWNER: ("Owner", False), Column.DUE: ("By", False),
    Column.UPDATED: ("Last update", False), Column.WAITING: ("Waiting", True),
}  # fmt: skip


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
    """Which promises are asked for, and how they are shown."""

    state: Standing | None = None
    mine: bool = False
    after: str | None = None
    as_table: bool = False
    owner: int | None = None
    site: int | None = None
    sort: Sort = Sort()  # noqa: RUF009  a frozen value

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "Wanted":
        """From the query string; what makes no sense is left out."""
        state = args.get("state", "").replace("-", "_")
        return cls(
            state=Standing(state) if state in {name.value for name in ORDER} else None,
            mine=args.get("mine") == "1",
            after=args.get("after") or None,
            as_table=args.get("as") == "table",
            owner=_number(args.get("owner", "")),
            site=_number(args.get("site", "")),
            sort=Sort.from_word(args.get("sort", "")),
        )

    def address(self, **over: Any) -> str:
        """The address of these promises, with some of it changed."""
        now = {field.name: getattr(self, field.name) for field in fields(self)} | over
        query = {
            "state": now["state"].value.replace("_", "-") if now["state"] else "",
            "mine": "1" if now["mine"] else "",
            "owner": now["owner"],
            "site": now["site"],
            "as": "table" if now["as_table"] else "",
            "sort": now["sort"].word,
            "after": now["after"],
        }
        text = urlencode({name: value for name, value in query.items() if value})
        return f"/commitments?{text}" if text else "/commitments"

    def fields(self) -> list[tuple[str, str]]:
        """What a form that narrows these promises carries along: everything but the site."""
        return [(name, text) for name, text in parse_qsl(urlsplit(self.address(after=None, site=None)).query)]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text[:11]) <= KEY_MAX else None


def board_context(board: Board, wanted: Wanted, when: When, *, viewer_id: int, sites: Sequence[Any]) -> dict[str, Any]:
    """The context of the board of promises. sites: to choose from."""
    late = board.shown.get(Standing.OVERDUE, ())
    every_late = len(late) == board.counts[Standing.OVERDUE]
    late_in = [line.department for line in late] if every_late else []
    return {
        "summary": wording.summary(board.counts, board.lately, board.reopened, late_in),
        "sites": [(site.id, site.name, site.id == wanted.site) for site in sites],
        "hidden": wanted.fields(),
        "narrowed": _narrowed(board, wanted),
        "heads": _heads(wanted),
        "SORTED": [name.value for name in SORTED],
        "mine": wanted.mine,
        "as_table": wanted.as_table,
        "here_href": wanted.address(),
        "table_href": wanted.address(as_table=True),
        "cards_href": wanted.address(as_table=False),
        "tabs": _tabs(board, wanted),
        "groups": [
            {
                "key": name.value,
                "label": wording.GROUPS[name],
                "count": capped(board.counts[name]),
                "promises": [row(line, when, wanted, viewer_id) for line in board.shown.get(name, ())],
                "more_href": _more(name, wanted, board),
            }
            for name in ORDER
        ],
        "empty": _nothing(wanted),
    }


def _narrowed(board: Board, wanted: Wanted) -> tuple[str, str] | None:
    """Whose promises these are, as far as one is shown that says so, and the address without that; None for all."""
    if wanted.owner is None:
        return None
    lines = (line for lines in board.shown.values() for line in lines)
    name = next((line.owner for line in lines if line.owner_id == wanted.owner), "one owner")
    return name, wanted.address(owner=None, after=None)


def _heads(wanted: Wanted) -> list[tuple[str, str, str]]:
    """(label, address, order as `aria-sort` says it) of each column: a second click turns the order round."""
    heads = []
    for column, (label, backwards) in HEADS.items():
        current = wanted.sort.column is column
        next_one = Sort(column, not wanted.sort.backwards if current else backwards)
        order = ("descending" if wanted.sort.backwards else "ascending") if current else "none"
        heads.append((label, wanted.address(sort=next_one, after=None), order))
    return heads


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
    elif wanted.state or wanted.owner or wanted.site:
        words = "No promise fits this."
    else:
        words = "Nothing has been promised yet. It starts with an idea that enough people carry."
    if wanted.state or wanted.mine or wanted.owner or wanted.site:
        return {"sentence": words, "action": "See all promises", "href": "/commitments"}
    return {"sentence": words, "action": "See the board", "href": "/ideas"}


def row(line: Line, when: When, wanted: Wanted, viewer_id: int) -> dict[str, Any]:
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
        "owner_href": wanted.address(owner=line.owner_id, mine=False, after=None),
        "owner_left": line.owner_left,
        "silent": wording.silent(line.state, line.accept_by, when.now),
        "nudges": wording.count(line.nudges, "nudge") if line.nudges else None,
        "nudge_action": f"/commitments/{line.id}/nudges" if _may_nudge(line, viewer_id) else None,
    }


def _may_nudge(line: Line, viewer_id: int) -> bool:
    return line.state in FROM[Verb.NUDGE] and line.owner_id != viewer_id and not line.nudged


def promise_context(page: Page, when: When, viewer_id: int) -> dict[str, Any]:
    """The readable part of the page of one promise."""
    look = wording.look(page.line.state, page.line.standing)
    clock = wording.clock(page.line.course, page.line.standing, when.today)
    head = {
        "state_label": look.label,
        "state_tone": look.tone,
        "state_icon": look.icon,
        "clock": clock[:1].upper() + clock[1:],
        "clock_line": _clock_line(page.line.course, when.today),
        "must": _must(page, when),
        "facts": _facts(page, when),
    }
    delivered = page.delivered
    return {
        "promise": row(page.line, when, Wanted(), viewer_id) | head,
        "say": {"words": page.say, "title": page.title, "who": page.byline, "href": f"/ideas/{page.line.idea_number}"},
        "entries": [_entry(step, when) for step in page.steps],
        "delivered": delivered
        and {"live": wording.day(delivered.live_from, when.today), "sites": ", ".join(delivered.sites),
             "without": ", ".join(delivered.without), "evidence": delivered.evidence, "week": _week(page, when)},
        "work": _work(page, when),
    }  # fmt: skip


def _must(page: Page, when: When) -> str | None:
    """What whoever has it must do next, for everybody to read; None where nothing is overdue."""
    line = page.line
    if wording.silent(line.state, line.accept_by, when.now):
        return f"{line.owner} has not said whether this is theirs. {line.sponsor} has been told."
    if line.standing is Standing.OVERDUE and line.state in FROM[Verb.NUDGE]:
        return f"{line.owner} must post a new date or a reason today."
    return None


def _week(page: Page, when: When) -> str | None:
    """Where what was done is in its weeks of measuring, where it is measured at all."""
    done = page.delivered
    week = measured_week(done.live_from, when.today) if done and page.metric else None
    return f"Week {week} of {MEASURED_WEEKS}" if week and page.line.state is CommitmentState.CONFIRMED else None


def _work(page: Page, when: When) -> dict[str, Any]:
    work = page.work
    opened = {
        name: {"by": one.by, "words": one.words, "when": wording.day(day_in(when.zone, one.at), when.today)}
        for name, one in (("need", work.need), ("call", work.call)) if one is not None
    }  # fmt: skip
    done = sum(step.done_at is not None for step in work.steps)
    return {
        "steps": work.steps, "progress": f"{done} of {len(work.steps)} done" if work.steps else None,
        "need": opened.get("need"), "call": opened.get("call"), "helpers": wording.listed(work.helpers),
        "asked_me": work.asked_me, "nudged": work.nudged,
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
        "link": ("What surprised them", f"/insights/{step.facts['insight']}") if "insight" in step.facts else None,
        "when": wording.day(day_in(when.zone, step.at), when.today),
        "datetime": step.at.isoformat(timespec="seconds"),
    }
