"""Migrations on both databases: one line of them, ending where the models are, and a way back."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from portal import append_only, models
from portal.app import create_app
from portal.db import db, is_postgres
from portal.home import readiness
from tests import databases
from tests.factories import make_cast

ROOT = Path(__file__).resolve().parents[1]


def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(ROOT / "migrations"))


def test_there_is_one_newest_migration() -> None:
    assert len(scripts().get_heads()) == 1


def test_a_migrated_database_is_what_the_models_say(context: Flask) -> None:
    look = MigrationContext.configure(db.session.connection(), opts={"compare_type": True, "include_name": models.ours})

    differences = compare_metadata(look, db.metadata)

    assert differences == []


def test_migrating_again_changes_nothing(context: Flask) -> None:
    before = readiness.current_migration()

    upgrade()

    assert readiness.current_migration() == before == readiness.newest_migration(context)


def test_every_append_only_table_has_its_triggers(context: Flask) -> None:
    assert append_only.trigger_names(dialect()) - triggers() == set()


@pytest.mark.slow
def test_the_newest_migration_can_be_taken_back_with_data_and_put_on_again(app: Flask) -> None:
    make_cast(app)

    with app.app_context():
        downgrade(revision="-1")
        without = readiness.current_migration()
        upgrade()
        after = readiness.current_migration()
        db.session.remove()

        assert without == previous()
        assert after == readiness.newest_migration(app)
        assert append_only.trigger_names(dialect()) - triggers() == set()


@pytest.mark.slow
def test_going_back_to_nothing_leaves_nothing(app: Flask) -> None:
    make_cast(app)

    with app.app_context():
        downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names())
        functions = db.session.scalar(text(FUNCTIONS)) if is_postgres() else 0

        assert left <= {"alembic_version"}
        assert functions == 0


FUNCTIONS = "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'"


def test_the_environment_of_the_tests_is_the_one_of_the_program(database_url: str, tmp_path: Path) -> None:
    app = create_app(databases.test_config(database_url, tmp_path))

    with app.app_context():
        found = readiness.migrated(app)
        db.engine.dispose()

    assert found.fine, found.words


def previous() -> str | None:
    newest = scripts().get_revision("head")
    return newest.down_revision if newest else None  # type: ignore[return-value]


def dialect() -> str:
    return "postgresql" if is_postgres() else "sqlite"


def triggers() -> set[str]:
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if is_postgres()
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    return set(db.session.execute(text(query)).scalars())
