"""Sealed pages and marks: what we made opens for whom we made it, and nothing else does."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.swarm.dealt import NUMBERS_MAX, TEXT_MAX, Deals, Page, new_page
from tests.factories import NOON

DEALS = Deals(b"k" * 32)
KEYS = st.integers(0, 2**56 - 1)


@given(KEYS, st.lists(st.integers(0, 2**31 - 1), max_size=NUMBERS_MAX), st.integers(1, 2**31 - 1), st.booleans())
def test_what_was_sealed_opens_as_it_was(key: int, numbers: list[int], viewer: int, dealt: bool) -> None:
    page = Page(key, tuple(numbers))

    text = DEALS.seal(viewer, page, dealt=dealt)

    assert len(text) <= TEXT_MAX
    assert DEALS.opened(viewer, text, dealt=dealt) == DEALS.opened(viewer, text, dealt=None) == page


def test_a_page_opens_for_nobody_else_and_as_nothing_else() -> None:
    text = DEALS.seal(7, Page(1, (3, 4)))

    assert DEALS.opened(8, text) is None
    assert DEALS.opened(7, text, dealt=False) is None
    assert Deals(b"other" * 6).opened(7, text) is None
    assert DEALS.opened(7, DEALS.seal(7, Page(1, (3, 4)), dealt=False)) is None


@given(st.text(max_size=700))
def test_any_other_text_opens_nothing(text: str) -> None:
    assert DEALS.opened(7, text) is None
    assert not DEALS.is_mark(7, 3, text)


def test_a_changed_sign_opens_nothing() -> None:
    text = DEALS.seal(7, Page(1, (3, 4)))

    for place in range(len(text) - 1):  # the last sign holds bits that mean nothing
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        assert DEALS.opened(7, changed) is None


def test_a_mark_is_for_one_person_and_one_idea() -> None:
    mark = DEALS.mark(7, 3)

    assert DEALS.is_mark(7, 3, mark)
    assert not DEALS.is_mark(8, 3, mark) and not DEALS.is_mark(7, 4, mark)
    assert not DEALS.is_mark(7, 3, None) and not DEALS.is_mark(7, 3, "")


@pytest.mark.parametrize(("hours", "fresh"), [(0, True), (24, True), (25, False), (-1, False)])
def test_a_page_is_fresh_for_a_day(hours: int, fresh: bool) -> None:
    assert new_page((1,), 5, now=NOON).is_fresh(NOON + timedelta(hours=hours)) is fresh
