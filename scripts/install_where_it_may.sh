# shellcheck shell=bash
# Sourced: install_where_it_may NEED "PACKAGES" COMMAND…, in which COMMAND installs those of Debian's packages.
# Where it may not, or cannot, the script ends with one sentence: what needs what, and what a person can do.

# COMMAND finds in as_root what to put before what only root may do.
as_root=()

install_where_it_may() {
  local need=$1 packages=$2
  shift 2
  local ask="$need: install Debian's packages $packages, then run it again."
  command -v apt-get >/dev/null || { echo "$ask" >&2; exit 1; }
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || { echo "$ask" >&2; exit 1; }
    as_root=(sudo -n)
  fi

  echo "Installing $packages …"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! { "${as_root[@]}" apt-get -q update && "$@"; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "$ask" >&2
    exit 1
  fi
}

apt_install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@"
}
