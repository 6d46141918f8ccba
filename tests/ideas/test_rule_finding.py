"""What may I say now?: old and new wording are found, fast and whatever is typed."""

import pytest
from flask import Flask

from portal.ideas.rule_record_finding import FOUND_MAX, find_rules
from portal.ideas.words import Audience
from tests.counting import counted
from tests.factories import Cast
from tests.ideas.making import viewer
from tests.ideas.ruling import changed, decided, named, rule_said


def found(who: int, text: str) -> list[int]:
    return [one.number for one in find_rules(viewer(who), text)]


@pytest.fixture
def fax(context: Flask, cast: Cast) -> int:
    """A rule about faxes that was changed, and another one as noise."""
    named(cast.asha, rule_said(cast.asha), title="Ask twice", says="Ask for the money twice.")
    rule = named(cast.asha, rule_said(cast.asha))
    decided(cast.mia, rule, "changed", new_wording="A café receipt will do.")
    return rule


@pytest.mark.parametrize(
    "text",
    ["fax", "FAX", "faxes", "cancel", "What may I say about cancelling by fax?", "receipt", "cafe", "Café!", "form"],
)
def test_old_and_new_words_find_it(cast: Cast, fax: int, text: str) -> None:
    assert found(cast.bo, text)[:1] == [fax]


@pytest.mark.parametrize(
    "text", ["", "   ", "%", "_", "\\", "'; drop table rule_records; --", '"', "ax", "zebra", "x" * 10_000]
)
def test_signs_are_text_and_find_nothing_by_themselves(cast: Cast, fax: int, text: str) -> None:
    assert found(cast.bo, text) == []


def test_ten_thousand_characters_are_read_as_far_as_a_question_goes(cast: Cast, fax: int) -> None:
    assert found(cast.bo, "fax " * 2500) == [fax]


def test_most_words_and_the_name_come_first_and_the_list_ends(context: Flask, cast: Cast) -> None:
    many = [named(cast.asha, rule_said(cast.asha), says=f"Say the fax number {n}") for n in range(FOUND_MAX + 2)]
    best = named(cast.asha, rule_said(cast.asha), title="The fax number", says="Give it out.")
    named(cast.asha, rule_said(cast.asha), title="Only a number", says="Nothing else.")

    assert found(cast.bo, "fax number")[0] == best
    assert len(found(cast.bo, "fax number")) == FOUND_MAX
    assert set(found(cast.bo, "fax number")) <= {best, *many}


def test_what_was_corrected_is_found_by_its_new_words(cast: Cast, fax: int) -> None:
    changed(cast.mia, fax, title="Only in writing", says="A letter, please.")

    assert found(cast.bo, "letter") == [fax] and found(cast.bo, "receipt") == [fax]


def test_a_rule_for_some_is_not_found_by_others(context: Flask, cast: Cast) -> None:
    rule = named(cast.sam, rule_said(cast.sam), scope=Audience.EMPLOYER, title="Welsh only")

    assert found(cast.sam, "welsh") == found(cast.vic, "welsh") == [rule]
    assert found(cast.asha, "welsh") == found(cast.kim, "welsh") == []


def test_a_question_costs_one_statement_however_many_rules_there_are(app: Flask, cast: Cast) -> None:
    with app.app_context():
        for n in range(12):
            named(cast.asha, rule_said(cast.asha), says=f"Say the fax number {n}")
        bo = viewer(cast.bo)
        with counted(app) as statements:
            assert len(find_rules(bo, "fax number")) == FOUND_MAX
    assert len([words for words in statements if not words.startswith("BEGIN")]) == 1
