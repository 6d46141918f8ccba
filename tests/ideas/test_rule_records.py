"""Rules as records: naming, joining, correcting, the verdict, and who may do what."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.db import db, writing
from portal.errors import DomainError, Missing
from portal.ideas import rule_record_queries as queries
from portal.ideas import rule_record_service as service
from portal.ideas.models import Idea, Story
from portal.ideas.rule_record_models import RuleChange, RuleIdea, RuleVerdict
from portal.ideas.rule_record_shown import spoken
from portal.ideas.rule_record_words import RuleRefusal, RuleState, is_address
from portal.ideas.story import TOLD
from portal.ideas.words import Audience, Kind, Names, Stage, StoryKind
from portal.outbox.models import Message
from portal.people.models import Grant
from portal.people.roles import Role
from tests.factories import NOON, Cast
from tests.ideas.making import idea, said, viewer
from tests.ideas.ruling import NEW, OLD, TODAY, WHY, changed, decided, facts, joined, named, record, rule_said
from tests.ledger.racing import race

LATER = NOON + timedelta(days=3)


def refused(work: Any) -> str:
    with pytest.raises(DomainError) as caught:
        work()
    return caught.value.code


def story(number: int) -> list[Story]:
    kinds = StoryKind.RULE_NAMED, StoryKind.RULE_DECIDED
    query = select(Story).where(Story.idea_id == number, Story.kind.in_(kinds))
    return list(db.session.scalars(query.order_by(Story.id)))


# naming


def test_an_author_names_the_rule_and_stays_unknown_where_the_name_is_hidden(context: Flask, cast: Cast) -> None:
    number = rule_said(cast.asha)

    rule = named(cast.asha, number, owner_id=cast.olu)

    shown = queries.rule_shown(viewer(cast.bo), rule)
    assert (shown.title, shown.says, shown.owner, shown.state) == ("Cancel by fax only", OLD, "Olu", RuleState.OPEN)
    assert shown.first_said_at == NOON and shown.verdict is None
    assert db.session.scalars(select(RuleIdea.by_id)).all() == [None]
    assert db.session.scalars(select(RuleChange.by_id)).all() == [None]
    (step,) = story(number)
    assert (step.kind, step.actor_id) == (StoryKind.RULE_NAMED, None)


def test_a_shown_author_is_told_as_the_one_who_named_it(context: Flask, cast: Cast) -> None:
    number = rule_said(cast.asha, names=Names.SHOWN)

    rule = named(cast.asha, number)

    assert queries.history(rule)[1][0].by == "Asha"
    assert story(number)[0].actor_id == cast.asha


@pytest.mark.parametrize("who", ["mia", "olu", "vic"])
def test_programme_owners_and_executives_name_the_rule_of_others(context: Flask, cast: Cast, who: str) -> None:
    number = rule_said(cast.asha)

    rule = named(getattr(cast, who), number)

    assert queries.history(rule)[1][0].by == who.capitalize()


def test_others_do_not_name_it_and_its_author_no_longer_once_it_is_carried(context: Flask, cast: Cast) -> None:
    number = rule_said(cast.asha)
    assert refused(lambda: named(cast.bo, number)) == RuleRefusal.NOT_YOURS

    with writing():
        idea(number).stage = Stage.PROMOTED

    assert refused(lambda: named(cast.asha, number)) == RuleRefusal.NOT_YOURS


def test_only_a_stupid_rule_that_stands_names_one_rule(context: Flask, cast: Cast) -> None:
    number, plain, gone = rule_said(cast.asha), said(cast.asha, kind=Kind.IDEA), rule_said(cast.asha)
    with writing():
        idea(gone).stage = Stage.WITHDRAWN
    rule = named(cast.asha, number)

    assert refused(lambda: named(cast.asha, number)) == RuleRefusal.NAMED_ALREADY
    assert refused(lambda: joined(cast.asha, number, rule)) == RuleRefusal.NAMED_ALREADY
    assert refused(lambda: named(cast.asha, plain)) == RuleRefusal.NOT_A_RULE
    assert refused(lambda: named(cast.asha, gone)) == RuleRefusal.WITHDRAWN
    assert db.session.scalars(select(RuleChange.rule_id)).all() == [rule]  # nothing is left of the refused ones


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"title": "No"}, RuleRefusal.TITLE),
        ({"title": "x" * 121}, RuleRefusal.TITLE),
        ({"says": "  "}, RuleRefusal.SAYS),
        ({"says": "x" * 601}, RuleRefusal.SAYS),
        ({"legal_basis": "contract"}, RuleRefusal.LEGAL_WORDS),
        ({"source_url": "javascript:alert(1)"}, RuleRefusal.ADDRESS),
        ({"reviewed_on": TODAY + timedelta(days=1)}, RuleRefusal.REVIEW_AHEAD),
        ({"scope": Audience.SITE}, RuleRefusal.NO_SITE),
        ({"scope": Audience.SITE, "site_ids": (999_999,)}, RuleRefusal.UNKNOWN_SITE),
        ({"scope": Audience.EMPLOYER, "employer_id": 999_999}, RuleRefusal.UNKNOWN_EMPLOYER),
        ({"owner_id": 999_999}, RuleRefusal.UNKNOWN_OWNER),
    ],
)
def test_facts_that_cannot_be_are_refused_at_their_field(
    context: Flask, cast: Cast, over: dict[str, Any], refusal: RuleRefusal
) -> None:
    from portal.ideas.rule_record_words import LegalBasis

    number = rule_said(cast.asha)
    if "legal_basis" in over:
        over = over | {"legal_basis": LegalBasis(over["legal_basis"])}

    with pytest.raises(DomainError) as caught:
        named(cast.asha, number, **over)

    assert caught.value.code == refusal and list(caught.value.fields.values()) == [refusal.sentence]


def test_somebody_frontline_does_not_own_a_rule(context: Flask, cast: Cast) -> None:
    assert refused(lambda: named(cast.asha, rule_said(cast.asha), owner_id=cast.bo)) == RuleRefusal.UNKNOWN_OWNER


def test_an_owner_does_not_tell_more_people_than_may_read_the_idea(context: Flask, cast: Cast) -> None:
    number = rule_said(cast.asha, audience=Audience.SITE)
    leeds = {"scope": Audience.SITE, "site_ids": (cast.places["Leeds"],)}

    assert refused(lambda: named(cast.vic, number)) == RuleRefusal.WIDER
    assert named(cast.vic, number, **leeds)


def test_nobody_names_a_rule_that_they_would_not_see(context: Flask, cast: Cast) -> None:
    durban = {"scope": Audience.SITE, "site_ids": (cast.places["Durban"],)}

    assert refused(lambda: named(cast.asha, rule_said(cast.asha), **durban)) == RuleRefusal.WITHOUT_YOU


def test_several_ideas_name_one_rule_and_a_wrong_name_is_taken_off_until_a_verdict(context: Flask, cast: Cast) -> None:
    first, second, third = (rule_said(cast.asha, now=NOON) for _ in range(3))
    rule = named(cast.asha, first)
    joined(cast.asha, second, rule)
    joined(cast.mia, third, rule)
    asha = viewer(cast.asha)
    assert [one.number for one in queries.naming_page(asha, rule)[0]] == [first, second, third]

    with writing():
        service.leave_rule(asha, idea(third), now=NOON)

    assert [one.number for one in queries.naming_page(asha, rule)[0]] == [first, second]
    assert refused(lambda: service.leave_rule(asha, idea(third), now=NOON)) == RuleRefusal.NAMES_NONE
    decided(cast.mia, rule)
    assert refused(lambda: service.leave_rule(asha, idea(second), now=NOON)) == RuleRefusal.STANDS


def test_the_owner_of_a_rule_joins_ideas_to_it(context: Flask, cast: Cast) -> None:
    rule = named(cast.asha, rule_said(cast.asha), owner_id=cast.olu)
    other = rule_said(cast.sam)
    with writing():
        db.session.execute(db.update(Grant).where(Grant.person_id == cast.olu).values(role=Role.APPROVER))

    joined(cast.olu, other, rule)

    assert queries.rule_of(viewer(cast.bo), other).number == rule


# correcting


def test_every_correction_is_a_row_with_the_old_and_the_new(context: Flask, cast: Cast) -> None:
    rule = named(cast.asha, rule_said(cast.asha), owner_id=cast.olu)

    changed(cast.olu, rule, title="Fax to cancel", owner_id=cast.mia, reviewed_on=date(2025, 1, 5), now=LATER)

    rows = [(one.by, one.fact, one.old, one.new) for one in queries.history(rule)[1]]
    assert sorted(rows[:-1]) == [
        ("Olu", "owner", "Olu", "Mia"),
        ("Olu", "reviewed_on", "", "2025-01-05"),
        ("Olu", "title", "Cancel by fax only", "Fax to cancel"),
    ]
    assert record(rule).version == 2 and record(rule).title == "Fax to cancel"


def test_correcting_nothing_leaves_no_trace(context: Flask, cast: Cast) -> None:
    rule = named(cast.asha, rule_said(cast.asha), owner_id=cast.olu)

    changed(cast.olu, rule, owner_id=cast.olu)

    assert record(rule).version == 1 and len(queries.history(rule)[1]) == 1


def test_only_the_owner_and_programme_correct_and_only_what_they_have_read(context: Flask, cast: Cast) -> None:
    rule = named(cast.asha, rule_said(cast.asha), owner_id=cast.olu)

    assert refused(lambda: changed(cast.vic, rule, title="Another")) == RuleRefusal.NOT_OWNER
    assert refused(lambda: changed(cast.asha, rule, title="Another")) == "not_allowed"
    changed(cast.mia, rule, title="Another", owner_id=cast.olu)
    assert refused(lambda: changed(cast.olu, rule, title="A third")) == RuleRefusal.CHANGED


def test_history_cannot_be_changed(context: Flask, cast: Cast) -> None:
    rule = named(cast.asha, rule_said(cast.asha))
    decided(cast.mia, rule)

    for statement in ("UPDATE rule_changes SET fact = 'x'", "DELETE FROM rule_verdicts"):
        with pytest.raises(DBAPIError), writing():
            db.session.execute(text(statement))


# verdicts


@pytest.mark.parametrize("who", ["olu", "vic", "mia"])
def test_its_owner_an_executive_or_programme_decides(context: Flask, cast: Cast, who: str) -> None:
    number = rule_said(cast.asha)
    rule = named(cast.asha, number, owner_id=cast.olu)

    decided(getattr(cast, who), rule, now=LATER)

    shown = queries.rule_shown(viewer(cast.bo), rule)
    assert shown.state is RuleState.KILLED and shown.verdict.by == who.capitalize() and shown.days_to_verdict == 3
    assert [step.kind for step in story(number)] == [StoryKind.RULE_NAMED, StoryKind.RULE_DECIDED]
    assert story(number)[1].actor_id == getattr(cast, who)
    told = db.session.scalars(select(Message.payload).where(Message.topic == TOLD)).all()
    assert [json.loads(one) for one in told] == [{"story_id": story(number)[1].id}]


def test_others_do_not_decide(context: Flask, cast: Cast) -> None:
    rule = named(cast.asha, rule_said(cast.asha), owner_id=cast.olu)
    unowned = named(cast.asha, rule_said(cast.asha))

    assert refused(lambda: decided(cast.asha, rule)) == "not_allowed"
    assert refused(lambda: decided(cast.olu, unowned)) == RuleRefusal.NOT_JUDGE


def test_an_executive_of_a_partner_decides_for_that_partner_alone(context: Flask, cast: Cast) -> None:
    with writing():
        brightline = cast.places["Brightline"]
        db.session.add(Grant(person_id=cast.sam, role=Role.EXECUTIVE, place_id=brightline, granted_at=NOON))
    everywhere = named(cast.asha, rule_said(cast.asha))
    theirs = named(cast.sam, rule_said(cast.sam), scope=Audience.EMPLOYER)

    assert refused(lambda: decided(cast.sam, everywhere)) == RuleRefusal.NOT_JUDGE
    decided(cast.sam, theirs)
    assert record(theirs).state is RuleState.KILLED


@pytest.mark.parametrize(
    ("kind", "over", "refusal"),
    [
        ("killed", {"effective_on": None}, RuleRefusal.DAY),
        ("killed", {"old_wording": " "}, RuleRefusal.OLD),
        ("killed", {"old_wording": "x" * 601}, RuleRefusal.OLD),
        ("changed", {"new_wording": ""}, RuleRefusal.NEW),
        ("killed", {"new_wording": "x" * 601}, RuleRefusal.NEW),
        ("kept", {"reason": "Because."}, RuleRefusal.REASON),
        ("never_was", {"reason": ""}, RuleRefusal.REASON),
        ("killed", {"reason": "x" * 601}, RuleRefusal.REASON),
        ("local_habit", {}, RuleRefusal.HABIT_SITE),
        ("local_habit", {"site_id": 999_999}, RuleRefusal.UNKNOWN_SITE),
    ],
)
def test_a_verdict_needs_what_its_kind_needs(
    context: Flask, cast: Cast, kind: str, over: dict[str, Any], refusal: RuleRefusal
) -> None:
    rule = named(cast.asha, rule_said(cast.asha))

    assert refused(lambda: decided(cast.mia, rule, kind, **over)) == refusal
    assert record(rule).state is RuleState.OPEN


def test_a_second_verdict_needs_to_know_the_first_and_a_reason(context: Flask, cast: Cast) -> None:
    rule = named(cast.asha, rule_said(cast.asha))
    decided(cast.vic, rule)

    with pytest.raises(DomainError) as caught:
        decided(cast.mia, rule, "kept")
    assert caught.value.code == RuleRefusal.DECIDED
    assert caught.value.message == "Vic decided this on 2026-03-02: killed."
    assert refused(lambda: decided(cast.mia, rule, "kept", after=1)) == RuleRefusal.AGAIN

    decided(cast.mia, rule, "kept", after=1, why_again="It is back: the printer was never switched off.", now=LATER)

    verdicts = queries.history(rule)[0]
    assert [(one.number, one.kind.value) for one in verdicts] == [(2, "kept"), (1, "killed")]
    assert queries.rule_shown(viewer(cast.bo), rule).state is RuleState.KEPT
    assert queries.killed_page(viewer(cast.bo))[0] == []


@pytest.mark.slow
def test_of_two_verdicts_at_once_one_stands_and_the_other_learns_of_it(app: Flask, cast: Cast) -> None:
    with app.app_context():
        rule = named(cast.asha, rule_said(cast.asha))
        rivals = [viewer(cast.vic), viewer(cast.mia)] * 3
    from portal.ideas.rule_record_verdicts import decide
    from tests.ideas.ruling import verdict

    answers = race(app, 6, lambda n: decide(rivals[n], queries.rule_for(rivals[n], rule), verdict(), now=NOON).number)

    assert sorted(map(str, answers)) == ["1", *["already_decided"] * 5]
    with app.app_context():
        assert db.session.scalars(select(RuleVerdict.number)).all() == [1]
        assert record(rule).verdicts == 1


@pytest.mark.slow
def test_two_people_who_name_the_rule_of_one_idea_at_once_make_one_record(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = rule_said(cast.asha)
        rivals = [viewer(cast.asha), viewer(cast.mia), viewer(cast.vic), viewer(cast.olu)]

    def work(n: int) -> object:
        return service.name_rule(rivals[n], idea(number), facts(), today=TODAY, now=NOON).id

    answers = race(app, 4, work)

    assert answers.count("already_names_a_rule") == 3
    with app.app_context():
        assert len(db.session.scalars(select(RuleChange.rule_id)).all()) == 1


# audience


def test_a_rule_for_some_does_not_exist_for_others(context: Flask, cast: Cast) -> None:
    number = rule_said(cast.sam)
    rule = named(cast.sam, number, scope=Audience.EMPLOYER)
    site = named(cast.asha, rule_said(cast.asha), scope=Audience.SITE, site_ids=(cast.places["Leeds"],))

    def seen(who: int) -> set[int]:
        return {one.number for one in queries.rules_page(viewer(who), queries.Wanted())[0]}

    assert seen(cast.sam) == {rule} and seen(cast.asha) == {site} and seen(cast.kim) == set()
    assert seen(cast.mia) == seen(cast.vic) == seen(cast.tess) == {rule, site}
    with pytest.raises(Missing):
        queries.rule_for(viewer(cast.asha), rule)
    assert queries.rule_of(viewer(cast.asha), number) is None
    assert story(number) == []  # everybody reads the idea, and not everybody may know of the rule


def test_what_the_viewer_may_not_read_says_nothing_about_a_rule(context: Flask, cast: Cast) -> None:
    early = rule_said(cast.sam, audience=Audience.EMPLOYER, now=NOON - timedelta(days=9))
    rule = named(cast.sam, early)
    joined(cast.asha, rule_said(cast.asha), rule)
    decided(cast.mia, rule, now=LATER)

    mine, theirs = queries.rule_shown(viewer(cast.asha), rule), queries.rule_shown(viewer(cast.sam), rule)

    assert (mine.days_to_verdict, theirs.days_to_verdict) == (3, 12)
    assert len(queries.naming_page(viewer(cast.asha), rule)[0]) == 1
    assert len(queries.naming_page(viewer(cast.sam), rule)[0]) == 2


# lists


def test_lists_page_to_the_end_and_filter(context: Flask, cast: Cast) -> None:
    rules = [named(cast.asha, rule_said(cast.asha), title=f"Rule {n} of five") for n in range(5)]
    decided(cast.mia, rules[0], now=LATER)
    decided(cast.mia, rules[1], "changed", now=LATER)
    decided(cast.mia, rules[2], "kept", now=LATER)
    bo, found, cursor = viewer(cast.bo), [], None
    while True:
        page, cursor = queries.rules_page(bo, queries.Wanted(), limit=2, cursor=cursor)
        found += [one.number for one in page]
        if cursor is None:
            break

    assert found == rules[::-1]
    first, after = queries.killed_page(bo, limit=1)
    second, end = queries.killed_page(bo, limit=1, cursor=after)
    assert [one.number for one in [*first, *second]] == [rules[1], rules[0]] and end is None
    kept = queries.Wanted(state=RuleState.KEPT, site_id=cast.places["Leeds"])
    assert [one.number for one in queries.rules_page(bo, kept)[0]] == [rules[2]]
    assert queries.rules_page(bo, queries.Wanted(site_id=cast.places["Durban"]))[0] == []
    assert queries.rules_page(bo, queries.Wanted(owner_id=cast.olu))[0] == []


def test_a_rule_is_to_be_reviewed_after_a_year(context: Flask, cast: Cast) -> None:
    fresh = named(cast.asha, rule_said(cast.asha), reviewed_on=TODAY - timedelta(days=365), owner_id=cast.olu)
    old = named(cast.asha, rule_said(cast.asha), reviewed_on=TODAY - timedelta(days=366), owner_id=cast.olu)
    never = named(cast.asha, rule_said(cast.asha))
    gone = named(cast.asha, rule_said(cast.asha))
    decided(cast.mia, gone)

    def due(who: int) -> list[int]:
        found, cursor = [], None
        while True:
            page, cursor = queries.review_page(viewer(who), today=TODAY, limit=1, cursor=cursor)
            found += [one.number for one in page]
            if cursor is None:
                return found

    assert due(cast.mia) == [never, old] and due(cast.olu) == [old] and due(cast.vic) == []
    assert fresh not in due(cast.mia)


# wording


def test_what_holds_is_said_by_verdict_and_day(context: Flask, cast: Cast) -> None:
    def said_now(kind: str, day: date = TODAY, **over: Any) -> Any:
        rule = named(cast.asha, rule_said(cast.asha))
        decided(cast.mia, rule, kind, **over)
        return spoken(queries.rule_shown(viewer(cast.bo), rule), today=day)

    changed_rule = said_now("changed")
    assert changed_rule.before == ("Until 1 March", OLD) and changed_rule.now == ("Now", NEW)
    assert said_now("changed", date(2026, 2, 27)).now == ("From 1 March", NEW)
    assert said_now("killed", new_wording="").now == ("Now", "The rule is gone.")
    assert said_now("kept").now == ("It stays", OLD) and said_now("kept").why == WHY
    assert said_now("never_was").now == ("It never was a rule", WHY)
    habit = said_now("local_habit", site_id=cast.places["Leeds"])
    assert habit.now == ("No rule, only a habit in Leeds", WHY)


@pytest.mark.parametrize("address", ["", "https://example.org/a?b=c", "http://intranet/handbook.pdf"])
def test_an_address_of_the_web_is_one(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    ["example.org", "ftp://example.org", "javascript:alert(1)", "https://", "https://a b", "http://u:p@example.org",
     "https://[", "data:text/html,x", "https://example.org/" + "x" * 500, '"https://example.org'],
)  # fmt: skip
def test_anything_else_is_not(address: str) -> None:
    assert not is_address(address)


def test_an_idea_that_is_hidden_says_nothing_about_its_rule(context: Flask, cast: Cast) -> None:
    number = rule_said(cast.asha)
    rule = named(cast.asha, number)
    with writing():
        db.session.execute(db.update(Idea).where(Idea.id == number).values(hidden_at=NOON))

    shown = queries.rule_shown(viewer(cast.bo), rule)

    assert shown.first_said_at is None and queries.naming_page(viewer(cast.bo), rule)[0] == []
