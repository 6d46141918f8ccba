"""The composition root of the web application."""

from typing import TYPE_CHECKING

from flask import Flask
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_openapi3 import OpenAPI
from flask_wtf import CSRFProtect

from portal import cli, pages, policies
from portal.db import db, install
from portal.web.api import Problem, refused_shape
from portal.web.api_document import INFO, SECURITY
from portal.web.assets import init_assets
from portal.web.dates import init_dates
from portal.web.headers import init_headers
from portal.web.limits import init_limits
from portal.web.logs import init_logs
from portal.web.network import TrustedProxies
from portal.web.problems import init_problems
from portal.web.routing import LateRule

if TYPE_CHECKING:
    from config import Config

csrf = CSRFProtect()
migrate = Migrate(render_as_batch=True, compare_type=True)


def create_app(config: "Config") -> OpenAPI:
    """The application for one configuration. Refuses to start when a route has no policy."""
    app = OpenAPI("portal", info=INFO, security_schemes=SECURITY, doc_ui=False, validation_error_model=Problem,
                  validation_error_callback=refused_shape, root_path=str(config.root / "portal"),
                  template_folder=str(config.root / "templates"),
                  static_folder=str(config.root / "static"), instance_path=str(config.instance))  # fmt: skip
    app.url_rule_class = LateRule
    app.config.from_mapping(config.flask_settings())
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # a redirect to the merged address would carry the Host that was sent
    config.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    init_logs(app)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(config.root / "migrations"))
    with app.app_context():
        install(db.engine)
    init_headers(app, https=config.https)
    init_limits(app)
    csrf.init_app(app)
    init_assets(app)
    init_dates(app)
    init_problems(app)
    _init_people(app)
    _register_pages(app)
    _register_interface(app)
    cli.register(app)
    policies.enforce_all(app)
    if config.trusted_proxies:
        app.wsgi_app = TrustedProxies(app, config.trusted_proxies)  # type: ignore[method-assign]
    return app


def _init_people(app: Flask) -> None:
    from portal.people import calendar_rules, calendars
    from portal.people.sessions import init_sessions

    init_sessions(app, LoginManager())
    settings = app.config["SAYSO"]
    calendars.set_usual(calendar_rules.usual(settings.timezone, settings.working_days, settings.working_hours))


def _register_pages(app: Flask) -> None:
    from portal.home import shell
    from portal.ideas import meaning
    from portal.notices import unsubscribe_views

    for blueprint in pages.blueprints():
        app.register_blueprint(blueprint)
    csrf.exempt(unsubscribe_views.bp)  # mail programs send its one POST, which the address itself is the proof for
    shell.init_shell(app)
    meaning.switch(app.config["SAYSO"].semantic)


def _register_interface(app: OpenAPI) -> None:
    for blueprint in pages.interface():
        # A key in a header is not sent by a browser on its own, so that no other site can borrow it.
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)  # not register_api: what it says of itself is gathered for the document
    app.cli.commands.pop("openapi")  # the library's own; the finished document is served at /api/openapi.json
