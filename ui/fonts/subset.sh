#!/bin/sh
# Makes the two fonts of the screens again. Needs the Debian package fonts-noto-cjk and Python's fonttools.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
noto=${NOTO:-/usr/share/fonts/opentype/noto}
for weight in Regular Bold; do
    python3 "$here/subset.py" "$noto/NotoSansCJK-$weight.ttc" "$weight" "$here/LuchengSans-$weight.otf" --root "$here/../.."
done
