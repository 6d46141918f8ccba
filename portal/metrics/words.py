"""How numbers and days of metrics are written. Pure."""

from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def number(value: float, decimals: int = 1) -> str:
    """A value with its decimals and thousands separators: 1,234.5. Never "-0.0"."""
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text


def signed(value: float, decimals: int = 1) -> str:
    """A difference with its sign: +0.4, −2.7 (a real minus), 0.0."""
    text = number(value, decimals)
    if text.startswith("-"):
        return f"−{text[1:]}"
    return text if not text.strip("0.,") else f"+{text}"


def day_words(day: date, *, year: bool = False) -> str:
    """2 April, or 2 April 2026."""
    return f"{day.day} {MONTHS[day.month - 1]}{f' {day.year}' if year else ''}"


def short_day(day: date) -> str:
    """2 Apr."""
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def counted(number_of: int, one: str, many: str | None = None) -> str:
    """1 row, 2 rows, 1,200 rows."""
    return f"{number_of:,} {one if number_of == 1 else many or one + 's'}"


def listed(names: list[str] | tuple[str, ...], *, most: int = 20) -> str:
    """Names with commas; beyond `most` only how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
