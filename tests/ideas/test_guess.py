"""Title, kind and barrier are guessed from the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ideas.guess import barrier_of, kind_of, shortened, title_of
from portal.ideas.words import TITLE_CHARS_MAX, Barrier, Kind


@pytest.mark.parametrize(
    ("say", "title"),
    [
        ("We have to ask for a fax. Nobody has a fax.", "We have to ask for a fax"),
        ("Why do we ask for a fax? Nobody has one.", "Why do we ask for a fax?"),
        ("No. We never take a photo of the meter.", "No. We never take a photo of the meter"),
        ("One line\nand another", "One line and another"),
        ("A long enough line\nand another", "A long enough line"),
        ("  spaces   everywhere in here  ", "spaces everywhere in here"),
        ("It just stops...", "It just stops..."),
        ("word " * 40, "word " * 15 + "word…"),
        ("x" * 200, "x" * 79 + "…"),
    ],
)
def test_the_title_is_the_first_sentence_cut_at_a_word(say: str, title: str) -> None:
    assert title_of(say) == title


@given(st.text(max_size=700))
def test_a_title_is_one_line_of_at_most_eighty_characters(say: str) -> None:
    title = title_of(say)

    assert len(title) <= TITLE_CHARS_MAX
    assert "\n" not in title


@given(st.text(max_size=100), st.integers(2, 50))
def test_shortening_never_passes_the_limit(text: str, chars: int) -> None:
    short = shortened(text, chars)

    assert len(short) <= chars
    assert short == text or short.endswith("…")


@pytest.mark.parametrize(
    "say",
    ["We're not allowed to waive it", "We have to read it aloud", "The rule says no", "I can’t refund 5 pounds",
     "Policy says a manager must sign", "You must not say sorry", "Customers are required to write a letter"],
)  # fmt: skip
def test_what_is_forbidden_or_forced_is_a_stupid_rule(say: str) -> None:
    assert kind_of(say) is Kind.STUPID_RULE


@pytest.mark.parametrize(
    "say", ["Let us send the bill by chat", "A button for the outage map", "Mustard in the canteen"]
)
def test_anything_else_is_an_idea(say: str) -> None:
    assert kind_of(say) is Kind.IDEA


@pytest.mark.parametrize(
    ("say", "barrier"),
    [
        ("The CRM crashes and I log in again on every screen", Barrier.SYSTEMS),
        ("It is handed over between three departments and sits in a queue", Barrier.PROCESSES),
        ("We read the script word for word, every step of the checklist", Barrier.PROCEDURES),
        ("The cancellation fee is in the contract and nobody can waive it", Barrier.POLICIES),
        ("My headset and the VPN drop, and the chatbot lies", Barrier.TECHNOLOGY),
        ("The job advert and the interview promise something else", Barrier.HIRING),
        ("The induction course taught us nothing, the trainer had never taken a call", Barrier.TRAINING),
        ("My manager micromanages and the supervisor is never there", Barrier.MANAGEMENT),
        ("The sales target pays a bonus for upselling", Barrier.GOALS),
        ("Our objectives and priorities change each quarter, what is the strategy", Barrier.OBJECTIVES),
        ("QA marked me down on the scorecard", Barrier.QUALITY_ASSURANCE),
        ("The forecast missed the mailing and the volume spike", Barrier.FORECASTING),
        ("The rota moves my lunch, and a shift swap takes a week", Barrier.SCHEDULING),
        ("AHT and the survey measure the wrong thing", Barrier.MEASUREMENTS),
        ("The knowledge base article is out of date", Barrier.KNOWLEDGE),
        ("Blue is nicer", Barrier.PROCESSES),
    ],
)
def test_the_barrier_is_the_one_whose_words_weigh_most(say: str, barrier: Barrier) -> None:
    assert barrier_of(say) is barrier
