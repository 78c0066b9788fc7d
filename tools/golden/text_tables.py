"""Writes Sources/Text/Normalization/NormalizationTables.swift: what the tokenizers package knows of characters.

    python tools/golden/text_tables.py Sources/Text/Normalization/NormalizationTables.swift

Sets and decompositions are what its normalizers and pre-tokenizers do, asked scalar by scalar: its crates
have tables of Unicode 8 and 9. Made with tokenizers 0.23.3; nothing needs this script to build or test.
"""

import sys

from tokenizers import normalizers, pre_tokenizers

from pattern_tables import SCALARS, base36, lines, words


def changed(normalizer, to):
    """The scalars that a normalizer turns into `to`."""
    return {ord(c) for c in SCALARS if normalizer.normalize_str(c) == to}


def bert(**options):
    every = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**every, **options})


def sets():
    split, words_only = pre_tokenizers.Punctuation(), pre_tokenizers.Whitespace()
    clean = bert(clean_text=True)
    # What is not removed and is white space becomes a space.
    space = {ord(c) for c in SCALARS if c.isspace()} - set(range(0x1C, 0x20))
    assert changed(clean, " ") == space - changed(clean, "")
    return {
        "mark": changed(normalizers.StripAccents(), ""),
        "nonspacing": changed(bert(strip_accents=True), ""),
        "unclean": changed(clean, ""),
        "punctuation": {ord(c) for c in SCALARS if len(split.pre_tokenize_str("a" + c)) > 1},
        "word": {ord(c) for c in SCALARS
                 if [piece for piece, _ in words_only.pre_tokenize_str("a" + c)] == ["a" + c]},
        "space": {ord(c) for c in SCALARS if not words_only.pre_tokenize_str(c)},
    }


def compatible():
    """The scalars whose compatibility decomposition is not the canonical one, packed."""
    plain, full = normalizers.NFD(), normalizers.NFKD()
    tokens, next_free, target, repeats = [], 0, None, 0

    def end():
        nonlocal repeats
        if repeats:
            tokens.append("." + base36(repeats))
        repeats = 0

    for c in SCALARS:
        text = full.normalize_str(c)
        if text == plain.normalize_str(c):
            continue
        follows = target is not None and len(text) == 1 and ord(text) == target + 1
        if ord(c) == next_free and follows:
            repeats += 1
        else:
            end()
            gap = ord(c) - next_free
            tokens.append((f"~{base36(gap)} " if gap else "") + "+".join(base36(ord(t)) for t in text))
        next_free, target = ord(c) + 1, ord(text) if len(text) == 1 else None
    end()
    return " ".join(tokens).split(" ")


def main():
    out = ["// Written by tools/golden/text_tables.py from what the tokenizers package does.", "",
           "/// What the tokenizers package knows of characters, packed: numbers are written to base 36.",
           "enum NormalizationTables {"]

    def put(comment, name, tokens):
        out.extend("  /// " + line for line in comment)
        out.append(f'  static let {name} = """')
        out.extend("    " + line for line in lines(tokens))
        out.append('    """')

    tokens = []
    for name, values in sets().items():
        tokens += [":" + name] + words(values)
    put(["The sets of scalars: after a name, the gap since the last range and the range's length less",
         "1, again and again."], "sets", tokens)
    put(["The compatibility decompositions that are not canonical, scalar by scalar: the scalars of each,",
         "joined by `+`. `~n` passes over n scalars, `.n` stands for n scalars that each become the one",
         "after what the scalar before became."], "decompositions", compatible())
    out.append("}")
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
