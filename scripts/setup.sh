#!/usr/bin/env bash
# Everything that voicebot needs on a fresh Debian or Ubuntu: Debian packages, .venv, the embedded Asterisk.
# What is there already is left alone, so that the next run takes a second.
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

# Debian packages: espeak-ng speaks, tzdata knows Korean time, postgresql (15 or later) and mosquitto are for the tests of
# records and events; venv comes with Python except on Debian.
missing_packages() {
    command -v espeak-ng >/dev/null || echo espeak-ng
    [ -e /usr/share/zoneinfo/Asia/Seoul ] || echo tzdata
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || echo postgresql
    PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mosquitto >/dev/null || echo mosquitto
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        "$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'
}

# Debian starts a cluster of its own with the package. The tests start theirs, so nothing is left running here.
without_system_cluster() {
    "$@" mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' |
        "$@" tee /etc/postgresql-common/createcluster.d/voicebot.conf >/dev/null
}

# Debian starts a broker of its own with the package. The tests start theirs: while mosquitto is installed no service
# may start, and afterwards the machine's own rule stands again.
without_services() {
    local rule=/usr/sbin/policy-rc.d status=0
    [ -e "$rule" ] && { "$@"; return; }
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$rule" >/dev/null
    "${as_root[@]}" chmod 755 "$rule"
    "$@" || status=$?
    "${as_root[@]}" rm -f "$rule"
    # Nor with the next start of the machine.
    if command -v systemctl >/dev/null; then "${as_root[@]}" systemctl --quiet disable mosquitto.service || true; fi
    return "$status"
}

install_packages() {
    local packages as_root=()
    packages=$(missing_packages | tr '\n' ' ')
    packages=${packages% }
    [ -n "$packages" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            fail "these Debian packages are missing, and I may not install them: sudo apt-get install $packages"
        fi
        as_root=(sudo -n)
    fi
    command -v apt-get >/dev/null || fail "no apt-get here; install: $packages"
    say "installing Debian packages: $packages"
    case " $packages " in *" postgresql "*) without_system_cluster "${as_root[@]}" ;; esac
    local log with_services=()
    log=$(mktemp)
    case " $packages " in *" mosquitto "*) with_services=(without_services) ;; esac
    # shellcheck disable=SC2086
    if ! { "${as_root[@]}" apt-get -qq update &&
        "${with_services[@]}" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get -qq -y --no-install-recommends install $packages; } \
        >"$log" 2>&1; then
        grep '^E:' "$log" | tail -3 >&2
        rm -f "$log"
        fail "apt-get could not install: $packages"
    fi
    rm -f "$log"
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
