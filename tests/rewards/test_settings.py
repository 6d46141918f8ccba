"""What an organisation decides about points holds for what comes; what was paid stays as it was."""

from dataclasses import replace

import pytest
from flask import Flask

from portal.db import db, writing
from portal.errors import DomainError
from portal.people.models import AuditEntry
from portal.people.queries import viewer_of
from portal.rewards import settings_rules, settings_service
from portal.rewards.models import Award
from portal.rewards.queries import wallet_points
from portal.rewards.rules import POLICIES, Event, Payee, Share, denomination, dues, points_for
from portal.rewards.settings_queries import settings, settings_of, versions
from portal.rewards.settings_rules import RewardSettings, SettingsRefusal, refusal
from tests.factories import NOON, Cast
from tests.ledger.racing import race
from tests.rewards.giving import kept, open_budget

ASHA, OLU, VIC = 1, 2, 3


def doubled(of: RewardSettings) -> RewardSettings:
    policy = {event: dict(shares) for event, shares in of.policy.items()}
    policy[Event.PROMISE_KEPT][Share.AUTHOR] = 500
    return replace(of, policy=policy)


def test_a_new_version_changes_nothing_that_was_paid(context: Flask, cast: Cast) -> None:
    payees = [Payee(cast.asha, Share.AUTHOR, False)]
    mia = viewer_of(cast.mia)
    assert mia is not None
    with writing():
        open_budget()
        kept(1, payees, confirmed_by=cast.vic)
        made = settings_service.change(mia, doubled(settings()), based_on=settings().version, now=NOON)
        kept(2, payees, confirmed_by=cast.vic)
        kept(1, payees, confirmed_by=cast.vic)

    assert made == settings() == settings_of(101)
    assert [(one.points, one.policy_version) for one in db.session.query(Award).order_by(Award.id)] == [
        (200, 3),
        (500, 101),
    ]
    assert wallet_points(cast.asha) == 700
    (entry,) = db.session.query(AuditEntry).filter_by(action="reward_settings.changed")
    assert entry.detail == '{"promise_kept.author": [200, 500]}'
    assert [row.version for row in versions(limit=5, cursor=None)[0]] == [101]
    assert (settings_of(1).policy, settings_of(77)) == (POLICIES[1], None)  # type: ignore[union-attr]


def test_settings_that_were_read_too_long_ago_are_refused_and_equal_ones_make_no_version(
    context: Flask, cast: Cast
) -> None:
    mia, asha = viewer_of(cast.mia), viewer_of(cast.asha)
    assert mia is not None and asha is not None
    with writing():
        assert settings_service.change(mia, settings(), based_on=3, now=NOON) == RewardSettings()
        settings_service.change(mia, doubled(settings()), based_on=3, now=NOON)

    for viewer, wanted, code in ((mia, RewardSettings(), "settings_changed"), (asha, RewardSettings(), "not_allowed"),
                                 (mia, RewardSettings(cap_idea=0), "settings_changed")):  # fmt: skip
        with pytest.raises(DomainError) as refused, writing():
            settings_service.change(viewer, wanted, based_on=3, now=NOON)
        assert refused.value.code == code
    with pytest.raises(DomainError, match="too small or too large"), writing():
        settings_service.change(mia, RewardSettings(cap_idea=0), based_on=101, now=NOON)


@pytest.mark.slow
def test_of_two_who_change_the_settings_at_once_one_does(app: Flask, cast: Cast) -> None:
    def work(number: int) -> object:
        viewer = viewer_of(cast.mia)
        assert viewer is not None
        return settings_service.change(viewer, RewardSettings(cap_idea=1000 + number), based_on=3, now=NOON).version

    assert sorted(map(str, race(app, 4, work))) == ["101"] + ["settings_changed"] * 3


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (RewardSettings(), None),
        (RewardSettings(cap_person_year=10**7), SettingsRefusal.OUT_OF_RANGE),
        (RewardSettings(tax_note="x" * 301), SettingsRefusal.OUT_OF_RANGE),
        (RewardSettings(impact_tranches=True), SettingsRefusal.NO_RATE),
        (RewardSettings(impact_tranches=True, cents_per_point=5), None),
        (RewardSettings(policy={Event.IDEA_PROMOTED: {Share.AUTHOR: 137}}), SettingsRefusal.ODD_SHARE),
        (RewardSettings(policy={Event.IDEA_PROMOTED: {Share.AUTHOR: -1}}), SettingsRefusal.OUT_OF_RANGE),
        (RewardSettings(policy={Event.PROMISE_KEPT: {Share.CONFIRMER: 10}}), SettingsRefusal.OWN_WORD),
    ],
)  # fmt: skip
def test_why_settings_are_not_taken(wanted: RewardSettings, why: SettingsRefusal | None) -> None:
    assert refusal(wanted) is why


def test_a_version_is_read_as_it_was_written() -> None:
    wanted = doubled(RewardSettings(version=101, cents_per_point=5, tax_note="Taxed.", currency="€"))

    assert settings_rules.read(101, settings_rules.as_json(wanted)) == wanted
    assert settings_rules.read(101, "{}") == RewardSettings(version=101)


def test_worth_and_the_part_of_an_impact() -> None:
    usual = RewardSettings(cents_per_point=5, impact_tranches=True)

    assert (usual.worth(340), RewardSettings().worth(340)) == ("worth £17.00", None)
    assert [usual.points_of(cents) for cents in (10_000, 9_999, 0, -5, 10**9)] == [200, 199, 0, 0, 2000]
    assert replace(usual, impact_tranches=False).points_of(10_000) == 0


def test_whoever_confirmed_is_paid_on_the_word_of_others_and_only_if_they_are_no_party() -> None:
    confirmer = Payee(VIC, Share.CONFIRMER, False)
    others = [Payee(ASHA, Share.AUTHOR, True), Payee(OLU, Share.IMPLEMENTER, False)]

    kept_dues = dues(Event.PROMISE_KEPT, [*others, confirmer], actor_id=VIC)
    gone = dues(Event.GONE_ON_THE_DESK, [*others, confirmer], actor_id=None)
    party = dues(Event.GONE_ON_THE_DESK, [*others, confirmer, Payee(VIC, Share.HELPER, False)], actor_id=None)

    assert [due.person_id for due in kept_dues] == [ASHA, OLU]
    assert [(due.person_id, due.points) for due in gone] == [(ASHA, 100), (OLU, 50), (VIC, 20)]
    assert [due.person_id for due in party] == [ASHA, OLU]


def test_supporters_are_hidden_and_hidden_sums_are_denominations() -> None:
    (due,) = dues(Event.PROMISE_KEPT, [Payee(ASHA, Share.EARLY, False)], actor_id=None)

    assert due.hidden and points_for(Event.PROMISE_KEPT, Share.EARLY) == 10
    assert [denomination(points) for points in (9, 10, 137, 199, 200, 5000)] == [0, 10, 100, 100, 200, 1000]
