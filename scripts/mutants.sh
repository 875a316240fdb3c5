#!/usr/bin/env bash
# Plants the bugs of Tests/Mutants one at a time in a copy of the tree and runs the simulation on each, and the tests of
# the heart on what that lets through. SEEDS (0: the tests alone), JOBS; arguments: which patches, by the start of their
# names. Fails where one is not caught, or no longer applies or builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seeds=${SEEDS:-200}
jobs=${JOBS:-$(nproc)}
chunk=25
home=$PWD/.build-mutants
tree=$home/tree
log=$home/log
# The copy lies inside of the repository; git must not take it for a part of that.
export GIT_CEILING_DIRECTORIES=$home

mkdir -p "$tree"
git ls-files -z -- Package.swift Package.resolved Sources Tests |
    while IFS= read -r -d '' file; do
        # What did not change keeps its time, so that it is not built again.
        cmp -s "$file" "$tree/$file" && continue
        mkdir -p "$tree/$(dirname "$file")"
        cp "$file" "$tree/$file"
    done

build() {
    swift build -c release --static-swift-stdlib --package-path "$tree" --scratch-path "$home/build" \
        --product beatd-simulate >"$log" 2>&1
}

# Prints who caught it: `SEED  PREDICATE`, or nothing.
hunt() {
    local from=1 code
    while [ "$from" -le "$seeds" ]; do
        code=0
        timeout 300 "$simulate" --from "$from" --seeds "$chunk" --jobs "$jobs" >"$log" 2>&1 || code=$?
        case $code in
        0) ;;
        1) sed -n 's/^seed \([0-9]*\) at .* breaks \(.*\)/\1\t\2/p' "$log" | sort -n | head -n 1 && return ;;
        124) printf '%s\ta run without end\n' "$from" && return ;;
        *) printf '%s\ta trap (exit %s)\n' "$from" "$code" && return ;;
        esac
        from=$((from + chunk))
    done
}

# The heart and its tests as a package of their own, so that a planted bug builds nothing else anew.
core=$home/core
mkdir -p "$core/Tests"
ln -sfn "$tree/Sources" "$core/Sources"
ln -sfn "$tree/Tests/BeatdCoreTests" "$core/Tests/BeatdCoreTests"
cat >"$core/Package.swift" <<'END'
// swift-tools-version: 6.2
import PackageDescription
let package = Package(
    name: "beatd",
    targets: [.target(name: "BeatdCore"), .testTarget(name: "BeatdCoreTests", dependencies: ["BeatdCore"])],
    swiftLanguageModes: [.v6])
END

# Prints the test that caught it, or nothing.
test_core() {
    local code=0
    timeout 600 swift test --package-path "$core" --scratch-path "$home/build-core" --disable-xctest >"$log" 2>&1 ||
        code=$?
    [ "$code" -ne 0 ] || return 0
    local test
    test=$(sed -n 's/^. Test \(.*\) recorded an issue.*/\1/p' "$log" | sed 's/ with [0-9]* argument.*//' |
        sort | uniq -c | sort -rn | sed -n '1s/^ *[0-9]* //p')
    printf -- '-\t%s\n' "${test:-a test run that ends with $code}"
}

simulate=$(swift build -c release --package-path "$tree" --scratch-path "$home/build" --show-bin-path)/beatd-simulate
total=0
missed=0
printf '%-36s %-6s %s\n' bug seed 'caught by'
for patch in Tests/Mutants/*.patch; do
    name=$(basename "$patch" .patch)
    wanted=$#
    for prefix in "$@"; do [[ $name == "$prefix"* ]] && wanted=0; done
    [ "$wanted" -eq 0 ] || continue
    total=$((total + 1))
    caught=
    if ! git -C "$tree" apply "$PWD/$patch"; then
        answer='does not apply any more'
    else
        if [ "$seeds" -eq 0 ] || build; then
            caught=$(hunt)
            [ -n "$caught" ] || caught=$(test_core)
            [ -n "$caught" ] || answer="survived $seeds seeds and the heart's tests"
        else
            answer="does not build: $(grep -m 1 'error:' "$log" || true)"
        fi
        git -C "$tree" apply -R "$PWD/$patch"
    fi
    if [ -n "$caught" ]; then
        printf '%-36s %-6s %s\n' "$name" "${caught%%$'\t'*}" "${caught#*$'\t'}"
    else
        missed=$((missed + 1))
        printf '%-36s %-6s %s\n' "$name" - "$answer"
    fi
    answer=
done
echo "$((total - missed)) of $total caught"
[ "$missed" -eq 0 ]
