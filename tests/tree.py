"""What the tests about the tree ask of the source: which files there are and what they import and define."""

import ast
import gc
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PORTAL = ROOT / "portal"


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path

    @cached_property
    def name(self) -> str:
        """Its path from the root of the project, as people write it."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def module(self) -> str:
        """What one would import."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        """The capability it belongs to; "" for what lies directly in `portal`."""
        parts = self.name.split("/")
        return parts[1] if len(parts) > 2 else ""

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        text = self.path.read_text(encoding="utf-8")
        gc.disable()  # looking for rubbish among the million nodes of all files costs three times what parsing does
        try:
            return ast.parse(text)
        finally:
            gc.enable()

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of its syntax; walking the whole tree anew for each question takes seconds."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> frozenset[str]:
        """Every module it imports, also inside functions; `from a import b` is `a` or, where b is a module, `a.b`."""
        found: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {_full(node.module, alias.name) for alias in node.names}
        return frozenset(found)

    def functions(self) -> Iterator[ast.FunctionDef]:
        """Every function and method."""
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef):
                yield node


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the portal."""
    return tuple(Source(path) for path in sorted(PORTAL.rglob("*.py")))


@cache
def _full(module: str, name: str) -> str:
    path = ROOT.joinpath(*module.split("."))
    return f"{module}.{name}" if (path / f"{name}.py").exists() or (path / name).is_dir() else module


def mentions(source: Source, *names: str) -> bool:
    """True if the file mentions a dotted name, such as "os.environ", however it comes by its first part."""
    last = {name.rpartition(".")[2] for name in names}  # writing out every attribute takes seconds
    found = (ast.unparse(node) for node in source.nodes if isinstance(node, ast.Attribute) and node.attr in last)
    return any(text == name or text.endswith(f".{name}") for text in found for name in names)


def calls(source: Source, name: str) -> bool:
    """True if the file calls a function or method of that name."""
    for node in source.nodes:
        if isinstance(node, ast.Call):
            called = node.func
            if name == (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)):
                return True
    return False
