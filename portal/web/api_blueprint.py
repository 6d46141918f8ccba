"""The blueprint of the interface: what its operations say of themselves is written down when it is asked for."""

from collections.abc import Callable
from typing import Any

from flask_openapi3 import APIBlueprint, OpenAPI
from flask_openapi3.types import ParametersTuple
from flask_openapi3.utils import parse_parameters

TAKES_MATCH = "x-takes-if-match"  # said of an operation that two people may carry out on the same thing
QUERY = 3  # where in what `parse_parameters` answers


class Operations(APIBlueprint):
    """Operations that are written down later.

    The schemas of some three hundred operations take a third of the time that a start takes, and neither the worker
    nor a command ever shows them.
    """

    def __init__(self, *named: Any, **settings: Any) -> None:
        super().__init__(*named, **settings)
        self._unwritten: list[tuple[str, Callable[..., Any], dict[str, Any]]] = []

    def _collect_openapi_info(self, rule: str, func: Callable[..., Any], **said: Any) -> ParametersTuple:
        self._unwritten.append((rule, func, said))
        parameters = parse_parameters(func, doc_ui=False)
        func.takes_query = parameters[QUERY] is not None  # type: ignore[attr-defined]
        func.takes_match = bool((said.get("openapi_extensions") or {}).get(TAKES_MATCH))  # type: ignore[attr-defined]
        return parameters

    def write_down(self) -> None:
        """Fill `paths`, `tags` and `components_schemas`. Not by two threads at once."""
        while self._unwritten:
            rule, func, said = self._unwritten.pop(0)
            super()._collect_openapi_info(rule, func, **said)


def gather(app: OpenAPI) -> None:
    """Take what all operations say of themselves into the application's document."""
    for blueprint in app.blueprints.values():
        if isinstance(blueprint, Operations):
            blueprint.write_down()
            _take_in(app, blueprint)


def _take_in(app: OpenAPI, blueprint: Operations) -> None:
    new = [tag for tag in blueprint.tags if tag.name not in app.tag_names]
    app.tags.extend(new)
    app.tag_names.extend(tag.name for tag in new)
    app.components_schemas.update(blueprint.components_schemas)
    for path, later in blueprint.paths.items():
        # Two blueprints may share a path: each has methods of its own there.
        earlier = app.paths.get(path)
        methods = {name: getattr(later, name) for name in later.model_fields_set}
        app.paths[path] = later if earlier is None else earlier.model_copy(update=methods)
