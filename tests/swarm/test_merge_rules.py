"""Which idea may join which, and until when that can be undone: every refusal."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.ideas.words import Audience, Stage
from portal.swarm.merge_rules import (
    MERGES_FROM,
    TAKES_MERGES,
    UNMERGE_TIME,
    Mergeable,
    Merged,
    MergeRefusal,
    UnmergeRefusal,
    merge_refusal,
    unmerge_refusal,
)
from tests.factories import NOON

ONE, INTO = Mergeable(1, Stage.OPEN), Mergeable(2, Stage.OPEN)
LEEDS, BELFAST, HARBOUR, BRIGHTLINE = 3, 4, 1, 2
STANDS = Merged(NOON, into_id=2, merged_into_now=2, into_stage=Stage.OPEN, into_stage_now=Stage.OPEN)
# What only the verb can see: who reads what, and what the votes say.
OF_THE_VERB = {
    MergeRefusal.SELF, MergeRefusal.NOT_VISIBLE, MergeRefusal.LOSES_PROMOTION,
    UnmergeRefusal.NOT_MERGED,
}  # fmt: skip


def at(site: int | None = None, employer: int | None = None) -> Mergeable:
    audience = Audience.SITE if site else Audience.EMPLOYER if employer else Audience.ORGANISATION
    return replace(ONE, audience=audience, site_id=site, employer_id=employer)


def into(other: Mergeable) -> Mergeable:
    return replace(other, number=2)


REFUSED = [
    (ONE, ONE, MergeRefusal.JOINED_THIS),
    (replace(ONE, stage=Stage.MERGED), INTO, MergeRefusal.ALREADY_MERGED),
    (replace(ONE, stage=Stage.PROMISED), INTO, MergeRefusal.HAS_COMMITMENT),
    (replace(ONE, stage=Stage.DELIVERED), INTO, MergeRefusal.HAS_COMMITMENT),
    (replace(ONE, stage=Stage.DONE), INTO, MergeRefusal.HAS_COMMITMENT),
    (replace(ONE, stage=Stage.DECLINED), INTO, MergeRefusal.DECLINED),
    (replace(ONE, stage=Stage.WITHDRAWN), INTO, MergeRefusal.WITHDRAWN),
    (replace(ONE, hidden=True), INTO, MergeRefusal.HIDDEN),
    (ONE, replace(INTO, stage=Stage.MERGED), MergeRefusal.CHANGED),
    (ONE, replace(INTO, stage=Stage.WITHDRAWN), MergeRefusal.TARGET_WITHDRAWN),
    (ONE, replace(INTO, stage=Stage.DECLINED), MergeRefusal.TARGET_DECLINED),
    (ONE, replace(INTO, stage=Stage.DELIVERED), MergeRefusal.TARGET_DONE),
    (ONE, replace(INTO, stage=Stage.DONE), MergeRefusal.TARGET_DONE),
    (ONE, replace(INTO, hidden=True), MergeRefusal.TARGET_HIDDEN),
    (at(LEEDS), INTO, MergeRefusal.WIDER_AUDIENCE),
    (at(LEEDS), into(at(employer=HARBOUR)), MergeRefusal.WIDER_AUDIENCE),
    (at(employer=HARBOUR), INTO, MergeRefusal.WIDER_AUDIENCE),
    (ONE, into(at(LEEDS)), MergeRefusal.NARROWER_AUDIENCE),
    (at(LEEDS), into(at(BELFAST)), MergeRefusal.NARROWER_AUDIENCE),
    (at(employer=HARBOUR), into(at(employer=BRIGHTLINE)), MergeRefusal.NARROWER_AUDIENCE),
    (at(employer=HARBOUR), into(at(LEEDS)), MergeRefusal.NARROWER_AUDIENCE),
]
STUCK = [
    (STANDS, UNMERGE_TIME + timedelta(seconds=1), UnmergeRefusal.TOO_LATE),
    (replace(STANDS, merged_into_now=3), timedelta(), UnmergeRefusal.MERGED_FURTHER),
    (replace(STANDS, into_stage_now=Stage.PROMISED), timedelta(), UnmergeRefusal.DECIDED_SINCE),
    (replace(STANDS, into_stage_now=Stage.DECLINED), timedelta(), UnmergeRefusal.DECIDED_SINCE),
]


@pytest.mark.parametrize(("one", "other", "expected"), REFUSED)
def test_what_does_not_join(one: Mergeable, other: Mergeable, expected: MergeRefusal) -> None:
    assert merge_refusal(one, other) is expected


@pytest.mark.parametrize("stage", sorted(MERGES_FROM))
@pytest.mark.parametrize("target", sorted(TAKES_MERGES))
def test_what_joins(stage: Stage, target: Stage) -> None:
    assert merge_refusal(replace(ONE, stage=stage), replace(INTO, stage=target)) is None
    assert merge_refusal(replace(at(LEEDS), stage=stage), replace(into(at(LEEDS)), stage=target)) is None


def test_where_it_was_said_decides_nothing_while_everybody_may_read_it() -> None:
    assert merge_refusal(replace(ONE, site_id=LEEDS), replace(INTO, site_id=BELFAST, employer_id=BRIGHTLINE)) is None


@pytest.mark.parametrize(("merged", "passed", "expected"), STUCK)
def test_what_stays_merged(merged: Merged, passed: timedelta, expected: UnmergeRefusal) -> None:
    assert unmerge_refusal(merged, NOON + passed) is expected


@pytest.mark.parametrize(
    "merged",
    [
        STANDS,
        replace(STANDS, into_stage_now=Stage.PROMOTED),
        replace(STANDS, into_stage=Stage.PROMISED, into_stage_now=Stage.PROMISED),
    ],
)
def test_what_can_be_taken_apart(merged: Merged) -> None:
    assert unmerge_refusal(merged, NOON + UNMERGE_TIME) is None


def test_every_refusal_is_produced() -> None:
    shown = {expected for _, _, expected in (*REFUSED, *STUCK)}

    assert shown | OF_THE_VERB == set(MergeRefusal) | set(UnmergeRefusal)
    assert shown & OF_THE_VERB == set()
