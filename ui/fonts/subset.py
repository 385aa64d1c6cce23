"""Cuts one weight of Noto Sans CJK SC down to what the kiosk shows and renames the family."""

import argparse
import pathlib

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Lucheng Sans"
SYMBOLS = "·•¥¥✓×÷±←→↑↓…—–-‘’“”《》〈〉「」『』【】、。,;:?!()¡%℃°㎡m³①②③④⑤⑥⑦⑧⑨⑩■□▪○●◆★☆▲△▼▽〇々〇○×~‰№℡Ω≤≥≠〔〕€£"


def gb2312():
    """Every character of GB 2312: rows 1-9 are symbols, rows 16-87 are Hanzi."""
    for row in range(1, 88):
        for cell in range(1, 95):
            try:
                yield bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312")
            except UnicodeDecodeError:
                pass


def wanted(root):
    chars = {chr(c) for c in range(0x20, 0x7F)} | {"\u00a0"} | set(SYMBOLS) | set(gb2312())
    for folder, pattern in ((root / "ui", "**/*.slint"), (root / "kiosk-config", "**/*.toml"), (root / "ui", "lang/**/*.po")):
        for file in folder.glob(pattern):
            chars |= set(file.read_text(encoding="utf-8"))
    return {c for c in chars if c.isprintable()}


def rename(font, weight):
    postscript = FAMILY.replace(" ", "") + "-" + weight
    words = {1: FAMILY, 2: weight, 3: postscript, 4: f"{FAMILY} {weight}", 6: postscript}
    names = font["name"]
    names.names = [n for n in names.names if n.nameID in (0, 5, 13, 14)]
    for name_id, text in words.items():
        names.setName(text, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    top = cff.topDictIndex[0]
    top.FullName, top.FamilyName, top.Weight = words[4], FAMILY, weight


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("weight", choices=["Regular", "Bold"])
    parser.add_argument("output")
    parser.add_argument("--root", type=pathlib.Path, required=True)
    args = parser.parse_args()

    options = subset.Options(
        font_number=2, hinting=False, desubroutinize=False, layout_features=[], name_IDs=["*"], notdef_outline=True,
        drop_tables=subset.Options._drop_tables_default + ["GPOS", "GSUB", "GDEF", "BASE", "VORG", "vhea", "vmtx"],
    )
    font = TTFont(args.source, fontNumber=2)
    cutter = subset.Subsetter(options)
    chars = wanted(args.root)
    cutter.populate(text="".join(sorted(chars)))
    cutter.subset(font)
    rename(font, args.weight)
    # The same input gives the same file.
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(args.output)
    cmap = font.getBestCmap()
    print(args.output, len(cmap), "characters; not in Noto:", "".join(sorted(c for c in chars if ord(c) not in cmap)))


main()
