"""Cells that a spreadsheet would take for a formula, as the files of people treat them. Pure."""

from portal.csv_files import as_csv, is_formula, neutral

__all__ = ("as_csv", "is_formula", "neutral")
