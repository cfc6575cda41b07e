#!/bin/sh
# Prepares the machine and runs every check and test. Arguments go to pytest: scripts/test.sh tests/unit -k tones
set -eu
cd "$(dirname "$0")/.."
. scripts/python.sh
exec "$python" -B scripts/prepare.py test scripts/checks.py "$@"
