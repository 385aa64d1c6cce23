#!/bin/sh
# Kills the kiosk with SIGKILL before and after every durable commit of one payment, starts it again on the same
# journal, and prints what all books say. Devices, billers and acquirer are simulated; no money moves.
set -eu
cd "$(dirname "$0")/../.."
table=$(mktemp)
trap 'rm -f "$table"' EXIT
outcome=0
LUCHENG_KILL_TABLE="$table" cargo test ${PROFILE:+--profile "$PROFILE"} --test kiosk -- crash:: || outcome=$?
printf '%-16s %-10s %-10s    %-10s %6s %6s %s\n' 'killed at commit' 'last step' 'then' 'in the end' kept booked slip
sort -k2,2 -k1,1n "$table"
printf '%s deaths\n' "$(wc -l < "$table")"
exit "$outcome"
