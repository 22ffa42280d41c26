#!/usr/bin/env bash
# Builds the function's package: clickops-lambda-ARCHITECTURE.zip, with the program as `bootstrap`.
#
#   terraform/package.sh arm64|x86_64 [FOLDER]    into FOLDER, or the current one
#
# It needs Rust, cargo-zigbuild with Zig, and zip.

set -euo pipefail

architecture=${1:-}
folder=$(cd "${2:-.}" && pwd)
# The oldest C library that it has to run with: that of Amazon Linux 2023.
glibc=2.34

case $architecture in
    arm64) target=aarch64-unknown-linux-gnu ;;
    x86_64) target=x86_64-unknown-linux-gnu ;;
    *)
        echo "package.sh: say for which architecture, arm64 or x86_64" >&2
        exit 2
        ;;
esac
for tool in cargo cargo-zigbuild zip; do
    if ! command -v "$tool" >/dev/null; then
        echo "package.sh: there is no $tool here; terraform/README.md says what is needed" >&2
        exit 2
    fi
done

cd "$(dirname "$0")/.."
if command -v rustup >/dev/null; then
    rustup target add "$target"
fi
cargo zigbuild --locked --profile lambda --no-default-features --features aws \
    --bin clickops-lambda --target "$target.$glibc"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
built=$(cargo metadata --format-version 1 --no-deps --offline |
    sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
install -m 755 "$built/$target/lambda/clickops-lambda" "$work/bootstrap"
# The same program gives the same zip.
touch -d 1980-01-01T00:00:00Z "$work/bootstrap"
zip=$folder/clickops-lambda-$architecture.zip
rm -f "$zip"
(cd "$work" && TZ=UTC zip -q -9 -X "$zip" bootstrap)
echo "$zip"
