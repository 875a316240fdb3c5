# Sourced by the other scripts: how long each part took, said last.
#
#   timed "name" command...   runs the command; its name, seconds and outcome become a row
#   say_last text...          a line to print above the table
#   times_table               prints those lines and the rows: part, minutes, outcome
#
# A script that another one calls adds its lines and rows to the same table, which the outermost prints.

# shellcheck shell=bash
forget_times() {
    [ -z "$times_are_ours" ] || rm -f "$BEATD_TIMES" "$BEATD_TIMES.last"
}
if [ -z "${BEATD_TIMES:-}" ]; then
    BEATD_TIMES=$(mktemp)
    export BEATD_TIMES
    times_are_ours=1
    times_began=$SECONDS
    trap forget_times EXIT
else
    times_are_ours=
fi

timed() {
    local name=$1 began ended outcome=ok status=0
    shift
    [ -n "$times_are_ours" ] || name="  $name"
    began=$(date +%s%N)
    "$@" || status=$?
    ended=$(date +%s%N)
    [ "$status" -eq 0 ] || outcome="FAILED ($status)"
    printf '%s\t%d\t%s\n' "$name" $(((ended - began) / 1000000)) "$outcome" >>"$BEATD_TIMES"
    return "$status"
}

say_last() { printf '%s\n' "$*" >>"$BEATD_TIMES.last"; }

times_table() {
    [ -n "$times_are_ours" ] || return 0
    echo
    if [ -f "$BEATD_TIMES.last" ]; then
        cat "$BEATD_TIMES.last"
        echo
    fi
    awk -F '\t' '
        BEGIN { printf "%-38s %8s  %s\n", "part", "minutes", "outcome" }
        { printf "%-38s %8.2f  %s\n", $1, $2 / 60000, $3 }' "$BEATD_TIMES"
    awk -v seconds=$((SECONDS - times_began)) 'BEGIN { printf "%-38s %8.2f\n", "all", seconds / 60 }'
}
