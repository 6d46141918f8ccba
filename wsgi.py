"""The entry point for the `flask` command and for WSGI servers."""

from config import Config
from portal.app import create_app

app = create_app(Config.from_env())
