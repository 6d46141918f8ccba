"""What became of an insight, and what a list of them can be narrowed to. Pure."""

from enum import StrEnum

from portal.ideas.words import Stage

QUERY_CHARS_MAX = 100
QUERY_WORDS_MAX = 6


class Became(StrEnum):
    """Where what came of an insight stands now."""

    GATHERING = "gathering"  # an idea on the board
    WITH_EXECUTIVES = "with_executives"
    PROMISED = "promised"
    DONE = "done"
    NOT_DOING = "not_doing"
    NOTED = "noted"  # a note: it stays what it is

    @property
    def label(self) -> str:
        """As people read it."""
        return LABELS[self]


LABELS = {
    Became.GATHERING: Stage.OPEN.label, Became.WITH_EXECUTIVES: Stage.PROMOTED.label,
    Became.PROMISED: Stage.PROMISED.label, Became.DONE: Stage.DONE.label, Became.NOT_DOING: Stage.DECLINED.label,
    Became.NOTED: "Noted",
}  # fmt: skip
STAGES: dict[Became, tuple[Stage, ...]] = {
    Became.GATHERING: (Stage.OPEN, Stage.MERGED),
    Became.WITH_EXECUTIVES: (Stage.PROMOTED,),
    Became.PROMISED: (Stage.PROMISED, Stage.DELIVERED),
    Became.DONE: (Stage.DONE,),
    Became.NOT_DOING: (Stage.DECLINED, Stage.WITHDRAWN),
    Became.NOTED: (),
}
LOOKS = {
    Became.GATHERING: ("", "talk"), Became.WITH_EXECUTIVES: ("honey", "rise"), Became.PROMISED: ("blue", "flag"),
    Became.DONE: ("green", "check"), Became.NOT_DOING: ("", "no"), Became.NOTED: ("", "talk"),
}  # fmt: skip


def became(stage: Stage | None) -> Became:
    """What became of it. stage: of its idea, None for a note."""
    if stage is None:
        return Became.NOTED
    return next(one for one, stages in STAGES.items() if stage in stages)


def words_of(text: str) -> list[str]:
    """The words to look for, at most six."""
    return text.split()[:QUERY_WORDS_MAX]
