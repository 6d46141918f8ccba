"""The interface to bringing earlier ideas along: rows as JSON, read, checked and written as those of a file."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from flask import Response
from pydantic import BeforeValidator, Field

from portal import clock
from portal.db import db
from portal.errors import Missing
from portal.ideas import imports
from portal.ideas.earlier_cells import VOTES_MAX
from portal.ideas.earlier_csv import PROBLEMS_KEPT
from portal.ideas.imports import EVERY_COLUMN, Choices, Look
from portal.ideas.models import IdeaImport
from portal.ideas.words import SAY_CHARS_MAX, Barrier, Kind
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Moment, NumberPath, Sent, Shown, api, shown, whole
from portal.web.limits import takes_many_rows

bp = api("earlier-ideas", "Bringing ideas along from an earlier system, by the same rules as a file.")
ROWS_MAX = 2000
# Wider than what an idea holds: a row that is too long is a row with a problem, and the others can still come.
WORDS_CHARS_MAX, CELL_CHARS_MAX = 10_000, 400
Votes = Annotated[int, Field(ge=0, le=VOTES_MAX), BeforeValidator(whole)]
# Other control characters are a problem of their row; with this one no body is read at all.
Cell = Annotated[str, Field(pattern=r"^[^\u0000]*$")]


class EarlierIdeaSent(Sent):
    """What a row of a file would say. What is left out is guessed from the words or stays empty, as in a file."""

    text: Cell = Field(
        max_length=WORDS_CHARS_MAX,
        description=f"The words, at most {SAY_CHARS_MAX:,} characters; where they are empty the title is.",
    )
    title: Cell = Field("", max_length=WORDS_CHARS_MAX)
    kind: Kind | None = None
    barrier: Barrier | None = None
    site: Cell = Field("", max_length=CELL_CHARS_MAX, description="The name of a site, or employer/site.")
    author: Cell = Field("", max_length=CELL_CHARS_MAX, description="Their e-mail address or staff number.")
    said_on: Cell = Field(
        "", max_length=CELL_CHARS_MAX, description="Such as 2024-03-05 or 2024-03-05T14:30:00Z; else it is today."
    )
    votes: Votes = Field(0, description="Shown as brought along; they never count.")
    state: Cell = Field("", max_length=CELL_CHARS_MAX, description="The word of the earlier system.")
    external_id: Cell = Field(
        "", max_length=CELL_CHARS_MAX,
        description="The number or id in the earlier system. Without it ideas are told apart by words, date and "
                    "author; of equal ones in one call the second is another idea, in another call it is the first.",
    )  # fmt: skip


class EarlierIdeasSent(Sent):
    """Rows, and how they are to be read."""

    rows: list[EarlierIdeaSent] = Field(min_length=1, max_length=ROWS_MAX)
    source: str = Field(
        imports.SOURCE, pattern="^[a-z0-9][a-z0-9-]{0,19}$",
        description="The system they come from: an id is known again within its system.",
    )  # fmt: skip
    dry_run: bool = Field(False, description="Say what the rows would do, and do nothing.")
    only_good: bool = Field(False, description="Bring the good rows and leave out the others.")
    show_names: bool = Field(False, description="Show the names of authors we know; else they are hidden.")


class EarlierIdeaProblem(Shown):
    """What is wrong with one field of one row."""

    index: int = Field(description="Which row, from 0.")
    field: str
    code: str = Field(examples=["date_unclear", "site_unknown"])
    value: str
    message: str


class EarlierIdeasShown(Shown):
    """What an import of ideas did or would do. `number` is null where nothing was kept."""

    number: int | None
    saved: bool
    applied_at: Moment | None
    source: str
    show_names: bool
    rows: int
    added: int
    already_here: int
    rows_with_problems: int
    votes: int = Field(description="All that the added ones had before.")
    authors_known: int
    authors_unknown: int
    authors_not_named: int
    maybe_personal: int = Field(
        description="Rows whose words look as if they held personal data. Everybody reads them."
    )
    first_idea: int | None = Field(description="The lowest number of an idea that it added.")
    last_idea: int | None
    warnings: list[str] = Field(description="What should be known before it is imported; empty afterwards.")
    problems: list[EarlierIdeaProblem] = Field(description=f"The first {PROBLEMS_KEPT}; not kept with an import.")


class EarlierIdeasTakenBack(Shown):
    """What came of taking an import back."""

    number: int
    taken_back: int
    stay: int = Field(description="Ideas that people have added to since: they are theirs by now.")


@bp.post("/ideas/imports", responses={200: EarlierIdeasShown, 201: EarlierIdeasShown})
@requires("idea.import", scope=Scope.IDEAS_WRITE)
@takes_many_rows
def import_ideas(body: EarlierIdeasSent) -> Response:
    """Bring up to 2,000 earlier ideas along, all or nothing (422 `rows_have_problems`); 200 is a dry run.

    The right is needed on the whole organisation. A dry run changes nothing, so an Idempotency-Key does nothing for
    it. The same rows again add nothing: a mended set can be sent again as a whole.
    """
    now, choices = clock.now(), Choices(EVERY_COLUMN, body.source, body.show_names)
    file, sheet = imports.rows_as_file(the_viewer(), [_row(sent) for sent in body.rows])
    reading, known = imports.prepare(choices, now=now)
    db.session.rollback()
    found = imports.look(file, sheet, reading, known, rows_max=ROWS_MAX)
    if body.dry_run:
        return shown(_import(imports.summary(found.checked), choices, found))

    def verb() -> EarlierIdeasShown:
        done = imports.apply_new(file, found, choices, only_good=body.only_good, now=now)
        return _import(done, choices, found, applied_at=now)

    return once(verb, status=201)


@bp.get("/ideas/imports/<int:number>", responses={200: EarlierIdeasShown})
@requires("idea.import", scope=Scope.IDEAS_READ)
def see_idea_import(path: NumberPath) -> Response:
    """What an import of ideas did, for the person who sent it; a file that still waits on a page is none yet."""
    kept: IdeaImport = imports.import_for(the_viewer(), path.number)
    if kept.applied_at is None:
        raise Missing("import")
    facts = json.loads(kept.summary) | {"import": kept.id}
    return shown(_import(facts, imports.choices_of(kept), None, applied_at=kept.applied_at))


@bp.post("/ideas/imports/<int:number>/undo", responses={200: EarlierIdeasTakenBack})
@requires("idea.import", scope=Scope.IDEAS_WRITE)
def undo_idea_import(path: NumberPath) -> Response:
    """Take back what an import of one's own brought and nobody has voted or commented on (409 `nothing_to_undo`)."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> EarlierIdeasTakenBack:
        gone, stay = imports.undo_for(viewer, path.number, now=now)
        return EarlierIdeasTakenBack(number=path.number, taken_back=gone, stay=stay)

    return once(verb)


def _row(sent: EarlierIdeaSent) -> dict[str, str]:
    return {field: str(value) for field, value in sent.model_dump().items() if value is not None}


def _import(
    facts: Mapping[str, Any], choices: Choices, found: Look | None, *, applied_at: Any = None
) -> EarlierIdeasShown:
    problems = found.checked.problems if found else []
    return EarlierIdeasShown(
        number=facts.get("import"), saved=applied_at is not None, applied_at=applied_at, source=choices.source,
        show_names=choices.show_names, rows=facts["rows"], added=facts["new"], already_here=facts["already"],
        rows_with_problems=facts["bad"], votes=facts["votes"], authors_known=facts["matched"],
        authors_unknown=facts["unmatched"], authors_not_named=facts["without_author"],
        maybe_personal=facts["personal"], first_idea=facts.get("first"), last_idea=facts.get("last"),
        warnings=found.warnings if found and applied_at is None else [],
        problems=[EarlierIdeaProblem(index=one.row, field=one.column, code=one.code, value=one.value,
                                     message=f"{one.problem}. {one.remedy}") for one in problems],
    )  # fmt: skip
