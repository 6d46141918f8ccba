"""Loaded once by the process that the others are forked from: the portal, with an application for each database."""

import psycopg

from tests.ledger.process import NOWHERE, movable

for dialect in NOWHERE:
    movable(dialect)
assert psycopg
