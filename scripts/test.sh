#!/usr/bin/env bash
# Runs the tests in parts, one after the other; says last what was skipped, how each part closed and how long it took.
#
#   scripts/test.sh            every part of `make test`
#   scripts/test.sh PART...    only these, of the parts below
#
# With CI=true a skip is a failure. A part that ran no test is one always.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/timed.sh

logs=$(mktemp -d)
trap 'rm -rf "$logs"; forget_times' EXIT

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(unit simulation seeds bugs end-to-end)
failed=()

# What each part is, as the runner's own filter: a suite's name begins with its target's.
suites() {
    local name=$1 status
    shift
    swift test --skip-build --disable-xctest "$@" 2>&1 | tee "$logs/$name" |
        grep -vE '^[^ ]+ (Test|Suite) .* started\.$'
    status=${PIPESTATUS[0]}
    if ! grep -qE '^[^ ]+ Test run with [1-9][0-9]* tests? ' "$logs/$name"; then
        echo "test: part '$name' ran no test, or did not reach its end" >&2
        return 1
    fi
    return "$status"
}
# The simulation in its release builds; a closing line like the runner's says that it reached its end.
simulate() {
    local status
    case $1 in
        seeds) make --no-print-directory simulate SEEDS="${SEEDS:-200}" ;;
        bugs) make --no-print-directory simulate-bugs ;;
    esac 2>&1 | tee "$logs/$1"
    status=${PIPESTATUS[0]}
    [ "$status" -ne 0 ] || echo "✔ Test run with 1 test ($1 of the simulation) passed" | tee -a "$logs/$1"
    return "$status"
}
part_of() {
    case $1 in
        unit) suites unit --skip '^(SimulationTests|ContractTests|EndToEndTests)\.' ;;
        simulation) suites simulation --filter '^SimulationTests\.' ;;
        seeds | bugs) simulate "$1" ;;
        contract) suites contract --filter '^ContractTests\.' ;;
        end-to-end) suites end-to-end --filter '^EndToEndTests\.' ;;
        *) echo "test: no part is called '$1': unit, simulation, seeds, bugs, contract, end-to-end" >&2; return 2 ;;
    esac
}

timed "set-up" scripts/setup.sh test
timed "build of the tests" swift build --build-tests || { times_table; exit 1; }
for part in "${parts[@]}"; do
    echo
    echo "== $part"
    timed "$part" part_of "$part" || failed+=("$part")
done

# --- what a reader needs, last ------------------------------------------------------------------------------------

cd "$logs"
lines() { cat -- "${parts[@]}" 2>/dev/null | grep -E "$1" || true; }
# An issue and what is said about it in the lines below.
failures=$(cat -- "${parts[@]}" 2>/dev/null | awk '
    / recorded an issue/ { shown = 1; print "  " $0; next }
    shown && /^↳/ { print "    " $0; next }
    { shown = 0 }')
skips=$(lines '^[^ ]+ (Test|Suite) .*( skipped(:|\.|$)| was cancelled after )' | sed 's/^[^ ]* //')
count=$(printf '%s' "$skips" | grep -c '' || true)

if [ -n "$failures" ]; then
    printf '\nfailures:\n%s\n' "$failures"
fi
if [ "${CI:-}" = true ] && [ "$count" -gt 0 ]; then
    echo "test: CI=true, so each of these skips is a failure"
    failed+=("skips")
fi
for part in "${parts[@]}"; do
    say_last "$(printf '%-12s %s' "$part" "$(grep -E '^[^ ]+ Test run with ' "$part" 2>/dev/null | tail -n 1)")"
done
say_last "skipped: $count"
[ "$count" -eq 0 ] || say_last "$(printf '%s\n' "$skips" | sed 's/^/  /')"
times_table
if [ ${#failed[@]} -gt 0 ]; then
    echo "test: FAILED: ${failed[*]}"
    exit 1
fi
