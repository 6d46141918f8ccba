"""The interface to what crosses capabilities: the board, an idea with all that became of it."""

from portal.web.api import api

bp = api("board", "Ideas as the board shows them, with what became of them.")
