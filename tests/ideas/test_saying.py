"""Saying, editing, withdrawing, sorting and following, on a real database."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.db import db, writing
from portal.errors import Conflict, DomainError, Gone, Invalid, Missing, Refused
from portal.ideas import queries, service
from portal.ideas.models import Draft, Follow, Idea, Revision, Story, Withdrawal
from portal.ideas.service import NewIdea, NewSorting
from portal.ideas.words import Audience, Barrier, Kind, Names, Stage, StoryKind
from portal.people.models import AuditEntry, Person, Place
from portal.people.roles import Role
from tests.counting import counted
from tests.factories import NOON, Cast, make_person
from tests.ideas.making import SAY, commented, idea, said, viewer

pytestmark = pytest.mark.usefixtures("context")
SORTED = NewSorting("A better title", Kind.IDEA, Barrier.TECHNOLOGY, None)


def story(number: int) -> list[tuple[StoryKind, int | None]]:
    rows = db.session.execute(select(Story.kind, Story.actor_id).where(Story.idea_id == number).order_by(Story.id))
    return [(row.kind, row.actor_id) for row in rows]


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def refused(error: type[DomainError], code: str, verb, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error) as caught, writing():
        verb(*args, **kwargs)
    assert caught.value.code == code


def test_one_sentence_is_enough_and_the_rest_is_guessed(cast: Cast) -> None:
    number = said(cast.asha)

    row = idea(number)
    assert (row.say, row.title, row.kind) == (SAY, "We have to ask every customer for a fax", Kind.STUPID_RULE)
    assert (row.stage, row.audience, row.names) == (Stage.OPEN, Audience.ORGANISATION, Names.HIDDEN)
    assert (row.site_id, row.employer_id) == (cast.places["Leeds"], cast.places["Harbour"])
    assert row.origin_label == "a colleague in Leeds"


def test_a_hidden_author_follows_and_is_not_named_in_the_story(cast: Cast) -> None:
    number = said(cast.asha, names=Names.HIDDEN)

    assert story(number) == [(StoryKind.SAID, None)]
    assert db.session.scalars(select(Follow.person_id).where(Follow.idea_id == number)).all() == [cast.asha]


def test_a_shown_author_is_named_in_the_story(cast: Cast) -> None:
    number = said(cast.asha, names=Names.SHOWN)

    assert story(number) == [(StoryKind.SAID, cast.asha)]
    assert queries.byline(idea(number)).text == "Asha, Billing, Leeds"


def test_without_any_name_nothing_about_the_person_is_written(cast: Cast) -> None:
    with writing():
        service.drafts.keep_draft(cast.asha, "idea", "half a thought", Names.HIDDEN, now=NOON)

    number = said(cast.asha, names=Names.NONE)

    row = idea(number)
    assert (row.author_id, row.team_id) == (None, None)
    assert count(Follow) == 0
    assert count(Draft) == 1
    assert story(number) == [(StoryKind.SAID, None)]


def test_small_groups_are_not_named(cast: Cast) -> None:
    hidden, shown = said(cast.sam), said(cast.sam, names=Names.SHOWN)  # seven people in Durban, all of Brightline's

    assert idea(hidden).origin_label == "a colleague"
    assert idea(hidden).site_id is None
    assert idea(shown).site_id == cast.places["Durban"]


def test_a_partner_is_named_beside_its_site(cast: Cast) -> None:
    with writing():
        durban = db.session.get(Place, cast.places["Durban/Chat"])
        assert durban is not None
        for number in range(3):
            make_person(f"more{number}", durban)

    number = said(cast.sam)

    assert idea(number).origin_label == "a colleague in Durban (Brightline)"
    assert idea(number).site_id == cast.places["Durban"]


def test_saying_it_clears_the_draft(cast: Cast) -> None:
    with writing():
        service.drafts.keep_draft(cast.asha, "idea", "We have to", Names.HIDDEN, now=NOON)
        service.drafts.keep_draft(cast.bo, "idea", "Somebody else's", Names.HIDDEN, now=NOON)

    said(cast.asha)

    assert db.session.scalars(select(Draft.person_id)).all() == [cast.bo]


@pytest.mark.parametrize("names", list(Names))
def test_the_same_form_sent_twice_is_one_idea(cast: Cast, names: Names) -> None:
    key = str(uuid4())

    first, second = said(cast.asha, draft_key=key, names=names), said(cast.asha, draft_key=key, names=names)

    assert first == second
    assert (count(Idea), count(Story)) == (1, 1)


def test_the_same_form_with_other_words_or_by_somebody_else_is_refused(cast: Cast) -> None:
    key = str(uuid4())
    said(cast.asha, draft_key=key)

    refused(Conflict, "already_sent", service.say, viewer(cast.asha), NewIdea("Other words", draft_key=key), now=NOON)
    refused(Conflict, "already_sent", service.say, viewer(cast.bo), NewIdea(SAY, draft_key=key), now=NOON)

    assert count(Idea) == 1


def test_two_clicks_at_once_are_one_idea(app: Flask, cast: Cast) -> None:
    key, start, numbers, errors = str(uuid4()), threading.Barrier(6), [], []

    def click() -> None:
        with app.app_context():
            who = viewer(cast.asha)
            start.wait()
            try:
                with writing():
                    numbers.append(service.say(who, NewIdea(SAY, draft_key=key), now=NOON).number)
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(set(numbers)) == 1 and len(numbers) == 6
    assert (count(Idea), count(Story), count(Follow)) == (1, 1, 1)


def test_words_outside_the_limits_are_refused(cast: Cast) -> None:
    who = viewer(cast.asha)

    refused(Invalid, "too_short", service.say, who, NewIdea(" a "), now=NOON)
    refused(Invalid, "too_long", service.say, who, NewIdea("x" * 601), now=NOON)
    refused(Conflict, "no_site", service.say, viewer(cast.olu), NewIdea(SAY, audience=Audience.SITE), now=NOON)


def test_an_edit_keeps_the_old_words_and_guesses_the_title_again(cast: Cast) -> None:
    number = said(cast.asha)

    with writing():
        service.edit(viewer(cast.asha), idea(number), "Let us take a photo. Done.", now=NOON + timedelta(minutes=14))

    row = idea(number)
    assert (row.say, row.title) == ("Let us take a photo. Done.", "Let us take a photo")
    assert row.edited_at == NOON + timedelta(minutes=14)
    assert db.session.scalars(select(Revision.say)).all() == [SAY]
    assert story(number)[-1] == (StoryKind.EDITED, None)


def test_an_edit_leaves_a_title_that_somebody_chose_and_changes_nothing_without_change(cast: Cast) -> None:
    number = said(cast.asha, title="Faxes")

    with writing():
        service.edit(viewer(cast.asha), idea(number), SAY, now=NOON)
    assert count(Revision) == 0
    with writing():
        service.edit(viewer(cast.asha), idea(number), "Something else", now=NOON)

    assert idea(number).title == "Faxes"


def test_the_first_vote_the_time_and_other_people_end_editing(cast: Cast) -> None:
    number, other = said(cast.asha), said(cast.asha, names=Names.NONE)
    asha, later = viewer(cast.asha), NOON + timedelta(minutes=15)

    refused(Gone, "edit_over", service.edit, asha, idea(number), "New words", now=later)
    refused(Refused, "not_yours", service.edit, viewer(cast.bo), idea(number), "New words", now=NOON)
    refused(Refused, "not_yours", service.edit, asha, idea(other), "New words", now=NOON)
    refused(Invalid, "too_short", service.edit, asha, idea(number), "a", now=NOON)
    with writing():
        service.note_first_vote(number, now=NOON)
        service.note_first_vote(number, now=later)
    refused(Conflict, "edit_after_vote", service.edit, asha, idea(number), "New words", now=NOON)
    assert idea(number).first_vote_at == NOON
    assert idea(number).say == SAY


def test_a_vote_that_arrives_while_editing_wins(cast: Cast) -> None:
    number = said(cast.asha)

    def edit_late() -> None:
        stale = idea(number)
        db.session.execute(
            update(Idea)
            .where(Idea.id == number)
            .values(first_vote_at=NOON)
            .execution_options(synchronize_session=False)
        )
        service.edit(viewer(cast.asha), stale, "New words", now=NOON)

    refused(Conflict, "edit_after_vote", edit_late)


def test_the_author_takes_it_back_until_it_is_promoted(cast: Cast) -> None:
    number, carried = said(cast.asha, names=Names.SHOWN), said(cast.asha)
    asha = viewer(cast.asha)
    with writing():
        service.mark_promoted(carried, now=NOON)

    with writing():
        service.withdraw(asha, idea(number), reason="I was wrong", now=NOON)

    assert idea(number).stage is Stage.WITHDRAWN
    assert db.session.scalars(select(Withdrawal.reason)).all() == ["I was wrong"]
    assert story(number)[-1] == (StoryKind.WITHDRAWN, cast.asha)
    refused(Conflict, "idea_withdrawn", service.withdraw, asha, idea(number), now=NOON)
    refused(Conflict, "idea_withdrawn", service.edit, asha, idea(number), "New words", now=NOON)
    refused(Conflict, "already_promoted", service.withdraw, asha, idea(carried), now=NOON)
    refused(Refused, "not_yours", service.withdraw, viewer(cast.bo), idea(carried), now=NOON)


def test_a_withdrawn_idea_is_there_for_its_author_alone(cast: Cast) -> None:
    number = said(cast.asha)
    with writing():
        service.withdraw(viewer(cast.asha), idea(number), now=NOON)

    assert queries.idea_for(viewer(cast.asha), number).number == number
    assert [mine.number for mine in queries.my_ideas(viewer(cast.asha))] == [number]
    for name in ("bo", "vic", "mia", "tess"):
        with pytest.raises(Missing):
            queries.idea_for(viewer(getattr(cast, name)), number)


def test_a_move_happens_once_and_only_from_where_the_idea_stands(cast: Cast) -> None:
    number = said(cast.asha, names=Names.NONE)
    later = NOON + timedelta(days=1)

    with writing():
        service.mark_promoted(number, now=later)
        service.mark_promised(number, now=later)
        service.mark_delivered(number, now=later)
        service.mark_done(number, now=later)

    assert (idea(number).stage, idea(number).moved_at) == (Stage.DONE, later)
    refused(Conflict, "stage_changed", service.mark_promoted, number, now=later)
    refused(Conflict, "stage_changed", service.mark_declined, number, now=later)
    refused(Conflict, "stage_not_reachable", service.move_stage, number, Stage.DONE, Stage.OPEN, now=later)


def test_author_and_programme_sort_and_the_programme_is_audited(cast: Cast) -> None:
    number = said(cast.asha)

    with writing():
        service.sort(viewer(cast.asha), idea(number), SORTED, now=NOON)
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "idea.sorted")).all() == []
    with writing():
        service.mark_promoted(number, now=NOON)
        wanted = NewSorting("Titled", Kind.IDEA, Barrier.SYSTEMS, cast.places["Belfast"])
        service.sort(viewer(cast.mia), idea(number), wanted, now=NOON)

    row = idea(number)
    assert (row.title, row.kind, row.barrier, row.site_id) == (
        "Titled",
        Kind.IDEA,
        Barrier.SYSTEMS,
        cast.places["Belfast"],
    )
    assert row.audience is Audience.ORGANISATION
    assert db.session.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == "idea.sorted")).all() == [cast.mia]


def test_sorting_is_refused_to_others_and_outside_the_audience(cast: Cast) -> None:
    number, promoted, voted = said(cast.asha), said(cast.asha), said(cast.asha)
    asha = viewer(cast.asha)
    with writing():
        service.mark_promoted(promoted, now=NOON)
        service.note_first_vote(voted, now=NOON)

    def sort(who: int, which: int, code: str, error: type[DomainError], **over: object) -> None:
        wanted = NewSorting(**(SORTED.__dict__ | over))  # type: ignore[arg-type]
        refused(error, code, service.sort, viewer(who), idea(which), wanted, now=NOON)

    sort(cast.bo, number, "not_yours", Refused)
    sort(cast.asha, promoted, "already_promoted", Conflict)
    sort(cast.mia, number, "audience_not_yours", Refused, audience=Audience.SITE)
    sort(cast.asha, voted, "audience_has_votes", Conflict, audience=Audience.EMPLOYER)
    sort(cast.asha, number, "site_outside_audience", Conflict, audience=Audience.SITE, site_id=cast.places["Belfast"])
    sort(cast.asha, number, "unknown_site", Invalid, site_id=cast.places["Leeds/Billing"])
    sort(cast.asha, number, "unknown_site", Invalid, site_id=999_999)
    top = said(cast.olu)
    sort(cast.olu, top, "no_site", Conflict, audience=Audience.SITE)
    with writing():
        service.withdraw(asha, idea(number), now=NOON)
    sort(cast.asha, number, "idea_withdrawn", Conflict)


def test_programme_of_one_partner_does_not_sort_elsewhere(cast: Cast) -> None:
    number = said(cast.asha)
    with writing():
        brightline = db.session.get(Place, cast.places["Brightline"])
        sam = db.session.get(Person, cast.sam)
        assert brightline is not None and sam is not None
        service.people.grant(sam, Role.PROGRAMME, brightline, by_id=None, now=NOON)

    refused(Refused, "not_yours", service.sort, viewer(cast.sam), idea(number), SORTED, now=NOON)


def test_following_twice_is_following_once(cast: Cast) -> None:
    number, bo = said(cast.asha, names=Names.NONE), viewer(cast.bo)

    with writing():
        service.follow(bo, idea(number), now=NOON)
        service.follow(bo, idea(number), now=NOON + timedelta(days=1))
    assert db.session.scalars(select(Follow.since)).all() == [NOON]
    with writing():
        service.unfollow(bo, idea(number))
        service.unfollow(bo, idea(number))

    assert count(Follow) == 0


def test_an_idea_without_an_author_works_everywhere(cast: Cast) -> None:
    number = said(cast.asha, names=Names.NONE)
    asha, mia = viewer(cast.asha), viewer(cast.mia)

    view = queries.idea_view(asha, queries.idea_for(asha, number))
    with writing():
        service.sort(mia, idea(number), SORTED, now=NOON)
    commented(cast.bo, number)

    assert (view.mine, view.byline.hidden, view.byline.text) == (False, True, "A colleague in Leeds")
    assert queries.my_ideas(asha) == []
    assert [step.actor for step in queries.story_of(idea(number))] == [""]
    assert [comment.body for comment in queries.comments_for(asha, idea(number))] == ["Try the **other** form."]
    assert queries.hidden_note(idea(number)) is None


def test_lists_take_the_same_number_of_queries_however_long(context: Flask, cast: Cast) -> None:
    def statements() -> int:
        rows = db.session.scalars(select(Idea)).all()
        with counted(context) as seen:
            queries.idea_views(viewer(cast.bo), rows)
        return len(seen)

    said(cast.asha, names=Names.SHOWN)
    few = statements()
    for person in cast.voters[:8]:
        said(person, names=Names.SHOWN)

    assert statements() == few
