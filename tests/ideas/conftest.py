"""What the tests of ideas share."""

import pytest
from flask import Blueprint, Flask

from portal.people.access import requires


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application; the board and the idea page are only addresses here, where they are not served yet."""
    if "home" not in app.blueprints:
        home = Blueprint("home", __name__)
        home.add_url_rule("/ideas", "board", requires("idea.list")(lambda: "the board"))
        home.add_url_rule("/ideas/<int:number>", "idea", requires("idea.see")(lambda number: "the idea"))
        home.add_url_rule("/ideas/<int:number>/card", "card", requires("idea.see")(lambda number: "the card"))
        app.register_blueprint(home)
    return app
