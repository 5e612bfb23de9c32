#!/usr/bin/env bash
# Everything that voicebot needs on a fresh Debian or Ubuntu: Debian packages, .venv, the embedded Asterisk.
# What is there already is left alone, so that the next run takes a second. Besides packages nothing of the machine
# is changed.
#
#   --tests                   also what only tests and benchmarks need: PostgreSQL and mosquitto
#   --broker                  also mosquitto, if it can be installed: the demo is fuller with it
#
#   PYTHON                    the Python to use (3.11 or later); default: the first of python3, python3.13, 3.12, 3.11
#   VOICEBOT_CACHE            where the embedded Asterisk is kept; default ~/.cache/voicebot
#   VOICEBOT_ASTERISK_ROOT    an unpacked Debian root with Asterisk to use instead
#   VOICEBOT_DEBIAN_MIRROR    where to take Asterisk from on a machine that is not Debian
#   VOICEBOT_EXTRAS           extras of the Python package besides "dev", e.g. "talk,edge"
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local name
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if recent "$name"; then command -v "$name"; return; fi
    done
    fail "no Python 3.11 or later: install it (Debian 12, Ubuntu 24.04 or later: python3), or name it in PYTHON"
}

# Debian packages: espeak-ng speaks, tzdata knows Korean time; venv comes with Python except on Debian.
missing_packages() {
    command -v espeak-ng >/dev/null || echo espeak-ng
    [ -e /usr/share/zoneinfo/Asia/Seoul ] || echo tzdata
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    [ "$for_tests" = no ] || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || echo postgresql
    [ "$broker" = no ] || PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mosquitto >/dev/null || echo mosquitto
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        "$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'
}

# Debian starts a cluster of its own with the package postgresql. The tests start theirs, so none is made here; the
# file that says so is gone afterwards, and the folder with it where no package has come to own it.
no_cluster=/etc/postgresql-common/createcluster.d/voicebot.conf
without_cluster() {
    "$@" mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | "$@" tee "$no_cluster" >/dev/null
}
cluster_as_before() {
    "$@" rm -f "$no_cluster"
    dpkg -S "${no_cluster%/*}" >/dev/null 2>&1 || "$@" rmdir -p "${no_cluster%/*}" 2>/dev/null || true
}

# Debian starts a broker with the package mosquitto, now and with the machine. The tests start theirs: no service may
# start while it is installed, where the machine has no rule for that already, and it is not started with the machine.
no_start=/usr/sbin/policy-rc.d
our_rule="# voicebot: no broker of the system's own"
without_broker() {
    [ -e "$no_start" ] && return
    printf '#!/bin/sh\n%s\nexit 101\n' "$our_rule" | "$@" tee "$no_start" >/dev/null
    "$@" chmod 755 "$no_start"
}
broker_as_before() {
    if grep -qsF "$our_rule" "$no_start"; then "$@" rm -f "$no_start"; fi
    if command -v systemctl >/dev/null; then "$@" systemctl --quiet disable mosquitto.service 2>/dev/null || true; fi
}

machine_as_before() { # PACKAGES [SUDO...]
    case " $1 " in *" postgresql "*) cluster_as_before "${@:2}" ;; esac
    case " $1 " in *" mosquitto "*) broker_as_before "${@:2}" ;; esac
}

# The demo alone wants a broker, and does without: it then shows what waits for one.
only_for_demo() { # PACKAGES
    [ "$1" = mosquitto ] && [ "$for_tests" = no ] || return 1
    say "no mosquitto here: the demo does without a broker"
}

install_packages() {
    local packages as_root=()
    packages=$(missing_packages | tr '\n' ' ')
    packages=${packages% }
    [ -n "$packages" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            if only_for_demo "$packages"; then return 0; fi
            fail "these Debian packages are missing, and I may not install them: sudo apt-get install $packages"
        fi
        as_root=(sudo -n)
    fi
    command -v apt-get >/dev/null || fail "no apt-get here; install: $packages"
    say "installing Debian packages: $packages"
    # shellcheck disable=SC2064 # as_root is local
    trap "machine_as_before '$packages' ${as_root[*]}" EXIT
    case " $packages " in *" postgresql "*) without_cluster "${as_root[@]}" ;; esac
    case " $packages " in *" mosquitto "*) without_broker "${as_root[@]}" ;; esac
    local log
    log=$(mktemp)
    # shellcheck disable=SC2086
    if ! { "${as_root[@]}" apt-get -qq update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $packages; } \
        >"$log" 2>&1; then
        grep '^E:' "$log" | tail -3 >&2
        rm -f "$log"
        if only_for_demo "$packages"; then return 0; fi
        fail "apt-get could not install: $packages"
    fi
    rm -f "$log"
    machine_as_before "$packages" "${as_root[@]}"
    trap - EXIT
}

venv_stamp() {
    # A moved folder or another Python needs a new environment, as do other pins.
    printf '%s\n' "$PWD" "$("$python" -c 'import sys; print(sys.version, sys.base_prefix)')" "${VOICEBOT_EXTRAS:-}"
    cat pyproject.toml constraints.txt
}

install_venv() {
    local stamp=.venv/.voicebot-stamp
    if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$(venv_stamp | sha256sum)" ]; then
        say "Python $(.venv/bin/python -c 'import platform; print(platform.python_version())') in .venv"
        return
    fi
    say "making .venv: $(grep -c '==' constraints.txt) pinned packages"
    "$python" -m venv --clear .venv
    local pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet --quiet install --constraint constraints.txt)
    # The build back end is pinned like the rest, hence no build isolation.
    "${pip[@]}" hatchling editables
    "${pip[@]}" --no-build-isolation --editable ".[dev${VOICEBOT_EXTRAS:+,$VOICEBOT_EXTRAS}]"
    venv_stamp | sha256sum >"$stamp"
    say "Python $(.venv/bin/python -c 'import platform; print(platform.python_version())') in .venv"
}

for_tests=no broker=no
case "${1:-}" in
"") ;;
--tests) for_tests=yes broker=yes ;;
--broker) broker=yes ;;
*) fail "unknown: $1; there are --tests and --broker" ;;
esac
python=$(find_python)
install_packages

# Fetching waits for the network most of the time, so both are done at once.
PYTHONPATH=. "$python" -m voicebot.adapters.asterisk.embedded.install &
asterisk=$!
install_venv &
venv=$!
failed=0
wait "$asterisk" || { say "the embedded Asterisk is not there (see above)" >&2; failed=1; }
wait "$venv" || { say "the Python packages are not there (see above)" >&2; failed=1; }
exit "$failed"
