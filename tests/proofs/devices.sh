#!/bin/sh
# 10,000 print jobs and 10,000 payments (a third on each wire) through simulated devices on pseudo-terminals, under
# random faults, with every wait divided by 100: none is lost, doubled or left unknown without a mark. The arguments
# are the number of runs and the seed; without a seed it is another one each time, and a failing run prints it.
set -eu
cd "$(dirname "$0")/../.."
LUCHENG_RUNS=${1:-10000}
LUCHENG_SEED=${2:-$(date +%s)}
export LUCHENG_RUNS LUCHENG_SEED
exec cargo test ${PROFILE:+--profile "$PROFILE"} -p drivers --test it -- --nocapture --test-threads 4 soak_
