# Sourced by the other scripts: how long each part took, said last.
#
#   timed "name" command...   runs the command; its name, seconds and outcome become a row
#   times_table               prints the rows: part, minutes, outcome
#
# A script that another one calls adds its rows to the same table, which the outermost prints.

# shellcheck shell=bash
if [ -z "${BEATD_TIMES:-}" ]; then
    BEATD_TIMES=$(mktemp)
    export BEATD_TIMES
    times_are_ours=1
    times_began=$SECONDS
    trap 'rm -f "$BEATD_TIMES"' EXIT
else
    times_are_ours=
fi

timed() {
    local name=$1 began ended outcome=ok status=0
    shift
    began=$(date +%s%N)
    "$@" || status=$?
    ended=$(date +%s%N)
    [ "$status" -eq 0 ] || outcome="FAILED ($status)"
    printf '%s\t%d\t%s\n' "$name" $(((ended - began) / 1000000)) "$outcome" >>"$BEATD_TIMES"
    return "$status"
}

times_table() {
    [ -n "$times_are_ours" ] || return 0
    echo
    awk -F '\t' '
        BEGIN { printf "%-38s %8s  %s\n", "part", "minutes", "outcome" }
        { printf "%-38s %8.2f  %s\n", $1, $2 / 60000, $3 }' "$BEATD_TIMES"
    awk -v seconds=$((SECONDS - times_began)) 'BEGIN { printf "%-38s %8.2f\n", "all", seconds / 60 }'
}
