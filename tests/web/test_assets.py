"""Addresses of static files change with their content."""

import os
from pathlib import Path

import pytest
from flask import Flask

from portal.web.assets import Assets


def test_another_content_is_another_address(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "app.css"
    file.write_text("a {}")
    assets = Assets(tmp_path)

    with app.test_request_context():
        first = assets.address("app.css")
        again = assets.address("app.css")
        file.write_text("b { color: red }")
        os.utime(file, (1, 1))
        changed = assets.address("app.css")

    assert first == again != changed


def test_a_misspelt_file_is_noticed_at_once(app: Flask, tmp_path: Path) -> None:
    with app.test_request_context(), pytest.raises(FileNotFoundError):
        Assets(tmp_path).address("ap.css")
