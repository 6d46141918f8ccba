"""Which figures are hidden, so that no hidden one can be worked out from those that are shown. Pure.

Groups form a tree: what a group counts is the sum of what its parts count. Who knows a sum and all but one of its
parts knows the last part too. Hiding the small groups alone is therefore not enough: wherever a sum is shown, at
least two of its parts must be hidden and stand for at least GROUP_MIN people together; and where a sum is hidden, one
of its parts must be. In a tree this is also sufficient: with two unknowns in every equation, a solution can be moved
along a path of unknowns without changing anything that is shown.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from portal.people.roles import GROUP_MIN


@dataclass(frozen=True)
class Group:
    """A group of people. parent: the group whose figure is the sum (None at the top).

    people: how many; None where nobody in particular is behind it, so that it is never hidden for being small.
    """

    key: Hashable
    parent: Hashable | None
    people: int | None


@dataclass
class _Tree:
    groups: Mapping[Hashable, Group]
    parts: dict[Hashable, list[Group]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for group in self.groups.values():
            if group.parent is not None:
                self.parts.setdefault(group.parent, []).append(group)


def hidden(
    groups: Iterable[Group],
    kept_back: Collection[Hashable] = (),
    *,
    dear: Collection[Hashable] = (),
    smallest: int = GROUP_MIN,
) -> frozenset[Hashable]:
    """The keys of the groups whose figures are not shown.

    kept_back: groups that are hidden for another reason than their size. dear: groups that are hidden with another
    one only where nothing else would do. Groups without people and without a figure should be left out before.
    """
    tree = _Tree({group.key: group for group in groups})
    gone = {key for key, group in tree.groups.items() if _is_small(group, smallest) or key in kept_back}
    while more := _next(tree, gone, dear, smallest):
        gone.add(more.key)
    return frozenset(gone)


def _is_small(group: Group, smallest: int) -> bool:
    return group.people is not None and group.people < smallest


def _next(tree: _Tree, gone: set[Hashable], dear: Collection[Hashable], smallest: int) -> Group | None:
    """Another group to hide, or None when nothing can be worked out any more."""
    for key, parts in tree.parts.items():
        without = [part for part in parts if part.key in gone]
        left = [part for part in parts if part.key not in gone]
        if key in gone:
            if not without and left:
                return _smallest(left, dear)
        elif without and (len(without) < 2 or sum(part.people or 0 for part in without) < smallest):
            return _smallest(left, dear) if left else tree.groups[key]
    return None


def _smallest(groups: Iterable[Group], dear: Collection[Hashable]) -> Group:
    """The one whose figure is missed least. What stands for nobody comes last: it protects nobody."""
    return min(groups, key=lambda one: (one.people is None, one.key in dear, one.people or 0, str(one.key)))
