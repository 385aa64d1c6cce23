#!/bin/sh
# Fuzzes every parser of the drivers and of the configuration, each for as many seconds as the first argument says
# (600 without one), as many at once as the second says (1), and prints a table. Fails if one crashed; its log and
# the input are below drivers/fuzz. Needs cargo-fuzz, a nightly compiler and a C++ compiler.
set -eu
cd "$(dirname "$0")/../../drivers"
cargo +nightly fuzz build
mkdir -p fuzz/logs
status=0
# shellcheck disable=SC2016
cargo +nightly fuzz list | SECONDS_EACH=${1:-600} xargs -P "${2:-1}" -I TARGET sh -c '
    mkdir -p fuzz/corpus/TARGET
    cargo +nightly fuzz run TARGET fuzz/corpus/TARGET fuzz/seeds/TARGET -- -max_total_time="$SECONDS_EACH" \
        -max_len=4096 -timeout=60 -print_final_stats=1 >fuzz/logs/TARGET.log 2>&1' || status=1
echo '| target | seconds | executions | edges | crash |'
echo '|---|---|---|---|---|'
for target in $(cargo +nightly fuzz list); do
    awk -v target="$target" '
        / cov: / { for (at = 1; at < NF; at++) if ($at == "cov:") edges = $(at + 1) }
        /^Done / { seconds = $5 }
        /^stat::number_of_executed_units/ { executions = $2 }
        /^SUMMARY: / { crash = "yes" }
        END { print "| " target " | " seconds " | " executions " | " edges " | " (crash ? crash : "none") " |" }
    ' "fuzz/logs/$target.log"
done
exit "$status"
