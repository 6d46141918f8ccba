"""Figures by group, without telling of a small one: groups too small to be shown are shown together. Pure.

A group left out alone could be worked out from the total, so at least two are put together, and as many as it takes
for GROUP_MIN people.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.people.roles import GROUP_MIN


@dataclass(frozen=True, slots=True)
class Group:
    """People of one place, and how many of them are what: one number for each question."""

    label: str
    people: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """What may be shown. total: None where fewer than GROUP_MIN are all there are, and then there are no groups."""

    total: Group | None
    groups: tuple[Group, ...] = ()


def grouped(groups: Iterable[Group], *, others: str) -> Grouped:
    """The groups by label, small ones together under `others` at the end."""
    found = sorted((one for one in groups if one.people), key=lambda one: (-one.people, one.label))
    if sum(one.people for one in found) < GROUP_MIN:
        return Grouped(None)
    large = [one for one in found if one.people >= GROUP_MIN]
    small = found[len(large) :]
    while small and large and (len(small) == 1 or sum(one.people for one in small) < GROUP_MIN):
        small.append(large.pop())
    shown = sorted(large, key=lambda one: one.label)
    return Grouped(together(found, "Everybody"), (*shown, together(small, others)) if small else tuple(shown))


def together(groups: Iterable[Group], label: str) -> Group:
    """Several groups as one."""
    all_of = list(groups)
    parts = tuple(sum(column) for column in zip(*(one.parts for one in all_of), strict=True))
    return Group(label, sum(one.people for one in all_of), parts)
