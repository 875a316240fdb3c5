#!/usr/bin/env bash
# Format, scripts, and a build that lets no target use what it does not name. Style itself is a test (Tests/StyleTests).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

echo "lint: format"
swift format lint --strict --recursive Sources Tests Package.swift

echo "lint: scripts"
for script in .ci/run scripts/*.sh; do
    [ -e "$script" ] || continue
    bash -n "$script"
done

echo "lint: planted bugs still apply"
for patch in Tests/Mutants/*.patch; do git apply --check "$patch"; done

echo "lint: warnings as errors, imports as declared"
swift build --build-tests --explicit-target-dependency-import-check error
echo "lint: clean"
