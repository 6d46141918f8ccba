"""Fixtures for the interface."""

import pytest
from flask import Flask

from portal import clock
from tests.factories import Cast
from tests.ideas.making import said


@pytest.fixture
def number(app: Flask, cast: Cast) -> int:
    """An idea that Asha has just said."""
    with app.app_context():
        return said(cast.asha, now=clock.now())
