"""Who may do what with an idea until when, and how its origin reads."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.errors import Conflict, Gone, Missing, Refused
from portal.ideas import rules
from portal.ideas.rules import (
    STAGE_MOVES,
    Action,
    CommentRefusal,
    EditRefusal,
    IdeaFacts,
    ModerationRefusal,
    MoveRefusal,
    Refusal,
    Sorting,
    SortRefusal,
    TextFacts,
    WithdrawRefusal,
    comment_refusal,
    comment_withdraw_refusal,
    edit_refusal,
    moderation_refusal,
    move_refusal,
    origin_label,
    report_refusal,
    sort_refusal,
    withdraw_refusal,
)
from portal.ideas.words import Audience, Stage
from tests.factories import NOON

LEEDS, BELFAST, DURBAN = 3, 4, 5
HARBOUR, BRIGHTLINE = 1, 2
FRESH = IdeaFacts(Stage.OPEN, NOON, site_id=LEEDS, employer_id=HARBOUR)
QUIET = TextFacts(hidden=False, withdrawn=False, open_reports=0)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("idea", "is_author", "after", "expected"),
    [
        (FRESH, True, minutes(0), None),
        (FRESH, True, minutes(15) - timedelta(seconds=1), None),
        (FRESH, True, minutes(15), EditRefusal.OVER),
        (FRESH, False, minutes(1), EditRefusal.NOT_YOURS),
        (replace(FRESH, first_vote_at=NOON + minutes(2)), True, minutes(3), EditRefusal.VOTED),
        (replace(FRESH, stage=Stage.PROMOTED), True, minutes(3), EditRefusal.VOTED),
        (replace(FRESH, stage=Stage.WITHDRAWN), True, minutes(3), EditRefusal.WITHDRAWN),
        (replace(FRESH, stage=Stage.MERGED), True, minutes(3), EditRefusal.MERGED),
    ],
)
def test_words_may_be_edited_for_a_while(idea, is_author, after, expected) -> None:  # type: ignore[no-untyped-def]
    assert edit_refusal(idea, is_author=is_author, now=NOON + after) is expected


def test_the_author_may_withdraw_until_promotion() -> None:
    assert withdraw_refusal(FRESH, is_author=True) is None
    assert withdraw_refusal(replace(FRESH, first_vote_at=NOON), is_author=True) is None
    assert withdraw_refusal(FRESH, is_author=False) is WithdrawRefusal.NOT_YOURS
    assert withdraw_refusal(replace(FRESH, stage=Stage.WITHDRAWN), is_author=True) is WithdrawRefusal.WITHDRAWN
    assert withdraw_refusal(replace(FRESH, stage=Stage.MERGED), is_author=True) is WithdrawRefusal.MERGED
    for stage in set(Stage) - {Stage.OPEN, Stage.WITHDRAWN, Stage.MERGED}:
        assert withdraw_refusal(replace(FRESH, stage=stage), is_author=True) is WithdrawRefusal.CARRIED


@pytest.mark.parametrize(
    ("idea", "wanted", "is_author", "is_programme", "expected"),
    [
        (FRESH, Sorting(Audience.ORGANISATION, DURBAN, BRIGHTLINE, LEEDS), True, False, None),
        (FRESH, Sorting(Audience.ORGANISATION, DURBAN, BRIGHTLINE, None), False, True, None),
        (FRESH, Sorting(Audience.ORGANISATION, LEEDS, HARBOUR, LEEDS), False, False, SortRefusal.NOT_YOURS),
        (replace(FRESH, stage=Stage.PROMOTED), Sorting(Audience.ORGANISATION, None, None, LEEDS), True, False,
         SortRefusal.CARRIED),
        (replace(FRESH, stage=Stage.DONE), Sorting(Audience.ORGANISATION, None, None, None), False, True, None),
        (replace(FRESH, stage=Stage.DONE), Sorting(Audience.EMPLOYER, None, None, None), True, True,
         SortRefusal.CARRIED),
        (replace(FRESH, stage=Stage.WITHDRAWN), Sorting(Audience.ORGANISATION, None, None, LEEDS), True, True,
         SortRefusal.WITHDRAWN),
        (replace(FRESH, stage=Stage.MERGED), Sorting(Audience.ORGANISATION, None, None, LEEDS), True, True,
         SortRefusal.MERGED),
        (FRESH, Sorting(Audience.SITE, LEEDS, HARBOUR, LEEDS), False, True, SortRefusal.AUDIENCE_NOT_YOURS),
        (FRESH, Sorting(Audience.SITE, LEEDS, HARBOUR, LEEDS), True, False, None),
        (FRESH, Sorting(Audience.SITE, None, None, None), True, False, SortRefusal.NO_SITE),
        (FRESH, Sorting(Audience.SITE, BELFAST, HARBOUR, LEEDS), True, False, SortRefusal.OTHER_SITE),
        (FRESH, Sorting(Audience.EMPLOYER, BELFAST, HARBOUR, LEEDS), True, False, None),
        (FRESH, Sorting(Audience.EMPLOYER, DURBAN, BRIGHTLINE, LEEDS), True, False, SortRefusal.OTHER_SITE),
        (replace(FRESH, first_vote_at=NOON), Sorting(Audience.SITE, LEEDS, HARBOUR, LEEDS), True, False,
         SortRefusal.AUDIENCE_VOTED),
        (replace(FRESH, first_vote_at=NOON, audience=Audience.SITE),
         Sorting(Audience.ORGANISATION, LEEDS, HARBOUR, LEEDS), True, False, None),
        (replace(FRESH, audience=Audience.SITE), Sorting(Audience.SITE, BELFAST, HARBOUR, None), False, True,
         SortRefusal.OTHER_SITE),
    ],
)  # fmt: skip
def test_sorting_belongs_to_author_and_programme(idea, wanted, is_author, is_programme, expected) -> None:  # type: ignore[no-untyped-def]
    assert sort_refusal(idea, wanted, is_author=is_author, is_programme=is_programme) is expected


def test_a_comment_needs_a_standing_idea_and_belongs_to_its_author() -> None:
    assert comment_refusal(FRESH) is None
    assert comment_refusal(replace(FRESH, stage=Stage.DECLINED)) is None
    assert comment_refusal(replace(FRESH, stage=Stage.WITHDRAWN)) is CommentRefusal.WITHDRAWN
    assert comment_refusal(replace(FRESH, stage=Stage.MERGED)) is CommentRefusal.MERGED
    assert comment_refusal(replace(FRESH, hidden=True)) is CommentRefusal.HIDDEN
    assert comment_withdraw_refusal(is_author=True, withdrawn=False) is None
    assert comment_withdraw_refusal(is_author=False, withdrawn=False) is CommentRefusal.NOT_YOURS
    assert comment_withdraw_refusal(is_author=True, withdrawn=True) is CommentRefusal.TAKEN_BACK


def test_a_report_is_for_other_peoples_texts_that_can_be_read() -> None:
    assert report_refusal(QUIET, is_author=False) is None
    assert report_refusal(QUIET, is_author=True) is ModerationRefusal.OWN_TEXT
    assert report_refusal(replace(QUIET, hidden=True), is_author=False) is ModerationRefusal.ALREADY_HIDDEN
    assert report_refusal(replace(QUIET, withdrawn=True), is_author=False) is ModerationRefusal.TAKEN_BACK


@pytest.mark.parametrize(
    ("action", "text", "expected"),
    [
        (Action.HIDE, QUIET, None),
        (Action.HIDE, replace(QUIET, hidden=True), ModerationRefusal.ALREADY_HIDDEN),
        (Action.HIDE, replace(QUIET, withdrawn=True), ModerationRefusal.TAKEN_BACK),
        (Action.RESTORE, replace(QUIET, hidden=True), None),
        (Action.RESTORE, QUIET, ModerationRefusal.NOT_HIDDEN),
        (Action.KEEP, replace(QUIET, open_reports=2), None),
        (Action.KEEP, QUIET, ModerationRefusal.NOT_REPORTED),
    ],
)
def test_each_decision_has_its_moment(action, text, expected) -> None:  # type: ignore[no-untyped-def]
    assert moderation_refusal(action, text, is_author=False) is expected
    assert moderation_refusal(action, text, is_author=True) is ModerationRefusal.OWN_TEXT


def test_stages_move_only_along_the_table() -> None:
    allowed = {(frm, to) for frm in Stage for to in Stage if move_refusal(frm, to) is None}

    assert allowed == {(frm, to) for frm, targets in STAGE_MOVES.items() for to in targets}
    assert move_refusal(Stage.OPEN, Stage.DONE) is MoveRefusal.NOT_A_MOVE
    assert all(frm is not to for frm, to in allowed)
    assert not STAGE_MOVES[Stage.WITHDRAWN]


@pytest.mark.parametrize(
    ("sizes", "site_id", "is_partner", "expected"),
    [
        ({LEEDS: 10}, LEEDS, False, "a colleague in Leeds"),
        ({LEEDS: 10}, LEEDS, True, "a colleague in Leeds (Brightline)"),
        ({LEEDS: 9, BELFAST: 1}, LEEDS, True, "a colleague at Brightline"),
        ({LEEDS: 9, BELFAST: 40}, LEEDS, True, "a colleague"),
        ({LEEDS: 9, None: 1}, None, False, "a colleague at Brightline"),
        ({LEEDS: 90, None: 3}, None, False, "a colleague"),
        ({}, None, False, "a colleague"),
    ],
)
def test_a_label_never_speaks_of_fewer_than_ten(sizes, site_id, is_partner, expected) -> None:  # type: ignore[no-untyped-def]
    label = origin_label(sizes, site_id=site_id, site="Leeds", employer="Brightline", is_partner=is_partner)

    assert label == expected


def test_every_refusal_has_a_code_of_its_own_and_a_plain_sentence() -> None:
    members = [member for enum in Refusal.__subclasses__() for member in enum]

    assert len(members) > 25
    for member in members:
        assert member.value.isidentifier() and member.value == member.value.lower()
        assert member.sentence.endswith((".", "?")) and "!" not in member.sentence
        assert member.as_error().code == ("not_found" if member.kind is Missing else member.value)
    assert isinstance(EditRefusal.OVER.as_error(), Gone)
    assert isinstance(EditRefusal.NOT_YOURS.as_error(), Refused)
    assert isinstance(MoveRefusal.CHANGED.as_error(), Conflict)


def test_the_length_of_a_refusal_says_what_the_limit_is() -> None:
    assert str(rules.EDIT_MINUTES) in EditRefusal.OVER.sentence
