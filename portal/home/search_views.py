"""The page of search."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Invalid
from portal.home.cards import CHIPS
from portal.home.search import TEXT_CHARS_MAX, Asked, Found, Hit, search
from portal.home.shell import board_facts
from portal.ideas.box import ask_for
from portal.ideas.search_models import EntryKind
from portal.ideas.search_queries import SCANNED
from portal.ideas.words import SAY_CHARS_MAX, Barrier, Stage
from portal.people.access import requires, the_viewer
from portal.web.forms import CONTROLS

bp = Blueprint("search", __name__)
STAGES = (Stage.OPEN, Stage.PROMOTED, Stage.PROMISED, Stage.DELIVERED, Stage.DONE, Stage.DECLINED)


@bp.get("/search")
@requires("idea.list")
def page() -> ResponseReturnValue:
    """Everything that can be found, with the words marked; without words, only the form."""
    viewer, now, facts = the_viewer(), clock.now(), board_facts()
    typed = CONTROLS.sub(" ", request.args.get("q", "")).strip()
    asked = _asked(typed)
    found = search(viewer, asked, now=now) if typed else None
    nothing = found is not None and not found.hits
    return render_template(
        "home/search.html",
        here="board",
        q=asked.text,
        found=found,
        hits=[_shown(hit) for hit in found.hits] if found else [],
        notes=_notes(found, too_long=len(typed) > TEXT_CHARS_MAX) if found else [],
        more=_address(asked, found.next) if found and found.next else None,
        filters=_filters(asked, facts.sites),
        ask=ask_for(viewer, now=now, text=typed[:SAY_CHARS_MAX]) if nothing else None,
    )


def _asked(typed: str) -> Asked:
    given = request.args
    site = given.get("site", "")
    try:
        return Asked(
            typed[:TEXT_CHARS_MAX], EntryKind(given["kind"]) if given.get("kind") else None,
            Barrier(given["barrier"]) if given.get("barrier") else None, _number(site) if site else None,
            Stage(given["stage"]) if given.get("stage") else None, given.get("after"),
        )  # fmt: skip
    except ValueError:
        raise Invalid("unknown_filter", "Search has no such filter.") from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError
    return int(text)


def _notes(found: Found, *, too_long: bool) -> list[str]:
    """What was done with the words that were typed, where it was not just what was asked for."""
    notes = []
    if found.cut or too_long:
        notes.append("That is a lot of words: we looked for the first ones only.")
    if found.instead:
        notes.append(f"Few texts hold these words as they are typed, so we also looked for “{found.instead}”.")
    if found.some:
        notes.append("Texts that hold only some of the words come last.")
    if found.newest:
        notes.append(f"Very many texts hold these words: we looked at the newest {SCANNED:,}. Add a rarer one.")
    if found.empty_handed:
        notes.append("These words are in nearly every text. Add one that is rarer.")
    return notes


def _shown(hit: Hit) -> dict[str, Any]:
    href = {
        EntryKind.IDEA: f"/ideas/{hit.number}",
        EntryKind.COMMENT: f"/ideas/{hit.number}#comment-{hit.ref}",
        EntryKind.RESULT: f"/commitments/{hit.ref}",
        EntryKind.INSIGHT: f"/insights/{hit.ref}",
    }.get(hit.kind, f"/rules/{hit.ref}")
    return {"hit": hit, "href": href, "label": ONE[hit.kind], "chip": CHIPS.get(hit.stage) if hit.stage else None}


ONE = {
    EntryKind.IDEA: "Idea", EntryKind.COMMENT: "Added to an idea", EntryKind.RULE: "Rule",
    EntryKind.RESULT: "Promise or result", EntryKind.INSIGHT: "Insight from a shift",
}  # fmt: skip


def _address(asked: Asked, after: str) -> str:
    given = {name: value for name, value in (asked.parameters | {"kind": asked.kind}).items() if value}
    return url_for("search.page", q=asked.text, after=after, **given)


def _filters(asked: Asked, sites: list[tuple[int, str]]) -> list[dict[str, Any]]:
    """name, label, what stands for all, [(value, label)], the chosen value."""
    return [
        {"name": name, "label": label, "all": all_, "options": values, "value": str(value or "")}
        for name, label, all_, values, value in (
            ("kind", "What", "Everything", [(kind.value, kind.label) for kind in EntryKind], asked.kind),
            ("barrier", "Barrier", "All barriers", [(one.value, one.label) for one in Barrier], asked.barrier),
            ("site", "Site", "All sites", [(str(number), name) for number, name in sites], asked.site),
            (
                "stage",
                "Where it stands",
                "Any stage",
                [(one.value, one.label) for one in STAGES],
                asked.stage,
            ),
        )
    ]
