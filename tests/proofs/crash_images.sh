#!/bin/sh
# Cuts the power of 100,000 simulated disks under the real journal, whole and with torn writes, and lets every
# operation of one payment fail, once and for ever. Nothing that was acknowledged may be missing.
set -eu
cd "$(dirname "$0")/../.."
cargo run ${PROFILE:+--profile "$PROFILE"} -p lucheng --no-default-features --features simulate --bin lucheng -- \
    simulate --crash-images "${IMAGES:-100000}"
