"""Files of earlier ideas: which column is taken for what, what is taken from it, and what every refusal names."""

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.csv_files import decode
from portal.errors import Invalid
from portal.ideas import guess
from portal.ideas.earlier_cells import Calendar, CellProblem, said_at
from portal.ideas.earlier_columns import FIELDS, chosen, open_sheet, refuse_unclear
from portal.ideas.earlier_columns import guess as guess_columns
from portal.ideas.earlier_csv import PROBLEMS_KEPT, Checked, Known, Reading, check, warnings
from portal.ideas.words import Barrier, Kind
from tests.factories import NOON

KNOWN = Known(
    people={"asha@x.example": 7, "a-1": 7, "bo@x.example": 8},
    names={7: ("Asha Rao", "asha@x.example", "a-1"), 8: ("Bo", "bo@x.example")},
    sites={"leeds": (1,), "cork": (2, 3), "farline/cork": (2,), "durban": (4,)},
    small=frozenset({4}),
)
HEAD = "id,title,text,author,said_on,votes,state,site,kind,barrier\n"
FAX = "We must ask for a fax because of the policy"


def checked(text: str, *, known: Known = KNOWN, rows_max: int = 1000, **over: object) -> Checked:
    sheet = open_sheet(text)
    reading = Reading(guess_columns(sheet), Calendar(NOON, over.pop("zone", UTC), over.pop("day_first", None)),
                      **{"source": "earlier"} | over)  # type: ignore[arg-type] # fmt: skip
    return check(sheet, reading, known, rows_max=rows_max)


def header(line: str) -> dict[str, str]:
    sheet = open_sheet(f"{line}\n")
    return {field: sheet.header[at] for field, at in guess_columns(sheet).items()}


def code_of(text: str, **over: object) -> str:
    with pytest.raises(Invalid) as refused:
        checked(text, **over)  # type: ignore[arg-type]
    assert refused.value.message
    return refused.value.code


def test_a_whole_row_becomes_an_idea() -> None:
    found = checked(f'{HEAD}17,No fax,"{FAX}",Asha Rao <ASHA@x.example>,2021-03-05,312,Planned,leeds,Rule,Policies\n')

    (entry,) = found.entries
    assert entry.ref == "import:earlier:17"
    assert (entry.title, entry.say, entry.kind, entry.barrier) == ("No fax", FAX, Kind.STUPID_RULE, Barrier.POLICIES)
    assert (entry.site_id, entry.person_id, entry.votes, entry.state) == (1, 7, 312, "Planned")
    assert entry.said_at == datetime(2021, 3, 5, 12, tzinfo=UTC)


def test_what_is_empty_is_guessed_as_the_open_box_does() -> None:
    (entry,) = checked(f"text\n{FAX}. It is silly.\n").entries

    assert entry.title == guess.title_of(f"{FAX}. It is silly.")
    assert (entry.kind, entry.barrier) == (guess.kind_of(FAX), guess.barrier_of(FAX))
    assert (entry.votes, entry.state, entry.person_id, entry.said_at, entry.site_id) == (0, "", None, None, None)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Title,Description,Votes,Status,Created At,Author Email", "title text votes state said_on author"),
        ("Idea ID,Idea,Description,Vote Count,Idea Status,Created,Creator email,Creator",
         "external_id title text votes state said_on author"),
        ("Id;Idea;Votes", "external_id text votes"),
        ("Title\tUpvotes\tDate", "text votes said_on"),
        ("Reference|Subject|Body|Likes|Submitted by|Submitted on", "external_id title text votes author said_on"),
        ("Nummer;Titel;Beschreibung;Stimmen", "title text votes"),
        ("Name,Comment", ""),
        ("Text,text,Votes", "votes"),
    ],
)  # fmt: skip
def test_the_headers_of_common_tools_are_guessed(line: str, wanted: str) -> None:
    assert set(header(line)) == set(wanted.split())


def test_the_title_is_the_text_where_there_is_no_other_and_an_address_is_preferred_to_a_name() -> None:
    assert header("Title,Votes")["text"] == "Title"
    assert header("Author,Author email,Text")["author"] == "Author email"


def test_a_guess_is_corrected_by_field_and_header() -> None:
    sheet = open_sheet("Title,Description,Extra,Votes\n")

    assert chosen(sheet, {"text": "extra", "votes": ""}) == {"text": 2, "title": 0}
    assert chosen(sheet, {"text": "Title"}) == {"text": 0, "votes": 3}


@pytest.mark.parametrize(
    ("line", "asked", "code"),
    [
        ("Text,Votes", {"colour": "Votes"}, "field_unknown"),
        ("Text,Votes", {"votes": "Likes"}, "column_unknown"),
        ("Text,Votes,votes", {"votes": "VOTES"}, "column_twice"),
        ("Text,Votes", {"text": "Votes", "votes": "Votes"}, "column_used_twice"),
        ("A,B", {}, "text_without_column"),
        ("Text,Text", {}, "text_without_column"),
        ("Text,B", {"text": ""}, "text_without_column"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(line: str, asked: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        chosen(open_sheet(f"{line}\n"), asked)

    assert refused.value.code == code


def test_a_position_beyond_the_file_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        refuse_unclear(open_sheet("Text\n"), {"text": 1})

    assert refused.value.code == "column_unknown"


def test_an_exact_name_is_found_among_similar_ones() -> None:
    assert chosen(open_sheet("Text,Votes,votes\n"), {"votes": "votes"}) == {"text": 0, "votes": 2}


def test_columns_without_a_use_and_headers_that_come_twice_are_told() -> None:
    sheet = open_sheet("Text,Votes,Votes,Salary,\n")

    assert sheet.unused(guess_columns(sheet)) == ["Votes (column 2)", "Votes (column 3)", "Salary"]
    found = checked("Text,Votes,Votes\nSome words,1,2\n")
    told = warnings(found, open_sheet("Text,Votes,Votes\n"), Reading({"text": 0}, Calendar(NOON), "earlier"), "utf-8")
    assert "Several columns are called Votes" in told[0]


@pytest.mark.parametrize(
    ("row", "column", "code", "words"),
    [
        ("1,,,,,,,,,", "text", "text_missing", "leave the row out"),
        ("1,,ab,,,,,,,", "text", "text_too_short", "at least 3"),
        (f"1,,{'x' * 601},,,,,,,", "text", "text_too_long", "Shorten it to 600"),
        (f"1,{'t' * 90},{'x' * 520},,,,,,,", "text", "text_too_long", "Shorten it to 600"),
        ("1,,some\x07words,,,,,,,", "text", "hidden_characters", "Type this cell again"),
        ("1,\u202esdrow,some words,,,,,,,", "title", "hidden_characters", "Type this cell again"),
        ("1,,some words,,5/3/2024,,,,,", "said_on", "date_unclear", "day or the month"),
        ("1,,some words,,last year,,,,,", "said_on", "date_unreadable", "2024-03-05"),
        ("1,,some words,,45356,,,,,", "said_on", "date_unreadable", "2024-03-05"),
        ("1,,some words,,2023-02-30,,,,,", "said_on", "date_unreadable", "Check day"),
        ("1,,some words,,2023-02-01T10:00:00+25:00,,,,,", "said_on", "date_unreadable", "Check day"),
        ("1,,some words,,2027-01-01,,,,,", "said_on", "date_in_future", "Check the date"),
        ("1,,some words,,1899-12-30,,,,,", "said_on", "date_too_early", "Check the year"),
        ("1,,some words,,0001-01-01,,,,,", "said_on", "date_too_early", "Check the year"),
        ("1,,some words,,,-3,,,,", "votes", "votes_negative", "0 or more"),
        ("1,,some words,,,many,,,,", "votes", "votes_not_a_number", "digits only"),
        ("1,,some words,,,3.5,,,,", "votes", "votes_not_a_number", "digits only"),
        ("1,,some words,,,٣,,,,", "votes", "votes_not_a_number", "digits only"),
        ("1,,some words,,,=A1,,,,", "votes", "votes_not_a_number", "digits only"),
        (f"1,,some words,,,{'9' * 5000},,,,", "votes", "votes_not_a_number", "digits only"),
        ("1,,some words,,,99999999,,,,", "votes", "votes_too_many", "Check it"),
        (f"1,,some words,,,,{'s' * 81},,,", "state", "state_too_long", "Shorten it to 80"),
        ("1,,some words,,,,,Atlantis,,", "site", "site_unknown", "leave it empty"),
        ("1,,some words,,,,,Cork,,", "site", "site_unclear", "employer/site"),
        ("1,,some words,,,,,,epic,", "kind", "kind_unknown", "stupid_rule"),
        ("1,,some words,,,,,,,weather", "barrier", "barrier_unknown", "knowledge"),
        ("0,,other words,,,,,,,", "id", "id_twice", "an id of its own"),
        ("1,,some words,,,,,,,,surprise", "end of row", "too_many_cells", "quotation marks"),
    ],
)
def test_every_bad_cell_is_named_with_row_column_code_and_remedy(row: str, column: str, code: str, words: str) -> None:
    found = checked(f"{HEAD}0,,the first is fine,,,,,,,\n{row}\n")

    assert (found.rows_read, len(found.entries), found.problem_count) == (2, 1, 1)
    (problem,) = found.problems
    assert (problem.row, problem.column, problem.code) == (3, column, code)
    assert words in problem.remedy and problem.sentence.startswith(f"Row 3, {column}: ")


def test_all_problems_of_a_row_are_told_at_once_and_only_the_first_hundred_of_a_file_are_kept() -> None:
    assert len(checked(f"{HEAD}1,,some words,,when,many,,Atlantis,,\n").problems) == 3

    found = checked(HEAD + "".join(f"{n},,ab,,,,,,,\n" for n in range(150)))
    assert (len(found.problems), found.problem_count, len(found.bad_rows)) == (PROBLEMS_KEPT, 150, 150)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("2021-03-05", "2021-03-05T12:00"),
        ("2021/3/5", "2021-03-05T12:00"),
        ("2021-03-05T14:30:00Z", "2021-03-05T14:30"),
        ("2021-03-05T14:30:00.123456+01:00", "2021-03-05T13:30"),
        ("2021-03-05 14:30:00 -0500", "2021-03-05T19:30"),
        ("2021-03-05 14:30 UTC", "2021-03-05T14:30"),
        ("25/12/2021", "2021-12-25T12:00"),
        ("12/25/2021", "2021-12-25T12:00"),
        ("4/4/2021 09:15", "2021-04-04T09:15"),
        ("5.3.2021", "2021-03-05T12:00"),
    ],
)
def test_days_and_moments_are_read(cell: str, wanted: str) -> None:
    assert said_at(cell, Calendar(NOON)) == datetime.fromisoformat(f"{wanted}:00+00:00")


def test_somebody_says_which_comes_first_in_a_date_and_times_are_those_of_the_organisation() -> None:
    assert said_at("5/3/2021", Calendar(NOON, day_first=True)) == datetime(2021, 3, 5, 12, tzinfo=UTC)
    assert said_at("5/3/2021", Calendar(NOON, day_first=False)) == datetime(2021, 5, 3, 12, tzinfo=UTC)
    with pytest.raises(CellProblem):
        said_at("25/12/2021", Calendar(NOON, day_first=False))
    berlin = Calendar(NOON, ZoneInfo("Europe/Berlin"))
    assert said_at("2021-07-05 10:00", berlin) == datetime(2021, 7, 5, 8, tzinfo=UTC)
    assert said_at(NOON.date().isoformat(), Calendar(NOON.replace(hour=9))) == NOON.replace(hour=9)


def test_a_title_that_is_too_long_goes_in_front_of_the_words_so_that_nothing_is_lost() -> None:
    long = "Let us stop asking people for the same number again and again because nobody ever needs it"
    (entry,) = checked(f"title,text\n{long},They are right.\n").entries

    assert entry.say == f"{long}\nThey are right."
    assert len(entry.title) <= 80 and entry.title.endswith("…")


def test_a_row_with_a_title_alone_says_its_title() -> None:
    found = checked("title,text\nA fax less,\n")

    assert (found.entries[0].say, found.entries[0].title) == ("A fax less", "A fax less")
    assert found.notes["title_as_text"] == 1


def test_without_ids_the_same_words_twice_are_two_ideas_each_time() -> None:
    text = "text,said_on\nLonger lunch,2021-01-01\nLonger lunch,2021-01-01\nLonger lunch,2021-01-02\n"

    first, second = checked(text), checked(text)

    refs = [entry.ref for entry in first.entries]
    assert len(set(refs)) == 3 and refs == [entry.ref for entry in second.entries]
    assert all(len(ref) <= 80 for ref in refs)


def test_an_id_of_any_length_makes_a_reference_that_fits() -> None:
    found = checked(f"id,text\n{'i' * 5000},some words\n#1,other words\n")

    assert all(len(entry.ref) <= 80 and entry.ref.startswith("import:earlier:#") for entry in found.entries)


def test_what_is_here_already_is_counted_and_left_alone() -> None:
    known = Known({}, {}, {}, refs=frozenset({"import:earlier:1"}))

    found = checked("id,text\n1,some words\n2,other words\n", known=known)

    assert (found.already, len(found.entries), found.rows_read) == (1, 1, 2)


def test_personal_data_is_spotted_and_so_is_a_hidden_authors_own_name() -> None:
    asha = "Asha Rao says so"
    text = f"{HEAD}1,,Call 0800 123 4567 now,,,,,,,\n2,,{asha},a-1,,,,,,\n3,,{asha},bo@x.example,,,,,,\n"

    assert checked(text).personal == [2, 3]
    assert checked(text, show_names=True).personal == [2]


def test_a_small_site_is_not_named_beside_an_author_without_a_name() -> None:
    text = (
        f"{HEAD}1,,some words,a-1,,,,Durban,,\n2,,other words,who@x.example,,,,durban,,\n3,,more words,a-1,,,,Leeds,,\n"
    )

    assert [entry.site_id for entry in checked(text).entries] == [None, None, 1]
    assert [entry.site_id for entry in checked(text, show_names=True).entries] == [4, None, 1]


def test_what_should_be_known_before_an_import_is_told_in_sentences() -> None:
    text = "text,author,said_on\nCall 0800 123 4567,who@x.example,\n"
    sheet = open_sheet(text)

    told = " ".join(warnings(checked(text), sheet, Reading(guess_columns(sheet), Calendar(NOON), "earlier"), "cp1252"))

    for words in ("Windows-1252", "row 2", "an author who is nobody here", "No column holds a number", "no date"):
        assert words in told


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_header"),
        ("\n \n", "no_header"),
        ("text\n", "no_rows"),
        ("text\n\n \n", "no_rows"),
        ("text\n1 is fine\n2 is fine\n3 is fine\n", "too_many_rows"),
        ('text\nfine words\n"never closed\n', "csv_broken"),
        ('text\n"Le"eds\n', "csv_broken"),
        (f"text\n{'x' * 10_000_000}\n", "csv_broken"),
        (",".join(f"c{n}" for n in range(301)) + "\n", "too_many_columns"),
    ],
)
def test_a_file_that_cannot_be_read_as_rows_is_refused_as_a_whole(text: str, code: str) -> None:
    assert code_of(text, rows_max=2) == code


@pytest.mark.parametrize("source", ["", "Idea Box", "a" * 21, "-x", "é"])
def test_a_source_is_a_short_plain_word(source: str) -> None:
    assert code_of("text\nsome words\n", source=source) == "source_unreadable"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffTitle,Votes,Description\r\nNo fax,3,Some words\r\n",
        "sep=;\nTitle;Votes;Description\nNo fax;3;Some words\n",
        "sep=\t\r\nTitle\tVotes\tDescription\r\nNo fax\t3\tSome words\r\n",
        "Title|Votes|Description\rNo fax|3|Some words\r",
        '\n\n"Title","Votes","Description"\n\n"No fax","3","Some words"\n,,\n',
        "TITLE , votes,Description,\nNo fax, 3.0 ,Some words,\n",
    ],
)
def test_marks_hints_delimiters_line_ends_and_blank_lines_vary_and_mean_the_same(text: str) -> None:
    (entry,) = checked(text).entries

    assert (entry.title, entry.votes, entry.say) == ("No fax", 3, "Some words")


def test_lines_quotation_marks_formulas_and_markup_in_a_cell_stay_what_they_are() -> None:
    (entry,) = checked('text\n"=cmd()\r\n<b>""so""</b>, they said"\n').entries

    assert entry.say == '=cmd()\n<b>"so"</b>, they said'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_are_understood_and_a_fall_back_is_known(encoding: str) -> None:
    text, found = decode("text\nOrléans, 5 €\n".encode(encoding))

    assert text == "text\nOrléans, 5 €\n"
    assert (found == "cp1252") == (encoding == "cp1252")


CELL = st.one_of(
    st.text(max_size=12), st.sampled_from(["2021-03-05", "5/3/2021", "312", "=1", '"', ",", ";", "\x00", "\r", "asha"])
)
ROW = st.lists(CELL, max_size=11).map(",".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, max_size=8).map("\n".join), st.sampled_from([HEAD, "", "Titel;Text\n", "a,b\n"]))
def test_any_text_is_checked_or_refused_in_words(rows: str, head: str) -> None:
    try:
        found = checked(head + rows)
    except Invalid as refusal:
        assert refusal.message
        return
    assert found.rows_read == len(found.entries) + found.already + len(found.bad_rows)
    assert all(one.problem and one.remedy and one.column and one.code for one in found.problems)
    assert all(3 <= len(entry.say) <= 600 and len(entry.title) <= 80 for entry in found.entries)


def test_a_pattern_is_left_out_only_where_it_could_not_be_found() -> None:
    rng = random.Random(7)
    words = [
        "wifi",
        "wi-fi",
        "retyped",
        "e-learning",
        "type it again",
        "log in",
        "logged",
        "rota",
        "freezes",
        "QA",
        "out of date",
    ]
    words += [letters for found in guess.PATTERNS.values() for _, some, _ in found for letters in sorted(some)]

    for _ in range(500):
        said = (rng.choice(words) + rng.choice(["", "s", "ed", "ing", "e", "y"]) for _ in range(8))
        say = " ".join(" ".join(said).casefold().split())
        full = {
            barrier: sum(weight * len(pattern.findall(say)) for pattern, _, weight in patterns)
            for barrier, patterns in guess.PATTERNS.items()
        }
        best = max(reversed(Barrier), key=lambda barrier: full[barrier])
        assert guess.barrier_of(say) is (best if full[best] else Barrier.PROCESSES)


def test_every_field_has_a_name_of_its_own_among_the_guesses() -> None:
    assert all(names[0] == field or field == "author" for field, names in FIELDS.items())
