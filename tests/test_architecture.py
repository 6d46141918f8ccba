"""What `docs` say about the tree is held here: who imports whom, what is pure, how long things are."""

import ast
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.tree import ROOT, Source, calls, mentions, sources

ORDER = ("home", "notices", "triage", "frontline", "impact", "commitments", "swarm", "ideas", "rewards", "ledger",
         "metrics", "people", "outbox")  # fmt: skip
GROUND = {
    "portal.db",
    "portal.statements",
    "portal.straight",
    "portal.memory",
    "portal.bulk_write",
    "portal.clock",
    "portal.errors",
    "portal.append_only",
    "portal.csv_files",
    "portal.keys",
}
# The composition roots see everything; nothing but they and tests may import them.
ROOTS = {"portal.app", "portal.cli", "portal.worker", "portal.policies", "portal.models", "portal.start",
         "portal.serving", "portal.pages"}  # fmt: skip

# Files that decide or compute, by the names they have in every capability.
PURE_NAMES = re.compile(r"((?!api_)(.*_)?rules|words|working_time|suppression|moments|roles|viewer|policy|"
                        r"guess|spotting|postings|chart|before_after|feed|quorum|wording|refusals|ranking.*|.*_csv|"
                        r"xmr)$")  # fmt: skip
OF_THE_DEMO = re.compile(r"content|measures|names|shapes|stories")
NUMERIC = re.compile(r"estimat|panel|comparison|wander|group_time|suspicions|band")
PURE = [source for source in sources() if (PURE_NAMES.match(source.path.stem) and source.package != "demo")
        or (source.package == "demo" and OF_THE_DEMO.match(source.path.stem))
        or (source.package == "impact" and NUMERIC.match(source.path.stem))
        or source.module in ("portal.errors", "portal.append_only", "portal.csv_files")]  # fmt: skip

FLASK = re.compile(r"^(flask|flask_\w+|wtforms|werkzeug|jinja2|markupsafe|waitress)(\.|$)")
DATABASE = re.compile(r"^(sqlalchemy|alembic|flask_sqlalchemy|psycopg)(\.|$)")
# Files of a capability that speak HTTP or stand at the edge; everything else knows neither requests nor sessions.
EDGES = {"views", "forms", "cli", "api", "pages", "shell", "health"}
# Signing in and keys: what HTTP and people share.
EDGES_OF_PEOPLE = {"access", "sessions", "entry", "attempts", "replies", "once", "last_uses", "kept_refusals"}
# Run by the worker or the command line, outside any request.
WORK = {"jobs", "load", "mail", "mails", "mailing", "notices"}
WRITERS = EDGES | WORK


def test_packages_import_only_what_stands_below_them() -> None:
    wrong = [
        f"{source.name} imports {imported}"
        for source in sources()
        if source.package in ORDER
        for imported in source.imports
        if (other := _package(imported)) in ORDER and ORDER.index(other) < ORDER.index(source.package)
    ]

    assert wrong == []


def test_every_package_has_its_place_in_the_order() -> None:
    packages = {source.package for source in sources()}

    assert packages - {"", "web", "demo"} <= set(ORDER)


def test_views_forms_and_commands_are_imported_by_nobody_but_their_own_package_and_the_roots() -> None:
    wrong = [
        f"{source.name} imports {imported}"
        for source in sources()
        for imported in source.imports
        if re.fullmatch(r"portal\.\w+\.(\w+_)?(views|forms|cli|api)(_\w+)?", imported)
        and _package(imported) != "web"
        and _package(imported) != source.package
        and source.module not in ROOTS
    ]

    assert wrong == []


def test_the_web_glue_knows_no_capability() -> None:
    wrong = [
        f"{source.name} imports {imported}"
        for source in sources()
        if source.package == "web"
        for imported in source.imports
        if imported.startswith("portal.") and _package(imported) != "web" and imported not in GROUND
    ]

    assert wrong == []


def test_nobody_imports_a_composition_root() -> None:
    wrong = [
        f"{source.name} imports {imported}"
        for source in sources()
        if source.module not in ROOTS
        for imported in source.imports & ROOTS
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("models", "service|queries|forms|views|cli"),
        ("queries", "service|forms|views|cli"),
        ("service", "queries_of_pages|forms|views|cli"),
        ("forms", "views|cli"),
        ("rules", "models|service|queries|forms|views|cli"),
    ],
)
def test_inside_a_package_callers_stand_above_callees(lower: str, higher: str) -> None:
    wrong = [
        f"{source.name} imports {imported}"
        for source in sources()
        if source.path.stem == lower and source.package in ORDER
        for imported in source.imports
        if re.fullmatch(rf"portal\.\w+\.({higher})", imported)
    ]

    assert wrong == []


def test_only_the_edges_know_flask() -> None:
    wrong = [
        f"{source.name} imports {imported}"
        for source in sources()
        if source.package not in ("web", "") and not stands_at_the_edge(source, EDGES | WORK)
        for imported in source.imports
        if FLASK.match(imported) and not _is_only_a_type(source, imported)
    ]

    assert wrong == []


def test_pure_files_import_only_the_standard_library_errors_and_pure_files() -> None:
    impure = sorted({source.module for source in PURE} - pure_modules())

    assert {module: imports_of(module) - pure_modules() for module in impure} == {}


@pytest.mark.slow
def test_a_pure_file_loads_neither_flask_nor_the_database() -> None:
    script = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "    loaded = {'flask', 'sqlalchemy'} & set(sys.modules)\n"
        "    if loaded: sys.exit(f'{name} loaded {sorted(loaded)}')\n"
    )

    command = [sys.executable, "-c", script, *sorted(source.module for source in PURE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_a_web_process_on_sqlite_loads_no_numeric_libraries_and_no_other_driver(tmp_path: Path) -> None:
    script = (
        "import sys, wsgi\n"
        "loaded = {'numpy', 'onnxruntime', 'psycopg', 'schemathesis'} & set(sys.modules)\n"
        "if loaded: sys.exit(f'{sorted(loaded)} take memory for nothing')\n"
    )
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite3'}", "SECRET_KEY": "s" * 40}

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_only_the_ground_commits() -> None:
    ends = ("session.commit", "session().commit", "connection.commit")

    assert [source.name for source in sources() if mentions(source, *ends)] == ["portal/db.py"]


def test_write_transactions_are_opened_only_at_the_edges() -> None:
    wrong = {
        source.name
        for source in sources()
        if calls(source, "writing") and source.package != "web"
        and source.module not in ROOTS | {"portal.db"} and not stands_at_the_edge(source, WRITERS)
    }  # fmt: skip

    assert wrong == set()


def test_only_the_settings_read_the_environment() -> None:
    files = [*sources(), Source(ROOT / "wsgi.py")]

    assert [source.name for source in files if mentions(source, "os.environ", "os.getenv")] == []


def test_only_the_clock_reads_the_wall_clock() -> None:
    readers = ("datetime.now", "datetime.datetime.now", "datetime.utcnow", "date.today", "datetime.today")

    assert [source.name for source in sources() if mentions(source, *readers)] == ["portal/clock.py"]


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    long = {source.name: lines for source in sources() if (lines := len(source.path.read_text().splitlines())) > 300}

    assert long == {}


def test_no_function_is_longer_than_seventy_lines() -> None:
    long = {
        f"{source.name}:{function.name}": length
        for source in sources()
        for function in source.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > 70
    }

    assert long == {}


def test_everything_public_says_what_it_means() -> None:
    silent = [
        f"{source.name}:{node.lineno} {node.name}"
        for source in sources()
        for node in _public(source.tree)
        if not ast.get_docstring(node)
    ]

    assert silent == []


def test_every_file_says_what_it_is_for() -> None:
    assert [source.name for source in sources() if not ast.get_docstring(source.tree)] == []


def test_packages_do_nothing_when_imported() -> None:
    busy = [source.name for source in sources() if source.path.name == "__init__.py" and len(source.tree.body) > 1]

    assert busy == []


@cache
def pure_modules() -> frozenset[str]:
    """Every module that imports nothing but the standard library, numbers, and other such modules."""
    left = {source.module for source in sources()} - {"portal.clock"}
    while impure := {module for module in left if not imports_of(module) <= left}:
        left -= impure
    return frozenset(left)


@cache
def imports_of(module: str) -> frozenset[str]:
    """What a module of ours imports, without the standard library and the numeric ones."""
    harmless = sys.stdlib_module_names | {"numpy", "scipy"}
    return frozenset(name for name in _by_module()[module].imports if name.split(".")[0] not in harmless)


@cache
def _by_module() -> dict[str, Source]:
    return {source.module: source for source in sources()}


def stands_at_the_edge(source: Source, edges: set[str] = EDGES) -> bool:
    """True for views (also views_codes and talk_views), commands and their like."""
    if source.package == "people" and source.path.stem in EDGES_OF_PEOPLE:
        return True
    return bool(edges & set(source.path.stem.split("_")))


def _package(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "portal" and len(parts) > 1 else ""


def _is_only_a_type(source: Source, imported: str) -> bool:
    """home/readiness and home/doctor are handed the application to look at; they never see a request."""
    return imported == "flask" and source.module in ("portal.home.readiness", "portal.home.doctor")


def _public(tree: ast.Module) -> list[ast.FunctionDef | ast.ClassDef]:
    """Public functions and classes of a module, and the public methods of those classes; overrides need no words."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    top = [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]
    found: list[ast.FunctionDef | ast.ClassDef] = list(top)
    for node in top:
        if isinstance(node, ast.ClassDef) and not _overrides(node):
            found += [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name[0] != "_"]
    return found


def _overrides(node: ast.ClassDef) -> bool:
    return any(
        re.match(r"TypeDecorator|logging|Default|FlaskForm|StrictForm", ast.unparse(base)) for base in node.bases
    )


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_a_template_has_no_inline_style_or_script_and_trusts_no_text(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert re.findall(r"""\sstyle\s*=\s*["']""", text) == []
    assert re.findall(r"""\son[a-z]+\s*=\s*["']""", text) == []
    assert re.findall(r"<style\b", text) == []
    assert [tag for tag in re.findall(r"<script\b[^>]*>", text) if "nonce=" not in tag] == []
    # A text that stands in the template itself, letter by letter, may be trusted; a value never.
    assert re.findall(r"(?<!')\s*\|\s*safe\b", text) == []
    assert re.findall(r"hx-on\b|hx-vals\s*=\s*[\"']js:", text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_forms_stand_in_no_paragraph_or_span_and_sections_are_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    before = (text[: form.start()] for form in re.finditer(r"<form\b|\{\{[^}]*\bpost_button\(", text))
    nearest = [re.split(r"</?(?:div|section|article|ul|li|td|tr|form)\b", words)[-1] for words in before]
    assert [words for words in nearest if len(re.findall(r"<p\b", words)) > words.count("</p>")] == []
    assert [words for words in nearest if words.count("<span") > words.count("</span>")] == []
    parts = re.findall(r"<section\b(?:(?!</?section\b).)*", text, flags=re.DOTALL)
    assert [part[:90] for part in parts if not re.search(r"aria-label|<h[1-6]\b|<\{\{", part)] == []
