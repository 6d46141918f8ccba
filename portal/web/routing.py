"""Routes whose addresses are put together by code that is made when the first one is asked for."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from werkzeug.routing import Rule


class LateRule(Rule):
    """A route that writes and compiles its own two functions for `url_for` only when it needs them.

    The library does so for every route at the start, which is most of what registering six hundred of them costs;
    a worker or a command asks for hardly one address.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return made()(rule, **values)

        return build
