#!/usr/bin/env bash
# Pictures of the shipped messages as Slack and Teams show them, taken and looked at by a browser.
#
#   tests/pictures.sh                   take them into target/pictures, and check them
#   tests/pictures.sh tests/pictures    renew the ones that README.md shows
#
# What is checked: the browser finds the words that have to be there and nothing that the page's
# policy forbids, and the picture is as wide as it should be and has something on it
# (tests/pictures.py).
#
# It needs python3 and Chromium, which is installed where apt-get can do so (CHROMIUM names another
# browser of that kind). Where there is none this ends with 75, without having taken a picture.

set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/target/pictures}
cannot=75
export LC_ALL=C.UTF-8

browser() {
    local name
    for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome; do
        command -v "$name" && return
    done
    return 1
}

install() {
    local packages=(chromium fonts-lato fonts-noto-color-emoji fonts-open-sans)
    command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ] || return 1
    apt-get install -y --no-install-recommends "${packages[@]}" ||
        { apt-get update && apt-get install -y --no-install-recommends "${packages[@]}"; }
}

if ! command -v python3 >/dev/null || { ! browser >/dev/null && ! install >&2; } || ! chromium=$(browser); then
    echo "pictures.sh: there is no Chromium and it cannot be installed; python3 is needed, too" >&2
    exit "$cannot"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

cd "$root"
clickops=$(cargo build --locked --bin clickops --message-format=json-render-diagnostics |
    python3 -c 'import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message.get("executable") and message["target"]["name"] == "clickops":
        print(message["executable"])')

# A browser that knows nothing of any other run, and asks nobody anything.
run_browser() {
    rm -rf "$work/profile"
    "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --disable-dev-shm-usage --user-data-dir="$work/profile" --hide-scrollbars \
        --enable-logging=stderr "$@" 2>"$work/browser"
    if grep -F 'Content Security Policy' "$work/browser" >&2; then
        echo "pictures.sh: the page holds what its policy forbids" >&2
        return 1
    fi
}

# picture NAME WIDTH WORDS... -- ARGUMENTS...: renders by `clickops render ARGUMENTS`, looks for
# WORDS, and takes a picture so many pixels wide, twice as many on the screen.
picture() {
    local name=$1 width=$2 words=() height
    shift 2
    while [ "$1" != -- ]; do
        words+=("$1")
        shift
    done
    shift
    env -i "$clickops" render --now 2026-11-21T08:00:00Z "$@" --html "$work/$name.html"
    run_browser --dump-dom "file://$work/$name.html" >"$work/$name.dom"
    python3 tests/pictures.py words "$work/$name.dom" "${words[@]}"
    # A first look says how high it is.
    run_browser --force-device-scale-factor=1 --window-size="$width,2400" \
        --screenshot="$work/$name.png" "file://$work/$name.html" >"$work/log"
    height=$(python3 tests/pictures.py look "$work/$name.png" "$width")
    run_browser --force-device-scale-factor=2 --window-size="$width,$height" \
        --screenshot="$work/$name.png" "file://$work/$name.html" >"$work/log"
    python3 tests/pictures.py pack "$work/$name.png" "$((2 * width))" "$out/$name.png"
    echo "$out/$name.png"
}

day=(--logs examples/logs --until 2026-11-21T00:00:00Z)
# One change as the journal has it, with its record. Where the logs lie here is nobody's business.
env -i "$clickops" run --logs examples/logs --store "$work/store" --now 2026-11-23T00:00:00Z >"$work/log"
grep -h '"eventName":"CreateAccessKey"' "$work"/store/journal/* |
    sed "s#$root/examples/logs#s3://example-org-trail#g" >"$work/change.ndjson"
hour=(--logs examples/logs --since 2026-11-20T07:00:00Z --until 2026-11-20T08:00:00Z)
# Nothing was changed there.
quiet=(--logs examples/logs --account 777788889999 --region us-east-1
    --since 2026-11-20T12:00:00Z --until 2026-11-20T14:00:00Z)
width=780
for form in slack teams; do
    picture "$form-digest" "$width" DeleteDBInstance orders-db ann.smith@example.com Denied Hidden -- \
        "${day[@]}" --form "$form"
    picture "$form-event" "$width" CreateAccessKey user/ci-deploy eventName "clickops explain" -- \
        --findings "$work/change.ndjson" --form "$form" --template event
    picture "$form-quiet" "$width" "Nothing was changed by hand" -- \
        "${quiet[@]}" --form "$form" --template quiet
    picture "$form-failure" "$width" "Nobody was looking" Remedy -- \
        "${hour[@]}" --form "$form" --template failure
done
