"""What the demo says was promised, delivered and measured fits together."""

from collections import Counter

import pytest

from portal.demo.content import IDEAS, METRICS, SITES, WEEKS

SITE_KEYS = {site.key for site in SITES}
STORIES = {idea.key: idea for idea in IDEAS}
declined = [idea for idea in IDEAS if idea.decline]
promised = [idea for idea in IDEAS if idea.promise]
delivered = [idea for idea in IDEAS if idea.delivery]


@pytest.mark.parametrize("idea", declined, ids=lambda idea: idea.key)
def test_a_no_says_why_in_public_and_what_would_change_it(idea):
    decline = idea.decline

    assert len(decline.sentence) >= 40 and len(decline.what_would_change) >= 40
    assert idea.days_ago > idea.promoted_days_ago >= decline.days_ago >= 0
    assert (decline.until_in_days is not None) == (decline.reason == "not_now")
    assert (decline.of in STORIES) == (decline.reason == "duplicate")
    if decline.of:
        assert STORIES[decline.of].days_ago > idea.days_ago


@pytest.mark.parametrize("idea", promised, ids=lambda idea: idea.key)
def test_a_promise_names_a_metric_and_its_days_come_in_order(idea):
    promise = idea.promise
    moments = [idea.days_ago, idea.promoted_days_ago, promise.days_ago]
    if promise.accepted_days_ago is not None:
        moments.append(promise.accepted_days_ago)
    moments += [update.days_ago for update in promise.updates]
    if idea.delivery:
        assert moments[-1] > idea.delivery.live_days_ago
    else:
        assert (promise.due_in_days < 0) == (idea.fate == "overdue")

    assert promise.metric in {metric.code for metric in METRICS}
    assert moments == sorted(moments, reverse=True) and idea.days_ago > idea.promoted_days_ago
    assert -promise.due_in_days < promise.days_ago
    assert 30 <= promise.due_in_days + promise.days_ago <= 120
    assert 20 <= len(promise.sentence) <= 200


@pytest.mark.parametrize("idea", delivered, ids=lambda idea: idea.key)
def test_a_delivery_says_where_since_when_and_how_it_went(idea):
    delivery = idea.delivery

    assert delivery.sites and set(delivery.sites) <= SITE_KEYS
    assert bool(delivery.was) == bool(delivery.now)
    assert not delivery.was or delivery.was != delivery.now
    assert delivery.note
    if idea.fate == "done":
        assert delivery.confirmed_days_ago is None and not delivery.outcome and not delivery.confirm_note
    else:
        assert delivery.confirmed_days_ago < delivery.live_days_ago
        assert delivery.outcome in {"worked", "no_change", "worse", "too_early"} and delivery.confirm_note
    if delivery.taken_out_days_ago is not None:
        assert delivery.live_days_ago > delivery.taken_out_days_ago >= delivery.confirmed_days_ago


def test_exactly_one_promise_is_overdue_and_it_passed_eight_days_ago():
    late = [i for i in promised if not i.delivery and i.promise.due_in_days < 0]

    assert [(i.promise.owner, i.promise.due_in_days) for i in late] == [("ben", -8)]


def test_one_change_moved_nothing_and_one_did_harm_and_was_taken_out():
    outcomes = Counter(idea.delivery.outcome for idea in delivered)
    harmful = next(idea for idea in delivered if idea.delivery.outcome == "worse")

    assert outcomes["no_change"] == 1 and outcomes["worse"] == 1 and outcomes["worked"] >= 6
    assert harmful.delivery.taken_out_days_ago


def test_most_changes_reached_some_sites_and_not_others():
    partly = [idea for idea in delivered if set(idea.delivery.sites) != SITE_KEYS]

    assert len(partly) >= 5
    assert len([idea for idea in delivered if idea.kind == "stupid_rule" and idea.delivery.was]) >= 2


def test_metrics_have_a_value_for_every_site_and_time_comes_last():
    assert WEEKS == 39 and len({metric.code for metric in METRICS}) == len(METRICS) >= 8
    assert METRICS[-1].code == "handle_time" and "Measure what the contact was worth" in METRICS[-1].note
    for metric in METRICS:
        assert {site for site, _ in metric.baseline} == SITE_KEYS
        assert metric.direction in {"up", "down"} and metric.kind in {"rate", "mean"}
        assert metric.noise > 0 and 0 < metric.answered <= 1
        lowest = min(value for _, value in metric.baseline)
        assert lowest > 5 * metric.noise + sum(abs(effect.size) for effect in metric.effects)


def test_effects_belong_to_delivered_ideas_their_metric_and_their_sites():
    for metric in METRICS:
        touched = Counter(site for effect in metric.effects for site in effect.sites)
        assert max(touched.values(), default=0) <= 1, f"{metric.code}: two changes at one site"
        for effect in metric.effects:
            idea = STORIES[effect.idea]
            assert idea.promise.metric == metric.code
            assert set(effect.sites) == set(idea.delivery.sites)


def test_an_effect_tells_the_same_story_as_the_words():
    shown = {effect.idea: (effect.size, metric) for metric in METRICS for effect in metric.effects}
    for idea in delivered:
        size, metric = shown.get(idea.key, (None, None))
        better = size and (size > 0) == (metric.direction == "up")
        expected = {"worked": True, "worse": False, "no_change": 0.0, "too_early": None, "": None}
        assert better == expected[idea.delivery.outcome]
        if size:
            assert abs(size) > 2 * metric.noise and idea.delivery.live_days_ago >= 56
