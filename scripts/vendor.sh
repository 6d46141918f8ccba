#!/usr/bin/env bash
# Copies the scripts of others that we ship, checked by their SHA-256, into static/vendor/NAME-VERSION/.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v npm >/dev/null || { echo "make vendor needs npm: install Debian's package npm." >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# vendor PACKAGE FOLDER VERSION SHA256 FILE LICENCE: one file of one package, and its licence.
vendor() {
  local folder="static/vendor/$2-$3"
  (cd "$work" && npm pack --silent "$1@$3" >/dev/null && tar -xzf ./*.tgz)
  echo "$4  $work/package/$5" | sha256sum --check --quiet \
    || { echo "$1 $3 is not the file that was looked at: its SHA-256 differs." >&2; exit 1; }
  mkdir -p "$folder"
  cp "$work/package/$5" "$work/package/$6" "$folder/"
  rm -rf "$work"/package "$work"/*.tgz
  echo "$folder is $1 $3"
}

vendor htmx.org htmx 2.0.11 d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717 dist/htmx.min.js LICENSE
