"""Addresses as pictures that a phone reads, drawn here: no picture comes from elsewhere."""

import segno
from markupsafe import Markup


def qr_svg(address: str) -> Markup:
    """The address as an SVG of no size of its own, black on white in every theme, for the page it stands in."""
    drawn = segno.make(address, error="m", micro=False)
    svg = drawn.svg_inline(border=2, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup(svg)  # made of squares alone: the address is not in it
