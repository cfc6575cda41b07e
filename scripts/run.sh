#!/bin/sh
# Starts the contact centre, after preparing the machine for it. scripts/run.sh [demo|check|…]: a command of `ivr`.
set -eu
cd "$(dirname "$0")/.."
. scripts/python.sh
[ $# -gt 0 ] || set -- run
exec "$python" -B scripts/prepare.py run -m ivr "$@"
