"""Reading the blind sample. Before one's own answer nothing tells where an idea comes from or what others said."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, select

from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import said_below, visible_to
from portal.keys import KEY_MAX
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.swarm.sampling_models import BlindAnswer, BlindItem, BlindSample
from portal.swarm.sampling_rules import Answer, Share, majority, wilson
from portal.web.paging import cut, decode_cursor

RESULTS_MAX = 24  # months


@dataclass(frozen=True)
class BlindLine:
    """An idea of the sample for one executive. The last four are None until they have answered it themselves.

    promoted: the swarm had carried it. others: what others answered, in the order of `Answer`.
    """

    number: int
    title: str
    say: str
    barrier: Any
    answer: Answer | None
    idea: int | None = None
    promoted: bool | None = None
    others: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class BlindPage:
    """The newest sample for one executive; month None where there is none yet."""

    month: str | None
    lines: list[BlindLine]

    @property
    def left(self) -> int:
        """How many they have not answered."""
        return sum(line.answer is None for line in self.lines)


@dataclass(frozen=True)
class SampleResult:
    """What one sample (or all of them: month None) says.

    missed: ideas that wait on the board and that most executives would take up. false: carried ones that most would
    not. unsure: ideas on which they are even. unanswered: ideas on which nobody has said anything. people: how many
    executives answered. waits: the viewer has not answered all of it, and sees nothing of it until then.
    """

    number: int
    month: str
    drawn_at: datetime
    seed: str
    open_ideas: int
    missed: Share | None
    false: Share | None
    unsure: int
    unanswered: int
    people: int
    waits: bool

    @property
    def month_words(self) -> str:
        """ "March 2026"."""
        return f"{date.fromisoformat(f'{self.month}-01'):%B %Y}"


def newest_sample(viewer: Viewer) -> BlindPage:
    """The newest sample, as far as it belongs to what the viewer answers for, in its mixed order."""
    sample = db.session.execute(select(BlindSample).order_by(BlindSample.id.desc()).limit(1)).scalar_one_or_none()
    if sample is None:
        return BlindPage(None, [])
    rows = db.session.execute(_items(viewer).where(BlindItem.sample_id == sample.id).order_by(BlindItem.place)).all()
    said = _answers([row.id for row in rows])
    return BlindPage(sample.month, [_line(row, said[row.id], viewer) for row in rows])


def line_for(viewer: Viewer, item: int) -> BlindLine:
    """One idea of a sample, as in `newest_sample`; raises Missing."""
    row = item_for(viewer, item)
    return _line(row, _answers([row.id])[row.id], viewer)


def item_for(viewer: Viewer, item: int) -> Row:
    """An idea of a sample that the viewer may assess; raises Missing."""
    query = _items(viewer).where(BlindItem.id == item)
    found = db.session.execute(query).one_or_none() if 0 < item <= KEY_MAX else None
    if found is None:
        raise Missing("idea of the sample")
    return found


def results(
    viewer: Viewer, *, limit: int = RESULTS_MAX, cursor: str | None = None
) -> tuple[Sequence[SampleResult], str | None]:
    """What each sample says about ideas below the node of the viewer's programme role, the newest first."""
    query = select(BlindSample).order_by(BlindSample.id.desc())
    if after := decode_cursor(cursor, int):
        query = query.where(BlindSample.id < after[0])
    samples, following = cut(db.session.scalars(query.limit(limit + 1)).all(), limit, lambda one: (one.id,))
    below = or_(false(), *(said_below(path) for path in viewer.scope(Role.PROGRAMME)))
    wanted = BlindItem.sample_id.in_([sample.id for sample in samples]), below
    columns = BlindItem.id, BlindItem.sample_id, BlindItem.promoted, _assessable(viewer).label("mine")
    rows = db.session.execute(select(*columns).join(Idea, Idea.id == BlindItem.idea_id).where(*wanted)).all()
    said = _answers([row.id for row in rows])
    of: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        of[row.sample_id].append(row)
    return [_result(sample, of[sample.id], said, viewer) for sample in samples], following


def _items(viewer: Viewer) -> Select:
    columns = BlindItem.id, BlindItem.idea_id, BlindItem.promoted, Idea.title, Idea.say, Idea.barrier
    return select(*columns).join(Idea, Idea.id == BlindItem.idea_id).where(_assessable(viewer))


def _assessable(viewer: Viewer) -> ColumnElement[bool]:
    """What belongs to the node where the viewer is an executive, and is not their own idea."""
    below = or_(false(), *(said_below(path) for path in viewer.scope(Role.EXECUTIVE)))
    own = and_(Idea.author_id.is_not(None), Idea.author_id == viewer.id)
    return and_(visible_to(viewer), below, ~own)


def _answers(items: Sequence[int]) -> dict[int, dict[int, Answer]]:
    found: dict[int, dict[int, Answer]] = defaultdict(dict)
    query = select(BlindAnswer.item_id, BlindAnswer.person_id, BlindAnswer.answer)
    for row in db.session.execute(query.where(BlindAnswer.item_id.in_(items))):
        found[row.item_id][row.person_id] = row.answer
    return found


def _line(row: Row, said: dict[int, Answer], viewer: Viewer) -> BlindLine:
    mine = said.get(viewer.id)
    if mine is None:
        return BlindLine(row.id, row.title, row.say, row.barrier, None)
    others = [answer for person, answer in said.items() if person != viewer.id]
    counts = others.count(Answer.YES), others.count(Answer.NO), others.count(Answer.UNSURE)
    return BlindLine(row.id, row.title, row.say, row.barrier, mine, row.idea_id, row.promoted, counts)


def _result(
    sample: BlindSample, rows: Sequence[Row], said: dict[int, dict[int, Answer]], viewer: Viewer
) -> SampleResult:
    facts: dict[str, Any] = {"number": sample.id, "month": sample.month, "drawn_at": sample.at, "seed": sample.seed,
             "open_ideas": sample.open_ideas}  # fmt: skip
    people = {person for row in rows for person in said[row.id]}
    if any(row.mine and viewer.id not in said[row.id] for row in rows):
        return SampleResult(**facts, missed=None, false=None, unsure=0, unanswered=0, people=0, waits=True)
    verdicts = [(row.promoted, majority(said[row.id].values())) for row in rows if said[row.id]]
    return SampleResult(
        **facts, missed=_share(verdicts, Answer.YES, promoted=False), false=_share(verdicts, Answer.NO, promoted=True),
        unsure=sum(verdict is Answer.UNSURE for _, verdict in verdicts),
        unanswered=len(rows) - len(verdicts), people=len(people), waits=False,
    )  # fmt: skip


def _share(verdicts: Sequence[tuple[bool, Answer]], hit: Answer, *, promoted: bool) -> Share:
    """Over ideas, not answers: several answers about one idea are not independent of each other."""
    sure: list[Answer] = [
        verdict for carried, verdict in verdicts if carried is promoted and verdict is not Answer.UNSURE
    ]
    return wilson(sure.count(hit), len(sure))
