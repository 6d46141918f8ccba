"""How large a generated firm is to be, and what is refused. Pure."""

from dataclasses import dataclass

from portal.errors import Invalid

PEOPLE = (20, 200_000)
IDEAS = (10, 1_000_000)
VOTES = (0, 20_000_000)
DAYS = (1, 3_650)
SHARE_MAX = 0.2  # of all pairs of a person and an idea: beyond it everybody would have judged nearly everything


@dataclass(frozen=True)
class Size:
    """People, ideas, votes cast (changed ones included) and the days over which it all happened."""

    people: int
    ideas: int
    votes: int
    days: int
    seed: int = 7

    @classmethod
    def read(
        cls, people: int | None, ideas: int | None, votes: int | None, days: int | None, *, seed: int
    ) -> "Size | None":
        """The size from the options that were given, the others in proportion; None where none was given.

        Raises Invalid `too_many_votes`.
        """
        if people is None and ideas is None and votes is None and days is None:
            return None
        people = people or max(100, min(20_000, (ideas or (votes or 100_000) // 20) // 5))
        ideas = ideas or people * 5
        most = int(people * ideas * SHARE_MAX)
        if votes is not None and votes > most:
            raise Invalid("too_many_votes", f"{people:,} people and {ideas:,} ideas take at most {most:,} votes.")
        return cls(people, ideas, min(ideas * 20, most) if votes is None else votes, days or 365, seed)
