#!/usr/bin/env bash
# Shows what beatd does, with a registry, a service and a beatd of its own in a folder that goes away at the end.
# Ends by itself with a summary. KEEP=1 stays and prints what to try.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin=${DEMO_BIN:-$(swift build -c release --static-swift-stdlib --show-bin-path)}
root=$(mktemp -d /tmp/beatd-demo.XXXXXX)
chmod 700 "$root"
pids=()
finish() {
    local pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$root"
}
trap finish EXIT
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() {
    printf 'demo: %s\n' "$*" >&2
    tail -n 20 "$root"/*.log >&2 2>/dev/null || true
    exit 1
}
registry() { scripts/demo/registry.pl "$address" "$@"; }
free_port() {
    perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport'
}

say "1. A registry: beatd-dev-registry, a small Nacos"
"$bin/beatd-dev-registry" --port 0 >"$root/registry.log" 2>"$root/registry.err" &
pids+=($!)
for _ in $(seq 100); do
    address=$(grep -o '127\.0\.0\.1:[0-9]*' "$root/registry.err" | head -n 1 || true)
    [ -z "$address" ] || break
    sleep 0.05
done
[ -n "$address" ] || fail "the registry did not start"
echo "   http://$address/"

say "2. A legacy service: perl, a port and a pidfile; it knows of no registry"
port=$(free_port)
start_service() {
    perl scripts/demo/legacy-service.pl "$port" "$root/billing.pid" 2>"$root/service.log" &
    service=$!
    pids+=("$service")
    disown "$service"
}
start_service
echo "   pid $service, port $port"

say "3. beatd, watching an empty folder"
mkdir -p "$root/instances.d" "$root/state"
cat >"$root/beatd.yaml" <<YAML
registry: { servers: [$address] }
descriptors: { directory: $root/instances.d }
state-directory: $root/state
control-socket: $root/control.sock
YAML
"$bin/beatd" run --config "$root/beatd.yaml" --set log.format=text 2>"$root/beatd.log" &
pids+=($!)
for _ in $(seq 100); do [ -S "$root/control.sock" ] && break; sleep 0.05; done
"$bin/beatd" status --socket "$root/control.sock" || fail "beatd did not start"

say "4. A descriptor is dropped into the folder"
cat >"$root/instances.d/.billing.yaml" <<YAML
service: billing
port: $port
address: 127.0.0.1
probes:
  - pidfile: $root/billing.pid
  - tcp: $port
YAML
mv "$root/instances.d/.billing.yaml" "$root/instances.d/billing.yaml"
sed 's/^/   | /' "$root/instances.d/billing.yaml"
up=$(registry wait billing 1 10) || fail "the instance did not come up"
echo "   listed after $up ms: $(registry hosts billing)"
registry beats billing 2 15 >/dev/null || fail "no beats"
echo "   two beats were answered"
"$bin/beatd" status --socket "$root/control.sock" || fail "not everything is up"

say "5. The service is killed (kill -9 $service)"
gone=$(registry kill "$service" billing 10) || fail "the instance stayed"
echo "   it left the registry $gone ms later"
"$bin/beatd" status --socket "$root/control.sock" || true

say "6. The service is started again"
start_service
again=$(registry wait billing 1 10) || fail "the instance did not come back"
echo "   listed again after $again ms"

say "Summary"
printf '   %-42s %6s ms\n' "file dropped → listed in the registry" "$up" \
    "service killed → gone from the registry" "$gone" "service started → listed again" "$again"

if [ "${KEEP:-}" = 1 ]; then
    say "KEEP=1: everything stays until you press Ctrl-C. Try:"
    cat <<TEXT
   $bin/beatd status --socket $root/control.sock
   xdg-open http://$address/                       # the registry's page
   kill $service                                   # the service dies
   mv $root/instances.d/billing.yaml{,.disabled}   # the file goes
   tail -f $root/beatd.log
TEXT
    trap 'exit 0' INT TERM
    while :; do sleep 1; done
fi
