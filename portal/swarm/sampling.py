"""The monthly blind sample: drawing it, and taking what executives say about it."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from portal.db import db, insert_if_new
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.people.viewer import Viewer
from portal.swarm.models import Promotion
from portal.swarm.sampling_models import BlindAnswer, BlindItem, BlindSample
from portal.swarm.sampling_queries import item_for
from portal.swarm.sampling_rules import DRAWN, Answer, SampleRefusal, draw, mixed

LATELY = timedelta(days=31)  # carried since then, where fewer wait for an answer than are drawn


def draw_sample(month: str, *, now: datetime, seed: str | None = None) -> int | None:
    """Draw ten ideas that wait on the board and up to ten that the swarm carried; returns the sample's id.

    month: "2026-03". None where the month has its sample already, or where nothing waits on the board.
    seed: random where none is given; the same seed draws the same from the same ideas.
    """
    waiting = _numbers(Idea.stage == Stage.OPEN)
    if not waiting:
        return None
    seed = seed or secrets.token_hex(16)
    values = {"month": month, "seed": seed, "at": now, "open_ideas": len(waiting)}
    sample_id = insert_if_new(BlindSample, values, key=("month",))
    if sample_id is None:
        return None
    carried = _carried(now)
    drawn = dict.fromkeys(draw(waiting, seed), False)
    drawn |= dict.fromkeys(draw(carried, f"{seed}:carried"), True)
    rows = [
        {"sample_id": sample_id, "idea_id": number, "place": place, "promoted": drawn[number]}
        for place, number in enumerate(mixed(drawn, seed), start=1)
    ]
    db.session.execute(insert(BlindItem), rows)
    return sample_id


def assess(viewer: Viewer, item: int, answer: Answer, *, now: datetime) -> None:
    """Say whether one would take an idea of the sample up. Raises Missing, and Conflict `already_said`."""
    found = item_for(viewer, item)
    values = {"item_id": found.id, "person_id": viewer.id, "answer": answer, "at": now}
    if insert_if_new(BlindAnswer, values, key=("item_id", "person_id")) is None:
        raise SampleRefusal.ALREADY_SAID.as_error()


def _carried(now: datetime) -> Sequence[int]:
    """Ideas that wait for an answer; where these are few, also those carried in the last month."""
    waiting = _numbers(Idea.stage == Stage.PROMOTED, Idea.carried.is_(False))
    if len(waiting) >= DRAWN:
        return waiting
    lately = select(Promotion.idea_id).where(Promotion.at > now - LATELY, Promotion.carried.is_(False))
    return _numbers(Idea.stage.not_in((Stage.OPEN, Stage.WITHDRAWN)), Idea.id.in_(lately), also=waiting)


def _numbers(*wanted: object, also: Sequence[int] = ()) -> Sequence[int]:
    query = select(Idea.id).where(Idea.hidden_at.is_(None), *wanted)  # type: ignore[arg-type]
    return sorted({*db.session.scalars(query), *also})
