"""Reports, decisions and the public log."""

import pytest
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import Conflict, DomainError, Missing, Refused
from portal.ideas import lists, moderating, moderation_queries, queries, service, talking
from portal.ideas.models import Moderation, Report, Story
from portal.ideas.rules import Action
from portal.ideas.words import Audience, Names, ReportReason, StoryKind
from portal.people.models import Person, Place
from portal.people.roles import Role
from tests.factories import NOON, Cast
from tests.ideas.making import SAY, commented, idea, said, viewer

pytestmark = pytest.mark.usefixtures("context")


def refused(error: type[DomainError], code: str, verb, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error) as caught:
        verb(*args, **kwargs)
    assert caught.value.code == code


def report(person_id: int, number: int, comment_id: int | None = None) -> None:
    who = viewer(person_id)
    with writing():
        text = moderating.text_of(idea(number), comment_id)
        moderating.report(who, text, ReportReason.PERSONAL_DATA, "line two", now=NOON)


def decide(person_id: int, number: int, action: Action, comment_id: int | None = None) -> None:
    who = viewer(person_id)
    with writing():
        text = moderating.text_of(idea(number), comment_id)
        moderating.moderate(who, text, action, "It names a customer", now=NOON)


def test_a_report_waits_for_a_decision_without_the_name_of_who_sent_it(cast: Cast) -> None:
    number = said(cast.asha)
    written = commented(cast.cy, number, "Call Mrs Lee about it")

    report(cast.bo, number)
    report(cast.cy, number)
    report(cast.bo, number, written)

    waiting = lists.reported_page(viewer(cast.mia))[0]
    assert [(one.number, one.comment_id, len(one.reports)) for one in waiting] == [
        (number, None, 2),
        (number, written, 1),
    ]
    assert waiting[0].reports[0] == (ReportReason.PERSONAL_DATA.label, "line two")
    assert waiting[1].words == "Call Mrs Lee about it"


def test_nobody_reports_the_same_text_twice_or_their_own(cast: Cast) -> None:
    number = said(cast.asha)
    written = commented(cast.bo, number)
    report(cast.bo, number)
    report(cast.cy, number, written)

    refused(Conflict, "already_reported", report, cast.bo, number)
    refused(Conflict, "already_reported", report, cast.cy, number, written)
    refused(Conflict, "own_text", report, cast.asha, number)
    refused(Conflict, "own_text", report, cast.bo, number, written)


def test_after_a_decision_a_text_may_be_reported_again(cast: Cast) -> None:
    number = said(cast.asha)
    report(cast.bo, number)
    decide(cast.mia, number, Action.KEEP)

    report(cast.bo, number)

    assert len(lists.reported_page(viewer(cast.mia))[0]) == 1
    assert len(db.session.scalars(select(Report).where(Report.closed_at.is_not(None))).all()) == 1


def test_hiding_takes_an_idea_off_every_list_but_its_authors_and_moderations(cast: Cast) -> None:
    number = said(cast.asha)
    report(cast.bo, number)

    decide(cast.mia, number, Action.HIDE)

    for name in ("bo", "lea", "olu", "vic", "sam", "kim"):
        with pytest.raises(Missing):
            queries.idea_for(viewer(getattr(cast, name)), number)
    for name in ("asha", "mia", "tess"):
        assert queries.idea_for(viewer(getattr(cast, name)), number).number == number
    note = queries.hidden_note(idea(number))
    assert note is not None and (note.by, note.reason) == ("Mia", "It names a customer")
    assert lists.reported_page(viewer(cast.mia))[0] == []
    assert [one.number for one in lists.hidden_page(viewer(cast.mia))[0]] == [number]


def test_each_decision_is_in_the_log_and_hiding_and_restoring_in_the_story(cast: Cast) -> None:
    number = said(cast.asha)
    report(cast.bo, number)

    decide(cast.mia, number, Action.KEEP)
    decide(cast.mia, number, Action.HIDE)
    decide(cast.tess, number, Action.RESTORE)

    log = moderation_queries.moderation_log(viewer(cast.sam))
    assert [(one.number, one.action, one.by) for one in log] == [
        (number, "restored", "Tess"),
        (number, "hidden", "Mia"),
        (number, "kept", "Mia"),
    ]
    steps = db.session.execute(select(Story.kind, Story.actor_id, Story.words).order_by(Story.id)).all()[1:]
    assert [tuple(step) for step in steps] == [
        (StoryKind.HIDDEN, cast.mia, "It names a customer"),
        (StoryKind.RESTORED, cast.tess, "It names a customer"),
    ]
    assert queries.idea_for(viewer(cast.bo), number).hidden_at is None


def test_the_log_holds_neither_the_hidden_words_nor_who_said_them(cast: Cast) -> None:
    number = said(cast.asha)
    decide(cast.mia, number, Action.HIDE)

    text = repr(moderation_queries.moderation_log(viewer(cast.bo)))

    assert SAY not in text and idea(number).title not in text and "Asha" not in text


def test_the_log_tells_nothing_about_what_is_meant_for_others(cast: Cast) -> None:
    number = said(cast.asha, audience=Audience.EMPLOYER)
    decide(cast.mia, number, Action.HIDE)

    assert moderation_queries.moderation_log(viewer(cast.sam)) == []
    assert len(moderation_queries.moderation_log(viewer(cast.bo))) == 1


def test_decisions_that_make_no_sense_are_refused(cast: Cast) -> None:
    number, gone = said(cast.asha), said(cast.asha)
    written = commented(cast.bo, number)
    decide(cast.mia, number, Action.HIDE, written)
    with writing():
        service.withdraw(viewer(cast.asha), idea(gone), now=NOON)
        talking.withdraw_comment(viewer(cast.bo), moderating.text_of(idea(number), written).comment, now=NOON)

    refused(Conflict, "not_hidden", decide, cast.mia, number, Action.RESTORE)
    refused(Conflict, "not_reported", decide, cast.mia, number, Action.KEEP)
    refused(Conflict, "text_withdrawn", decide, cast.mia, gone, Action.HIDE)
    refused(Conflict, "text_withdrawn", decide, cast.mia, number, Action.RESTORE, written)
    decide(cast.mia, number, Action.HIDE)
    refused(Conflict, "already_hidden", decide, cast.tess, number, Action.HIDE)
    refused(Conflict, "already_hidden", report, cast.mia, number)
    refused(Missing, "not_found", decide, cast.mia, gone, Action.HIDE, written)
    assert db.session.scalars(select(Moderation.action).order_by(Moderation.id)).all() == ["hidden", "hidden"]


def test_only_programme_and_administrators_decide_and_never_about_themselves(cast: Cast) -> None:
    number, own = said(cast.asha), said(cast.mia)

    for name in ("asha", "bo", "lea", "olu", "vic", "sam"):
        refused(Refused, "not_allowed", decide, getattr(cast, name), number, Action.HIDE)
    refused(Conflict, "own_text", decide, cast.mia, own, Action.HIDE)
    decide(cast.tess, own, Action.HIDE)


def test_a_partners_programme_decides_for_the_partner_alone(cast: Cast) -> None:
    ours, theirs, nobodys = said(cast.asha), said(cast.sam), said(cast.kim, names=Names.NONE)
    with writing():
        brightline, sam = db.session.get(Place, cast.places["Brightline"]), db.session.get(Person, cast.voters[5])
        assert brightline is not None and sam is not None
        service.people.grant(sam, Role.PROGRAMME, brightline, by_id=None, now=NOON)
    for number in (ours, theirs, nobodys):
        report(cast.bo, number)

    local = viewer(cast.voters[5])

    assert [one.number for one in lists.reported_page(local)[0]] == [theirs]
    refused(Refused, "not_allowed", decide, local.id, ours, Action.HIDE)
    refused(Refused, "not_allowed", decide, local.id, nobodys, Action.HIDE)
    decide(local.id, theirs, Action.HIDE)
    decide(cast.mia, ours, Action.HIDE)
    with pytest.raises(Missing):
        queries.idea_for(viewer(cast.voters[5]), ours)
