#!/usr/bin/env bash
# What make test needs besides Python packages: a PostgreSQL and a Chromium. Installs them where it may.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/install_where_it_may.sh

wanted=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
command -v chromium >/dev/null || wanted+=(chromium)
# Chromium draws nothing but boxes without a font.
[ -n "$(find /usr/share/fonts -name '*.ttf' -print -quit 2>/dev/null)" ] || wanted+=(fonts-noto-core)
# hledger reads the books as somebody else's program would. Where it cannot be installed, one test is left out.
command -v hledger >/dev/null || (install_where_it_may "one test wants hledger" hledger apt_install hledger) 2>/dev/null || true
[ ${#wanted[@]} -gt 0 ] || exit 0

install_where_it_may "make test needs a real PostgreSQL and a real browser" "${wanted[*]}" apt_install "${wanted[@]}"
