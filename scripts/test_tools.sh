#!/usr/bin/env bash
# What make test needs besides Python packages: a PostgreSQL and a Chromium. Installs them where it may.
set -euo pipefail

wanted=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
command -v chromium >/dev/null || wanted+=(chromium)
# Chromium draws nothing but boxes without a font.
[ -n "$(find /usr/share/fonts -name '*.ttf' -print -quit 2>/dev/null)" ] || wanted+=(fonts-noto-core)
[ ${#wanted[@]} -gt 0 ] || exit 0

ask="make test needs a real PostgreSQL and a real browser: install Debian's packages ${wanted[*]}, then run it again."
command -v apt-get >/dev/null || { echo "$ask" >&2; exit 1; }
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2>/dev/null || { echo "$ask" >&2; exit 1; }
  as_root=(sudo -n)
fi

echo "Installing ${wanted[*]} …"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${wanted[@]}"; }
if ! { "${as_root[@]}" apt-get -q update && install; } >"$log" 2>&1 </dev/null; then
  tail -n 20 "$log" >&2
  echo "$ask" >&2
  exit 1
fi
