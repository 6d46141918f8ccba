"""First replies and local fixes as tables: who can do what with what."""

from datetime import date, timedelta

import pytest

from portal.commitments.rules import Actor, CommitmentState, NewPromise, PromiseFacts, Verb
from portal.commitments.words import PromiseRefusal
from portal.ideas.words import Stage
from portal.people.roles import Role
from portal.people.viewer import Held, Viewer
from portal.triage.lane_scope import Where
from portal.triage.lane_wording import QUESTIONS, age_words, question_of
from portal.triage.local_fix_rules import FixFacts, LocalFixRefusal, adopt_refusal, promise_refusal, verb_refusal
from portal.triage.policy import MAY
from portal.triage.reply_rules import ReplyFacts, ReplyRefusal, reply_refusal, words_refusal
from tests.factories import NOON

TODAY = date(2026, 3, 2)
YES = NewPromise("We print the form at the desk.", TODAY + timedelta(days=7))
OWNER, OTHER = 1, 2
WAITING = ("open", "promoted")


@pytest.mark.parametrize("stage", [stage.value for stage in Stage])
def test_only_what_waits_takes_a_first_reply(stage: str) -> None:
    wanted = None if stage in WAITING else ReplyRefusal.MERGED if stage == "merged" else ReplyRefusal.ALREADY_DECIDED

    assert reply_refusal(ReplyFacts(stage)) is wanted


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (ReplyFacts("open", own=True, replied=True), ReplyRefusal.OWN_IDEA),
        (ReplyFacts("open", replied=True), ReplyRefusal.ALREADY_REPLIED),
        (ReplyFacts("promoted", decided=True, replied=True), ReplyRefusal.ALREADY_DECIDED),
        (ReplyFacts("open", hidden=True, replied=True), ReplyRefusal.HIDDEN),
    ],
)
def test_a_first_reply_is_refused_for_the_reason_that_says_most(facts: ReplyFacts, wanted: ReplyRefusal) -> None:
    assert reply_refusal(facts) is wanted


@pytest.mark.parametrize(
    ("words", "needed", "wanted"),
    [
        ("", True, ReplyRefusal.REPLY_TOO_SHORT),
        ("", False, None),
        (" short ", False, ReplyRefusal.REPLY_TOO_SHORT),
        ("x" * 10, True, None),
        ("x" * 1_000, True, None),
        ("x" * 1_001, False, ReplyRefusal.REPLY_TOO_LONG),
    ],
)
def test_words_of_a_reply(words: str, needed: bool, wanted: ReplyRefusal | None) -> None:
    assert words_refusal(words, needed=needed) is wanted


@pytest.mark.parametrize(
    ("facts", "promise", "wanted"),
    [
        (FixFacts("open", leads=True), YES, None),
        (FixFacts("promoted", leads=True), YES, None),
        (FixFacts("open", leads=True, own=True), YES, LocalFixRefusal.OWN_IDEA),
        (FixFacts("open", leads=False), YES, LocalFixRefusal.NOT_YOUR_SITE),
        (FixFacts("declined", leads=True), YES, LocalFixRefusal.NOT_WITH_THE_SWARM),
        (FixFacts("open", leads=True, hidden=True), YES, LocalFixRefusal.NOT_WITH_THE_SWARM),
        (FixFacts("open", leads=True, here=True), YES, LocalFixRefusal.ALREADY_HERE),
        (FixFacts("open", leads=True), NewPromise("Short", YES.due_on), PromiseRefusal.SENTENCE_TOO_SHORT),
        (FixFacts("open", leads=True), NewPromise(YES.sentence, TODAY), PromiseRefusal.DATE_NOT_AFTER_TODAY),
    ],
)  # fmt: skip
def test_what_a_site_can_promise(facts: FixFacts, promise: NewPromise, wanted: object) -> None:
    assert promise_refusal(facts, promise, TODAY) is wanted


@pytest.mark.parametrize("state", list(CommitmentState))
def test_only_what_a_second_person_has_confirmed_is_offered(state: CommitmentState) -> None:
    refused = adopt_refusal(FixFacts("open", leads=True, own=True), state, YES, TODAY)

    assert refused is (None if state is CommitmentState.CONFIRMED else LocalFixRefusal.NOT_OFFERED)


@pytest.mark.parametrize(
    ("verb", "state", "actor", "wanted"),
    [
        (Verb.MOVE_DATE, "accepted", Actor(OWNER), None),
        (Verb.MOVE_DATE, "accepted", Actor(OTHER, answers=True), PromiseRefusal.NOT_THE_OWNER),
        (Verb.MOVE_DATE, "delivered", Actor(OWNER), PromiseRefusal.ALREADY_DELIVERED),
        (Verb.DELIVER, "accepted", Actor(OWNER), None),
        (Verb.DELIVER, "confirmed", Actor(OWNER), PromiseRefusal.ALREADY_CONFIRMED),
        (Verb.CONFIRM, "delivered", Actor(OWNER, answers=True), PromiseRefusal.SECOND_PERSON),
        (Verb.CONFIRM, "delivered", Actor(OTHER), LocalFixRefusal.NOT_A_CONFIRMER),
        (Verb.CONFIRM, "delivered", Actor(OTHER, answers=True), None),
        (Verb.CONFIRM, "accepted", Actor(OTHER, answers=True), PromiseRefusal.NOT_DELIVERED),
        (Verb.SEND_BACK, "confirmed", Actor(OTHER, answers=True), PromiseRefusal.ALREADY_CONFIRMED),
    ],
)
def test_a_local_fix_is_held_to_the_rules_of_every_promise(
    verb: Verb, state: str, actor: Actor, wanted: object
) -> None:
    fix = PromiseFacts(CommitmentState(state), OWNER, OWNER, TODAY, YES.due_on)

    assert verb_refusal(verb, fix, actor) is wanted


LEEDS, BILLING, BELFAST, TOP = "/1/2/", "/1/2/3/", "/1/4/", "/1/"


@pytest.mark.parametrize(
    ("role", "held", "replies", "promises"),
    [
        (Role.TEAM_LEADER, LEEDS, True, True),
        (Role.TEAM_LEADER, BILLING, True, True),  # of a team there: the site is theirs to speak for
        (Role.TEAM_LEADER, BELFAST, False, False),
        (Role.EXECUTIVE, LEEDS, True, True),  # the site's director
        (Role.EXECUTIVE, TOP, True, False),  # promises for everybody instead
        (Role.PROGRAMME, TOP, True, False),
        (Role.EXECUTIVE, BILLING, False, False),
        (Role.OWNER, LEEDS, False, False),
        (Role.FRONTLINE, BILLING, False, False),
    ],
)
def test_who_speaks_for_a_site(role: Role, held: str, replies: bool, promises: bool) -> None:
    who = Viewer(
        id=7, name="S", initials="S", job_title="", place_id=3, path=BILLING, team_id=3, site_id=2, employer_id=1,
        organisation_id=1, timezone="UTC", held=(Held(role, held),),
    )  # fmt: skip

    assert MAY["reply.give"](who, Where(LEEDS)) is replies
    assert MAY["fix.promise"](who, Where(LEEDS)) is promises
    assert MAY["fix.confirm"](who, Where(LEEDS)) is replies
    assert not MAY["reply.give"](None, Where(LEEDS)) and not MAY["fix.promise"](None)


def test_a_team_leader_does_not_speak_for_what_was_said_about_no_site() -> None:
    who = Viewer(
        id=7, name="S", initials="S", job_title="", place_id=3, path=BILLING, team_id=3, site_id=2, employer_id=1,
        organisation_id=1, timezone="UTC", held=(Held(Role.TEAM_LEADER, BILLING),),
    )  # fmt: skip

    assert not MAY["reply.give"](who, Where(TOP, is_site=False))


def test_the_question_changes_every_week_and_not_within_it() -> None:
    monday = date(2026, 3, 2)
    week = {question_of(monday + timedelta(days=day)) for day in range(7)}
    weeks = {question_of(monday + timedelta(weeks=week)) for week in range(len(QUESTIONS))}

    assert len(week) == 1 and weeks == set(QUESTIONS)


def test_how_long_somebody_waits_in_words() -> None:
    told = [age_words(NOON - timedelta(days=days), NOON) for days in (0, 1, 6)]

    assert told == ["since today", "since yesterday", "for 6 days"]
