#!/usr/bin/env bash
# Makes constraints.txt anew from the newest versions that pyproject.toml allows, then checks that every pin has a
# wheel for each Python we support. Run it with the oldest of them.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3.11}" -m venv "$work/venv"
pip=("$work/venv/bin/python" -m pip --disable-pip-version-check --quiet)
"${pip[@]}" install --upgrade pip setuptools
# "talk" is left out: PyAudio is built from source, against the machine's own PortAudio.
"${pip[@]}" install hatchling editables --editable '.[dev,edge]'
{
    echo "# Versions that work together on Python 3.11 to 3.13. Made by scripts/pin.sh."
    "${pip[@]}" freeze --all --exclude-editable | grep -v '^pip==' | sort -f
} >"$work/constraints.txt"
for version in 3.11 3.12 3.13; do
    "${pip[@]}" install --dry-run --ignore-installed --no-deps --only-binary=:all: --target "$work/none" \
        --python-version "$version" --requirement "$work/constraints.txt"
    echo "pin: every package has a wheel for Python $version"
done
cp "$work/constraints.txt" constraints.txt
