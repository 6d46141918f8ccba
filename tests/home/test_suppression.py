"""No hidden figure can be worked out from those that are shown."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.home.suppression import Group, hidden
from portal.people.roles import GROUP_MIN

TOP = Group("all", None, 100)


def site(key: str, people: int | None, parent: str = "all") -> Group:
    return Group(key, parent, people)


@pytest.mark.parametrize(
    ("groups", "gone"),
    [
        ([site("a", 40), site("b", 60)], set()),
        ([site("a", 4), site("b", 36), site("c", 60)], {"a", "b"}),  # the sum would tell the one small site
        ([site("a", 4), site("b", 5), site("c", 91)], {"a", "b", "c"}),  # together the two are still too few
        ([site("a", 6), site("b", 7), site("c", 87)], {"a", "b"}),
        ([site("a", 4), site("b", None)], {"a", "b", "all"}),
        ([site("a", 4)], {"a", "all"}),
        ([site("a", 12), site("b", None)], set()),
    ],
)
def test_small_groups_go_with_their_complement(groups: list[Group], gone: set[str]) -> None:
    assert hidden([TOP, *groups]) == gone


def test_an_employer_kept_back_takes_a_site_with_it_and_another_employer() -> None:
    groups = [TOP, site("house", 60), site("partner", 40), site("h1", 30, "house"), site("h2", 30, "house"),
              site("p1", 20, "partner"), site("p2", 20, "partner")]  # fmt: skip

    gone = hidden(groups, {"partner", "p1", "p2"})

    assert gone == {"partner", "p1", "p2", "house", "h1"}


def test_what_is_dear_is_hidden_last() -> None:
    groups = [TOP, site("a", 40), site("b", 20), site("c", 40)]

    assert hidden(groups, {"a"}) == {"a", "b"}
    assert hidden(groups, {"a"}, dear={"b"}) == {"a", "c"}


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[Group], set[str]]:
    """A top, employers, sites below some of them, and some that are kept back."""
    people = st.one_of(st.none(), st.integers(0, 40))
    groups = [Group("all", None, draw(st.integers(0, 200)))]
    for employer in range(draw(st.integers(1, 4))):
        groups.append(Group(f"e{employer}", "all", draw(people)))
        groups += [Group(f"s{employer}.{n}", f"e{employer}", draw(people)) for n in range(draw(st.integers(0, 4)))]
    return groups, set(draw(st.lists(st.sampled_from([group.key for group in groups]), max_size=3)))


@settings(deadline=None, max_examples=150)
@given(trees())
def test_no_hidden_figure_can_be_worked_out(tree: tuple[list[Group], set[str]]) -> None:
    groups, kept_back = tree

    gone = hidden(groups, kept_back)

    small = {group.key for group in groups if group.people is not None and group.people < GROUP_MIN}
    assert small | kept_back <= gone
    assert {key for key in gone if is_determined(groups, gone, key)} == set()


@settings(deadline=None, max_examples=150)
@given(trees())
def test_what_two_shown_figures_differ_by_stands_for_enough_people(tree: tuple[list[Group], set[str]]) -> None:
    groups, kept_back = tree

    gone = hidden(groups, kept_back)

    for parent in groups:
        parts = [group for group in groups if group.parent == parent.key and group.key in gone]
        if parts and parent.key not in gone:
            assert len(parts) >= 2 and sum(part.people or 0 for part in parts) >= GROUP_MIN


def is_determined(groups: list[Group], gone: frozenset[object], key: object) -> bool:
    """Whether the equations (a group is the sum of its parts) leave one value for a hidden figure: by elimination."""
    unknown = [group.key for group in groups if group.key in gone]
    rows = []
    for parent in {group.parent for group in groups if group.parent is not None}:
        row = [Fraction(0)] * len(unknown)
        for place, name in enumerate(unknown):
            group = next(one for one in groups if one.key == name)
            row[place] = Fraction(1) if group.parent == parent else Fraction(-1 if name == parent else 0)
        rows.append(row)
    with_it = [*rows, [Fraction(int(name == key)) for name in unknown]]
    return rank(rows) == rank(with_it)


def rank(rows: list[list[Fraction]]) -> int:
    left, found = [row[:] for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left[found:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(found, pivot)
        for row in left[found + 1 :]:
            factor = row[column] / pivot[column]
            for place in range(len(row)):
                row[place] -= factor * pivot[place]
        found += 1
    return found
