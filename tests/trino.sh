#!/usr/bin/env bash
# A Trino server on this machine, to compare the embedded engine with.
#
#   tests/trino.sh start           fetch it where needed, start it, print TRINO_URL=...
#   tests/trino.sh stop            stop it
#   tests/trino.sh -- COMMAND ...  start it, run COMMAND with TRINO_URL set, stop it
#
#   tests/trino.sh -- cargo test --test integration dialect
#
# It needs a JDK of version 24 or newer: the one in JAVA_HOME, or else the newest under
# /usr/lib/jvm; and curl and tar. The server and the memory connector come from Maven Central,
# about 210 MB, and are checked against the SHA-1 that is published beside them. They stay in
# TRINO_DIR (default: target/trino). The server listens on 127.0.0.1 alone, at TRINO_PORT
# (default: 18080), with 2 GB of heap, and forgets its tables when it stops.

set -euo pipefail

version=476
least_java=24
repository=${MAVEN_REPOSITORY:-https://repo1.maven.org/maven2}
root=$(cd "$(dirname "$0")/.." && pwd)
port=${TRINO_PORT:-18080}
url=http://127.0.0.1:$port

fail() {
    echo "trino.sh: $*" >&2
    exit 1
}

# The major version of the Java in a folder; nothing where there is none.
java_version() {
    "$1/bin/java" -version 2>&1 | sed -n '1s/^[^"]*"\([0-9]*\).*/\1/p'
}

# Sets `java_home`.
find_java() {
    local candidate found best=0
    for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        [ -n "$candidate" ] && [ -x "$candidate/bin/java" ] || continue
        found=$(java_version "$candidate")
        if [ "${found:-0}" -gt "$best" ]; then
            best=$found
            java_home=$candidate
        fi
        # A JAVA_HOME that is new enough was chosen by the user.
        [ "$candidate" = "${JAVA_HOME:-}" ] && [ "$best" -ge "$least_java" ] && return
    done
    [ "$best" -ge "$least_java" ] ||
        fail "Trino $version needs Java $least_java or newer, and the newest here is $best;" \
            "install a JDK and set JAVA_HOME to it"
}

sha1_of() {
    if command -v sha1sum >/dev/null; then sha1sum "$1"; else shasum -a 1 "$1"; fi | cut -d ' ' -f 1
}

# fetch ARTEFACT EXTENSION: puts it into the cache, checked.
fetch() {
    local file=$1-$version.$2 wanted got
    [ -f "$cache/$file" ] && return
    echo "trino.sh: fetching $file" >&2
    local address=$repository/io/trino/$1/$version/$file
    wanted=$(curl --fail --silent --show-error --location "$address.sha1" | cut -c 1-40) ||
        fail "cannot fetch $address.sha1"
    curl --fail --silent --show-error --location --output "$cache/$file.part" "$address" ||
        fail "cannot fetch $address"
    got=$(sha1_of "$cache/$file.part")
    if [ "$wanted" != "$got" ]; then
        rm -f "$cache/$file.part"
        fail "$address has SHA-1 $got, and $wanted is published; nothing is kept, try again"
    fi
    mv "$cache/$file.part" "$cache/$file"
}

# Fetches and unpacks what is not there yet. Each folder appears at once, when it is whole.
unpack() {
    local server=$cache/server-$version plugins=$cache/plugins-$version
    mkdir -p "$cache"
    if [ ! -d "$server" ]; then
        fetch trino-server-core tar.gz
        rm -rf "$server.part" && mkdir "$server.part"
        tar xzf "$cache/trino-server-core-$version.tar.gz" -C "$server.part" --strip-components 1
        mv "$server.part" "$server"
    fi
    if [ ! -d "$plugins" ]; then
        fetch trino-memory zip
        rm -rf "$plugins.part" && mkdir "$plugins.part"
        (cd "$plugins.part" && "$java_home/bin/jar" xf "$cache/trino-memory-$version.zip")
        mv "$plugins.part" "$plugins"
    fi
}

# The catalogue has the name that Athena's own has, so that qualified names fit.
configure() {
    mkdir -p "$run/etc/catalog" "$run/data"
    cat >"$run/etc/node.properties" <<END
node.environment=test
node.id=clickops
node.data-dir=$run/data
node.bind-ip=127.0.0.1
node.internal-address=127.0.0.1
END
    cat >"$run/etc/config.properties" <<END
coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port=$port
discovery.uri=$url
plugin.dir=$cache/plugins-$version
query.max-memory=512MB
query.max-memory-per-node=512MB
END
    echo "io.trino=WARN" >"$run/etc/log.properties"
    echo "connector.name=memory" >"$run/etc/catalog/awsdatacatalog.properties"
}

running() {
    [ -f "$run/pid" ] && kill -0 "$(cat "$run/pid")" 2>/dev/null
}

ready() {
    curl --silent --max-time 5 "$url/v1/info" 2>/dev/null | grep -q '"starting":false'
}

start() {
    if running && ready; then
        return
    fi
    find_java
    unpack
    configure
    if ready; then
        fail "something answers at $url already; stop it, or set TRINO_PORT to another port"
    fi
    echo "trino.sh: starting Trino $version on $java_home" >&2
    (
        cd "$run"
        exec nohup "$java_home/bin/java" \
            -Xmx2G -XX:+ExplicitGCInvokesConcurrent -XX:ReservedCodeCacheSize=512M \
            -XX:+ExitOnOutOfMemoryError -Djdk.attach.allowAttachSelf=true \
            -Djdk.nio.maxCachedBufferSize=2000000 -Duser.timezone=UTC \
            --enable-native-access=ALL-UNNAMED --add-modules=jdk.incubator.vector \
            --sun-misc-unsafe-memory-access=allow \
            -Dnode.environment=test -Dconfig="$run/etc/config.properties" \
            -Dlog.levels-file="$run/etc/log.properties" \
            -cp "$cache/server-$version/lib/*" io.trino.server.TrinoServer \
            >"$run/server.log" 2>&1
    ) &
    echo $! >"$run/pid"
    local second
    for second in $(seq 180); do
        running || break
        if ready && nodes; then
            return
        fi
        sleep 1
    done
    tail -n 20 "$run/server.log" >&2
    stop
    fail "Trino did not come up; its log is $run/server.log"
}

# Whether a query finds a node to run on, which is a moment after the server says it is ready.
nodes() {
    local answer next
    answer=$(curl --silent --max-time 10 -H 'X-Trino-User: test' -d 'SELECT 1' "$url/v1/statement")
    while next=$(grep -o '"nextUri":"[^"]*"' <<<"$answer" | cut -d '"' -f 4) && [ -n "$next" ]; do
        answer=$(curl --silent --max-time 10 "$next")
    done
    grep -q '"state":"FINISHED"' <<<"$answer"
}

stop() {
    if running; then
        local second
        kill "$(cat "$run/pid")"
        for second in $(seq 30); do
            running || break
            sleep 1
        done
        running && kill -9 "$(cat "$run/pid")"
    fi
    rm -f "$run/pid"
}

folder=${TRINO_DIR:-$root/target/trino}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cache=$folder/cache
run=$folder/run-$port
mkdir -p "$run"

case ${1:-} in
    start)
        start
        echo "TRINO_URL=$url"
        ;;
    stop)
        stop
        ;;
    --)
        shift
        [ $# -gt 0 ] || fail "give a command after --"
        start
        trap stop EXIT
        TRINO_URL=$url "$@"
        ;;
    *)
        sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
        exit 2
        ;;
esac
