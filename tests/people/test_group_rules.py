"""Figures by group: nothing about fewer than ten people, neither shown nor to be worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.people.group_rules import Group, grouped
from portal.people.roles import GROUP_MIN


def shown(*sizes: int) -> tuple[int | None, list[tuple[str, int]]]:
    found = grouped([Group(f"Site {n}", size, (size // 2,)) for n, size in enumerate(sizes)], others="Others")
    return found.total.people if found.total else None, [(one.label, one.people) for one in found.groups]


@pytest.mark.parametrize(
    ("sizes", "total", "groups"),
    [
        ((), None, []),
        ((9,), None, []),
        ((10,), 10, [("Site 0", 10)]),
        ((5, 5), 10, [("Others", 10)]),
        ((4, 5), None, []),
        ((30, 20), 50, [("Site 0", 30), ("Site 1", 20)]),
        ((30, 20, 3), 53, [("Site 0", 30), ("Others", 23)]),  # the 3 alone could be worked out
        ((30, 20, 6, 7), 63, [("Site 0", 30), ("Site 1", 20), ("Others", 13)]),
        ((30, 20, 3, 4), 57, [("Site 0", 30), ("Others", 27)]),
        ((30, 3), 33, [("Others", 33)]),
        ((30, 0), 30, [("Site 0", 30)]),
    ],
)
def test_small_groups_are_together_with_a_complement(
    sizes: tuple[int, ...], total: int | None, groups: list[tuple[str, int]]
) -> None:
    assert shown(*sizes) == (total, groups)


@given(st.lists(st.integers(0, 40), max_size=8))
def test_no_figure_is_about_fewer_than_ten_and_all_of_them_add_up(sizes: list[int]) -> None:
    total, groups = shown(*sizes)

    assert all(people >= GROUP_MIN for _, people in groups)
    assert sum(people for _, people in groups) == (total or 0)
    if any(label == "Others" for label, _ in groups):
        inside = len([size for size in sizes if size]) - (len(groups) - 1)
        assert inside >= 2
