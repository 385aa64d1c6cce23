#!/bin/sh
# Fuzzes every parser of the drivers, each for as many seconds as the first argument says (600 without one), and
# stops at the first crash. Needs cargo-fuzz, a nightly compiler and a C++ compiler.
set -eu
cd "$(dirname "$0")/../../drivers"
seconds=${1:-600}
for target in $(cargo fuzz list); do
    echo "==== $target: $seconds s"
    mkdir -p "fuzz/corpus/$target"
    cargo +nightly fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="$seconds" -max_len=4096 -timeout=10 -print_final_stats=1
done
