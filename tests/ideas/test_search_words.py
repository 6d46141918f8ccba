"""How texts are cut into words, reduced to their stems, and put right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ideas.search_stem import stem
from portal.ideas.search_terms import SNIPPET_CHARS, TERMS_MAX, all_of, marked, plain, snippet, stems_of, terms, two_of
from portal.ideas.search_words import best, distance, parts_asked, parts_of


@pytest.mark.parametrize(
    "forms",
    [
        ("refund", "refunds", "refunded", "refunding"), ("router", "routers"), ("apply", "applies", "applied"),
        ("caress", "caresses"), ("hop", "hopping"), ("relate", "relational"), ("hopeful", "hopefulness"),
        ("adjust", "adjustment", "adjustable"), ("control", "controlling", "controlled"),
    ],
)  # fmt: skip
def test_the_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("word", "expected"),
    [("ponies", "poni"), ("sky", "sky"), ("feed", "feed"), ("agreed", "agre"), ("sing", "sing"), ("rate", "rate"),
     ("falling", "fall"), ("conflated", "conflat"), ("triplicate", "triplic"), ("adoption", "adopt"), ("as", "as")],
)  # fmt: skip
def test_stems_are_those_of_the_published_algorithm(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_accents_capitals_and_apostrophes_make_no_difference() -> None:
    assert stems_of("Café NAÏVE smørrebrød customer’s") == stems_of("cafe naive smorrebrod customer")


def test_words_of_other_scripts_are_spelled_in_letters() -> None:
    assert stems_of("日本語").isascii()
    assert stems_of("日本語") == stems_of("日本語 ")


def test_only_so_many_words_are_looked_for_and_it_is_said() -> None:
    wanted = terms(" ".join(f"word{n}" for n in range(500)))

    assert len(wanted.stems) == TERMS_MAX
    assert wanted.cut


@given(st.text(max_size=300))
def test_whatever_is_typed_the_databases_see_only_letters_and_digits(text: str) -> None:
    wanted = terms(text)

    for match in (all_of(wanted.stems, postgres=True), two_of(wanted.stems, postgres=False)):
        plain_words = match.replace("'", "").replace('"', "").replace("&", "").replace("|", "")
        rest = plain_words.replace(" AND ", "").replace(" OR ", "").replace("(", "").replace(")", "").replace(" ", "")
        assert rest == "" or (rest.isascii() and rest.isalnum())


@given(st.text(max_size=900), st.text(max_size=40))
def test_a_marked_text_is_the_text_and_a_snippet_is_short(text: str, query: str) -> None:
    wanted = frozenset(terms(query).stems)

    assert "".join(part.text for part in marked(text, wanted)) == text
    assert sum(len(part.text) for part in snippet(text, wanted)) <= SNIPPET_CHARS + 4


def test_a_snippet_stands_around_the_word() -> None:
    parts = snippet("nothing here " * 100 + "but a fax machine at the end", frozenset({"fax"}))

    assert [part.text for part in parts if part.marked] == ["fax"]
    assert parts[0].text.startswith("… ")


def test_markdown_is_read_without_its_signs() -> None:
    assert plain("## Try **this**\n- [the form](https://a.example/x) `now`") == "Try this the form now"


@pytest.mark.parametrize("typed", ["rotuer", "ruter", "rrouter", "rouser", "fouter"])
def test_a_word_one_step_away_is_found_under_a_part_of_it(typed: str) -> None:
    stored = {part for part, word in parts_of([("The router", "")]) if word == "router"}

    assert distance(typed, "router") == 1
    assert stored & parts_asked(typed)
    assert best(typed, {"router"}, {}) == "router"


def test_the_nearest_and_then_the_commonest_word_is_meant() -> None:
    assert best("refnud", {"refund", "refuel"}, {}) == "refund"
    assert best("lone", {"loan", "lane", "lore"}, {"lane": 1, "lore": 9}) == "lore"
    assert best("pin", {"telephone"}, {}) is None
