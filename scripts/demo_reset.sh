#!/usr/bin/env bash
# Removes the demo database under instance/, unless something has it open or it is somebody's real one.
set -euo pipefail
cd "$(dirname "$0")/.."
file=instance/sayso.sqlite3

if [ -n "${DATABASE_URL:-}" ]; then
  echo "make demo-reset only removes $file, and DATABASE_URL names another database." >&2
  exit 1
fi
[ -e "$file" ] || { echo "There is no demo database."; exit 0; }
.venv/bin/python - "$file" <<'PYTHON'
import sqlite3
import sys

base = sqlite3.connect(f"file:{sys.argv[1]}?mode=rw", uri=True, timeout=2, isolation_level=None)
try:
    # In this mode SQLite wants the file for itself, which it does not get while a server has it open.
    base.execute("PRAGMA locking_mode=EXCLUSIVE")
    base.execute("BEGIN EXCLUSIVE")
    there = base.execute("SELECT 1 FROM sqlite_master WHERE name = 'people'").fetchone()
    real = base.execute("SELECT count(*) FROM people WHERE origin <> 'demo'").fetchone()[0] if there else 0
except sqlite3.OperationalError:
    sys.exit("The demo database is in use: stop make run first.")
if real:
    sys.exit(f"{sys.argv[1]} holds {real} real people: it is not a demonstration and stays.")
PYTHON
rm -f "$file" "$file-wal" "$file-shm"
echo "The demo database is gone; make run loads it afresh."
