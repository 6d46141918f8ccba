"""Whatever a file holds: an outcome whose sums add up, or a refusal in words; never a crash."""

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.metrics.csv_table import decode
from portal.metrics.metrics_csv import check
from tests.metrics.test_metrics_csv import HEAD, KNOWN, TODAY

CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["2026-03-02", "2026-02-30", "Leeds", "csat", "4.1", "-0", "1e400", "=1", '"', ",", ";", "\x00", "nan"]
    ),
)
ROW = st.lists(CELL, max_size=8).map(",".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, max_size=8).map("\n".join), st.sampled_from([HEAD, "", "date;site;metric;value\n"]))
def test_any_text_is_checked_or_refused_in_words(rows: str, head: str) -> None:
    try:
        found = check(head + rows, KNOWN, today=TODAY)
    except Invalid as refusal:
        assert refusal.message
        return
    assert found.rows_read == len(found.entries) + len(found.bad_rows)
    assert all(finding.problem and finding.remedy and finding.column for finding in found.problems)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused_in_words(content: bytes) -> None:
    try:
        assert "\x00" not in decode(content)
    except Invalid as refusal:
        assert refusal.message
