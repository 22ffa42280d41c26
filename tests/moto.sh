#!/usr/bin/env bash
# S3 and SSM by moto, so that not only stand-ins of our own judge what is said to AWS.
#
#   tests/moto.sh COMMAND ...    install it where needed, start it, run COMMAND with CLICKOPS_MOTO
#                                set to its address, stop it
#
#   tests/moto.sh cargo test --test integration moto
#
# It needs Python 3.10 or newer with venv; moto comes from PyPI and stays in MOTO_DIR (default:
# target/moto). It listens on 127.0.0.1 alone and forgets everything when it stops. Where it cannot
# be installed this ends with 75, without having run COMMAND.

set -euo pipefail

version=5.2.1
root=$(cd "$(dirname "$0")/.." && pwd)
cache=${MOTO_DIR:-$root/target/moto}
cannot=75

if [ ! -x "$cache/$version/bin/moto_server" ]; then
    rm -rf "$cache/$version"
    mkdir -p "$cache"
    if ! { python3 -m venv "$cache/$version" &&
        "$cache/$version/bin/pip" install --quiet --disable-pip-version-check "moto[s3,server,ssm]==$version"; } >&2; then
        rm -rf "$cache/$version"
        echo "moto.sh: moto $version cannot be installed; it needs python3 with venv, and PyPI" >&2
        exit "$cannot"
    fi
fi

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$cache/$version/bin/moto_server" -H 127.0.0.1 -p "$port" >"$cache/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT

for _ in $(seq 120); do
    if python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$port" 2>/dev/null; then
        CLICKOPS_MOTO=http://127.0.0.1:$port "$@"
        exit
    fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.5
done
echo "moto.sh: moto does not answer:" >&2
tail -n 20 "$cache/log" >&2
exit 1
