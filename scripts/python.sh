# Sourced by run.sh and test.sh: sets $python to a Python >= 3.11, one that every user may execute where there is one.

ours() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

everyones() { # root's own Python may lie where the service user cannot go
    [ "$(id -u)" -ne 0 ] || setpriv --reuid=65534 --regid=65534 --clear-groups "$1" -c '' 2>/dev/null
}

find_python() {
    # Debian's own first: it is where every user can execute it.
    python=
    for candidate in ${IVR_PYTHON:-/usr/bin/python3 /usr/bin/python3.1? /usr/local/bin/python3 /usr/local/bin/python3.1? \
        "$(command -v python3)"}; do
        ours "$candidate" || continue
        [ -n "$python" ] || python=$candidate
        if everyones "$candidate"; then
            python=$candidate
            return
        fi
    done
}

find_python
if [ -z "$python" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Python"
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends \
        python3 python3-venv >/dev/null
    find_python
fi
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed; install it, or name it in IVR_PYTHON:" >&2
    echo "    sudo apt-get install python3 python3-venv" >&2
    exit 1
fi
