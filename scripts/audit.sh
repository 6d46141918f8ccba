#!/usr/bin/env bash
# make audit: Lighthouse, the Nu HTML checker, axe over every page, and schemathesis with many examples.
# Every part runs, whatever the others found; ends with 1 when any of them found something.
# Named parts run alone: scripts/audit.sh lighthouse html axe schemathesis
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- lighthouse html axe schemathesis

ask() { echo "$1" >&2; exit 1; }
for wanted in "$@"; do
  [[ $wanted =~ ^(lighthouse|html|axe|schemathesis)$ ]] \
    || ask "There is no part $wanted: choose from lighthouse, html, axe and schemathesis."
done
command -v node >/dev/null && command -v npm >/dev/null \
  || ask "make audit needs Node for Lighthouse: install Debian's packages nodejs and npm, then run it again."
[ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 18')" = true ] \
  || ask "make audit needs Node 18.16 or later for Lighthouse, and this is $(node --version)."
command -v java >/dev/null \
  || ask "make audit needs Java for the HTML checker: install Debian's package default-jre-headless, then run it again."
scripts/test_tools.sh

# npm writes this file last, so that it is older only while the packages are not those of the lock.
if [ ! audit/node_modules/.package-lock.json -nt audit/package-lock.json ]; then
  echo "Installing the packages of audit/package-lock.json …"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  (cd audit && npm ci --loglevel=error) >"$log" 2>&1 \
    || { cat "$log" >&2; ask "The packages of audit/package-lock.json could not be installed: npm's reason stands above."; }
fi

found=()
at=0
all=$#
part() {
  local name=$1 begun=$SECONDS
  shift
  at=$((at + 1))
  echo "— $name ($at of $all)"
  "$@" || found+=("$name")
  echo "  $((SECONDS - begun)) s"
}
python=.venv/bin/python
export PYTHONUNBUFFERED=1  # what was measured is said at once, also into a file
for wanted in "$@"; do
  case $wanted in
    lighthouse) part "Lighthouse, as on a phone" "$python" -m audit.lighthouse ;;
    html) part "HTML checker" "$python" -m audit.html ;;
    axe) part "axe, both themes and widths" "$python" -m pytest -q tests/journeys/test_pages.py ;;
    schemathesis)
      part "schemathesis, ${SAYSO_EXAMPLES:=200} examples" \
        env SAYSO_EXAMPLES="$SAYSO_EXAMPLES" "$python" -m pytest -v -n 2 --dist worksteal --durations=0 --durations-min=1 \
          tests/api/test_schemathesis.py ;;
  esac
done
[ ${#found[@]} -eq 0 ] || { printf 'Something was found by: %s\n' "${found[@]}" >&2; exit 1; }
echo "Nothing was found."
