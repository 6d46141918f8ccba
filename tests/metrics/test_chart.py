"""The drawing: well-formed, inside its paper, legible, and honest about gaps."""

import itertools
import re
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from portal.metrics.chart import NARROW, WIDE, Drawing, Drawings, Line, Mark, draw

MONDAY = date(2025, 6, 2)
STYLESHEET = Path(__file__).parents[2] / "static" / "charts.css"
VALUES = st.floats(min_value=-1e15, max_value=1e15, allow_nan=False)


def weeks(values: list[float], step: int = 1) -> list[tuple[date, float]]:
    return [(MONDAY + timedelta(weeks=index * step), value) for index, value in enumerate(values)]


def parsed(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)


def coordinates(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def looks_right(drawings: Drawings) -> None:
    for drawing, paper in ((drawings.wide, WIDE), (drawings.narrow, NARROW)):
        svg = parsed(drawing)
        assert svg.get("viewBox") == f"0 0 {paper.width} {paper.height}"
        assert svg.get("role") == "img"
        assert svg.get("aria-label")
        assert "style=" not in drawing and "nan" not in drawing and "inf" not in drawing
        for element in svg.iter():
            if element is not svg:
                stays_inside(element, paper.width, paper.height, paper.letter)


def stays_inside(element: ElementTree.Element, width: int, height: int, letter: float) -> None:
    assert (element.get("class") or "").startswith("c-")
    points = coordinates(element.get("d") or "")
    if element.tag == "circle":
        points = [(float(element.get("cx") or -1), float(element.get("cy") or -1))]
    if element.tag == "text":
        points = text_corners(element, letter)
    for x, y in points:
        assert -0.1 <= x <= width + 0.1, ElementTree.tostring(element)
        assert -0.1 <= y <= height + 0.1, ElementTree.tostring(element)


def text_corners(element: ElementTree.Element, letter: float) -> list[tuple[float, float]]:
    x, y = float(element.get("x") or -1), float(element.get("y") or -1)
    long = len(element.text or "") * letter
    start = x - long * {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor") or "start"]
    return [(start, y - 12), (start + long, y)]


@pytest.mark.parametrize(
    "values",
    [
        [], [21.4], [21.4, 18.7], [20 + index % 5 for index in range(40)], [20 + index % 7 for index in range(200)],
        [5.0] * 12, [0.0] * 12, [-3.2, -4.1, -2.0], [-3.0, 4.0], [1e12, 2e12, 1.5e12], [1e15, 1e15], [-1e15, 1e15],
        [1e-9, 2e-9], [1_000_000.0, 1_000_001.0, 1_000_002.0], [0.0, 1e15], [1e-300, 2e-300],
    ],
)  # fmt: skip
@pytest.mark.parametrize("mark", [None, Mark(MONDAY + timedelta(days=3), "Live from 5 June")])
def test_every_size_of_series_is_drawn_inside_its_paper(values: list[float], mark: Mark | None) -> None:
    looks_right(draw(Line(weeks(values), "Sites that got it"), mark=mark, sentence="A chart."))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 250), VALUES), max_size=30, unique_by=lambda pair: pair[0]),
    st.lists(st.tuples(st.integers(0, 250), VALUES), max_size=30, unique_by=lambda pair: pair[0]),
    st.one_of(st.none(), st.tuples(st.integers(-400, 2_200), st.text(max_size=60))),
    st.integers(0, 6),
)
def test_any_two_series_and_any_mark_stay_inside_the_paper(
    one: list[tuple[int, float]], two: list[tuple[int, float]], mark: tuple[int, str] | None, decimals: int
) -> None:
    lines = [[(MONDAY + timedelta(weeks=week), value) for week, value in sorted(pairs)] for pairs in (one, two)]
    day = None if mark is None else Mark(MONDAY + timedelta(days=mark[0]), printable(mark[1]))

    looks_right(draw(Line(lines[0], "With it"), other=Line(lines[1], "Without"), mark=day,
                     sentence="A chart.", decimals=decimals))  # fmt: skip


def printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=2, max_size=40))
def test_higher_values_stand_higher_and_all_between_the_outer_ticks(values: list[float]) -> None:
    drawing = draw(Line(weeks(values)), sentence="A chart.").wide
    svg = parsed(drawing)
    [path] = [element.get("d") or "" for element in svg if element.get("class") == "c-act"]
    heights = [y for _x, y in coordinates(path)]
    grid = [
        float((element.get("d") or "").split()[1].split("H")[0]) for element in svg if element.get("class") == "c-grid"
    ]

    assert all(min(grid) - 0.1 <= y <= max(grid) + 0.1 for y in heights)
    order = sorted(range(len(values)), key=lambda index: values[index])
    assert all(heights[low] >= heights[high] for low, high in itertools.pairwise(order))


def test_missing_weeks_break_the_line() -> None:
    points = weeks([20, 21, 22, 21]) + [(MONDAY + timedelta(weeks=week), 20.0) for week in (9, 10, 14)]
    svg = parsed(draw(Line(points), sentence="A chart.").wide)

    runs = [coordinates(element.get("d") or "") for element in svg if element.get("class") == "c-act"]

    assert [len(run) for run in runs] == [4, 2]
    assert len([element for element in svg if element.tag == "circle"]) == 7


def test_monthly_values_are_joined_although_weeks_lie_between_them() -> None:
    points = weeks([20, 21, 22, 21, 20], step=4)

    svg = parsed(draw(Line(points), sentence="A chart.").wide)

    assert len([element for element in svg if element.get("class") == "c-act"]) == 1


def test_a_lone_point_between_gaps_is_a_dot_even_where_dots_are_left_out() -> None:
    points = [*weeks([20.0] * 100), (MONDAY + timedelta(weeks=120), 21.0)]

    svg = parsed(draw(Line(points), sentence="A chart.").narrow)

    assert len([element for element in svg if element.tag == "circle"]) == 1


def test_the_day_of_the_change_is_a_labelled_vertical_line() -> None:
    drawings = draw(
        Line(weeks([20.0] * 20)), mark=Mark(MONDAY + timedelta(weeks=10), "Live from 11 August"), sentence="A."
    )

    for drawing in (drawings.wide, drawings.narrow):
        svg = parsed(drawing)
        [line] = [element.get("d") or "" for element in svg if element.get("class") == "c-iv"]
        [label] = [element for element in svg if element.get("class") == "c-ivt"]
        assert re.fullmatch(r"M[\d.]+ [\d.]+V[\d.]+", line)
        assert label.text == "Live from 11 August"


def test_two_lines_are_labelled_directly_and_the_labels_do_not_touch() -> None:
    same = weeks([20.0] * 30)

    svg = parsed(draw(Line(same, "Sites that got it"), other=Line(same, "Sites that did not"), sentence="A.").narrow)

    got_it, did_not = ([e for e in svg if e.get("class") == name] for name in ("c-lab", "c-lab2"))
    assert got_it[0].text == "Sites that got it"
    assert did_not[0].text == "Sites that did not"
    assert abs(float(got_it[0].get("y") or 0) - float(did_not[0].get("y") or 0)) >= 16


def test_labels_of_the_axes_do_not_overlap() -> None:
    for count in (2, 5, 9, 20, 40, 60, 110, 200):
        drawings = draw(Line(weeks([20 + index % 5 for index in range(count)])), sentence="A.")
        for drawing, paper in ((drawings.wide, WIDE), (drawings.narrow, NARROW)):
            below = [e for e in parsed(drawing) if e.get("class") == "c-ax" and e.get("text-anchor") == "middle"]
            spans = sorted((text_corners(e, paper.letter)[0][0], text_corners(e, paper.letter)[1][0]) for e in below)
            assert spans
            assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans)), (count, spans)


def test_every_text_is_escaped_and_a_template_takes_the_drawing_as_it_is() -> None:
    evil = '</text><script>alert("1")</script>&'
    drawings = draw(Line(weeks([1.0, 2.0]), evil), mark=Mark(MONDAY, evil), sentence=evil)

    assert "<script" not in drawings.wide
    assert parsed(drawings.wide).get("aria-label") == evil
    assert escape(drawings.wide) == drawings.wide


def test_a_scale_that_does_not_start_at_zero_says_so() -> None:
    assert draw(Line(weeks([20.1, 23.9])), sentence="A.").scale == "The scale starts at 20, not at zero."
    assert draw(Line(weeks([1.0, 23.9])), sentence="A.").scale == ""
    assert draw(Line(weeks([-5.0, 5.0])), sentence="A.").scale == ""


def test_values_that_no_chart_can_show_are_refused() -> None:
    for value in (float("nan"), float("inf"), 1e16):
        with pytest.raises(ValueError, match="finite"):
            draw(Line(weeks([value])), sentence="A.")


def test_the_letters_of_a_drawing_are_at_least_twelve_units_tall() -> None:
    css = STYLESHEET.read_text()
    for name in ("c-ax", "c-ivt", "c-lab", "c-lab2"):
        rule = next(rule for rule in re.findall(r"([^{}]+)\{([^{}]*font:[^{}]*)\}", css) if f".{name}" in rule[0])
        size = re.search(r"([\d.]+)px", rule[1])
        assert size is not None
        assert float(size[1]) >= 12


def test_every_class_of_a_drawing_is_in_the_stylesheet() -> None:
    css = STYLESHEET.read_text()
    drawing = draw(
        Line(weeks([1.0, 2.0]), "a"), other=Line(weeks([2.0]), "b"), mark=Mark(MONDAY, "c"), sentence="A."
    ).wide

    assert all(f".{name} " in css or f".{name}," in css for name in set(re.findall(r'class="([^"]+)"', drawing)))


def test_the_words_of_a_line_stand_nearer_to_it_than_to_the_other() -> None:
    upper = weeks([22 + index % 3 * 0.4 for index in range(37)])
    lower = weeks([21 - index % 4 * 0.3 for index in range(27)] + [19.0] * 10)[:37]
    mark = Mark(MONDAY + timedelta(weeks=26, days=3), "Live from 3 September")

    drawings = draw(Line(lower, "Sites that got it"), other=Line(upper, "Sites that did not"), mark=mark, sentence="A.")

    for drawing in (drawings.wide, drawings.narrow):
        svg = parsed(drawing)
        paths = {e.get("class"): coordinates(e.get("d") or "") for e in svg if e.get("class") in ("c-act", "c-exp")}
        for label, own, other in (("c-lab", "c-act", "c-exp"), ("c-lab2", "c-exp", "c-act")):
            [text] = [e for e in svg if e.get("class") == label]
            index = -1 if text.get("text-anchor") == "end" else 0
            height = float(text.get("y") or 0) - 4
            assert abs(height - paths[own][index][1]) < abs(height - paths[other][index][1])
