#!/usr/bin/env bash
# What make bench needs besides Python packages: PostgreSQL, wrk and the program nginx. Installs them where it may.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/install_where_it_may.sh

wanted=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
command -v wrk >/dev/null || wanted+=(wrk)
has_nginx() { [ -x .tools/nginx/usr/sbin/nginx ] || PATH="$PATH:/usr/sbin" command -v nginx >/dev/null; }
has_nginx || wanted+=(nginx)
[ ${#wanted[@]} -gt 0 ] || exit 0

# Installed as a package, nginx would start at once and listen to the world on port 80: its program alone is enough.
unpack_nginx() {
  local folder
  folder=$(mktemp -d)
  (cd "$folder" && apt-get -q download nginx && dpkg-deb -x nginx_*.deb files)
  mkdir -p .tools && rm -rf .tools/nginx && mv "$folder/files" .tools/nginx
  rm -rf "$folder"
  .tools/nginx/usr/sbin/nginx -v
}
install() {
  local packages=()
  for name in "${wanted[@]}"; do [ "$name" = nginx ] || packages+=("$name"); done
  [ ${#packages[@]} -eq 0 ] || apt_install "${packages[@]}"
  has_nginx || unpack_nginx
}

install_where_it_may "make bench needs PostgreSQL, wrk and nginx" "${wanted[*]}" install
