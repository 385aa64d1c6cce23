#!/bin/sh
# Every figure of docs/benchmarks.md, each beside Chromium in the same run; fails when a target is missed.
#
# Needs: Xvfb, chromium, python3 with venv (numpy and python-xlib are installed into the build folder), and a quiet
# machine: about eight minutes after the build.
set -eu
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
export CARGO_TARGET_DIR="$target"
for tool in Xvfb chromium python3; do
    command -v "$tool" > /dev/null || { echo "all.sh: $tool is not installed" >&2; exit 2; }
done

cargo build --release --workspace --bins
cargo bench --no-run --bench slip
[ -x "$target/bench-venv/bin/python" ] || python3 -m venv "$target/bench-venv"
"$target/bench-venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 python-xlib==0.33

missed=0
bench() {
    echo
    echo "== $1"
    shift
    "$@" || missed=1
}
echo "machine: $(nproc) cores, $(uname -sr), load $(cut -d' ' -f1-3 /proc/loadavg), $(date -u +%F)"
bench "start and memory" "$target/bench-venv/bin/python" tests/bench/start_and_memory.py
bench "touch to pixels" "$target/bench-venv/bin/python" tests/bench/tap_to_pixels.py
bench "idle" "$target/bench-venv/bin/python" tests/bench/idle.py
bench "durable step" "$target/release/lucheng" bench journal --dir "$target"
bench "approval to paper" cargo bench --bench slip
echo
[ "$missed" = 0 ] && echo "every target is met" || echo "a target is missed"
exit "$missed"
