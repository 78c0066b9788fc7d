"""Writes Sources/Text/Pattern/UnicodeTables.swift: categories, scripts and case folding as Oniguruma has them.

    python tools/golden/pattern_tables.py Sources/Text/Pattern/UnicodeTables.swift

Every set is what the regular expressions of the tokenizers package match, asked scalar by scalar, so that
its version of Unicode is theirs (16). Made with tokenizers 0.23.3; nothing needs this script to build or
test.
"""

import sys

from tokenizers import Regex, pre_tokenizers

CATEGORIES = ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co").split()
SCRIPTS = (
    "Arabic Armenian Balinese Bengali Bopomofo Braille Canadian_Aboriginal Cherokee Common Coptic "
    "Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Inherited "
    "Javanese Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Nko Ol_Chiki Oriya Runic "
    "Sinhala Syriac Tamil Telugu Thaana Thai Tibetan Tifinagh Yi").split()
OTHERS = "Emoji Emoji_Presentation Extended_Pictographic".split()
SCALARS = [chr(value) for value in range(0x110000) if not 0xD800 <= value < 0xE000]
TEXT = "".join(SCALARS)


def matches(regex, scalars=SCALARS, text=TEXT):
    split = pre_tokenizers.Split(Regex(f"(?:{regex})+"), "removed", invert=True)
    found = set()
    for _, (start, end) in split.pre_tokenize_str(text):
        found.update(map(ord, scalars[start:end]))
    return found


def ranges(values):
    found = []
    for value in sorted(values):
        if found and found[-1][1] == value - 1:
            found[-1][1] = value
        else:
            found.append([value, value])
    return found


def base36(number):
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while True:
        text, number = digits[number % 36] + text, number // 36
        if not number:
            return text


def words(values):
    """Gap since the last range and length less 1, again and again."""
    result, next_free = [], 0
    for first, last in ranges(values):
        result += [base36(first - next_free), base36(last - first)]
        next_free = last + 1
    return result


def orbits():
    """Sets of scalars that (?i:) takes for one another."""
    cased = [c for c in SCALARS if len({c, c.lower(), c.upper(), c.casefold(), c.title()}) > 1]
    # Beside those of this Python's tables, all that newer versions may have added.
    cased += [chr(value) for value in matches(r"\p{L}") if chr(value) not in set(cased)
              and 0xA7C0 <= value < 0xA800 or 0x10500 <= value < 0x10600 or 0x10D40 <= value < 0x10D90
              or 0x1C80 <= value < 0x1C90 or 0x16E00 <= value < 0x16F00]
    cased = sorted(set(cased))
    text = "\n".join(cased)
    seen, found = set(), []
    for c in cased:
        if c in seen:
            continue
        split = pre_tokenizers.Split(Regex(f"(?i:\\x{{{ord(c):x}}})"), "removed", invert=True)
        orbit = sorted({piece for piece, _ in split.pre_tokenize_str(text)})
        orbit = [member for member in orbit if len(member) == 1]
        if len(orbit) > 1:
            found.append(orbit)
            seen.update(orbit)
    return found


def folds():
    """The strings of several scalars that one scalar folds to."""
    return sorted({c.casefold() for c in SCALARS if len(c.casefold()) > 1}), sorted(
        c for c in SCALARS if len(c.casefold()) > 1)


def extras(sets):
    """Properties that are a category and a few more; checks those that need no table."""
    union = lambda *names: set().union(*(sets[name] for name in names))
    letters = union("Lu", "Ll", "Lt", "Lm", "Lo")
    marks = union("Mn", "Mc", "Me")
    space = matches(r"\s")
    alpha, lower, upper = (matches(f"[[:{name}:]]") for name in ("alpha", "lower", "upper"))
    assert matches(r"\p{L}") == letters and matches(r"\p{M}") == marks
    assert matches(r"\d") == sets["Nd"] == matches("[[:digit:]]")
    assert space == union("Zs", "Zl", "Zp") | {9, 10, 11, 12, 13, 0x85} == matches("[[:space:]]")
    word = matches(r"\w")
    assigned = union(*CATEGORIES)
    graph = assigned - space - sets["Cc"]
    punctuation = union("Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po") | set(map(ord, "$+<=>^`|~"))
    for name, values in {
            "punct": punctuation, "graph": graph, "alnum": alpha | sets["Nd"], "cntrl": sets["Cc"],
            "blank": sets["Zs"] | {9}, "xdigit": set(map(ord, "0123456789abcdefABCDEF")), "word": word,
            "print": graph | sets["Zs"]}.items():
        print(name, [hex(v) for v in sorted(matches(f"[[:{name}:]]") ^ values)][:20], file=sys.stderr)
    assert alpha >= letters | sets["Nl"] and lower >= sets["Ll"] and upper >= sets["Lu"]
    return {"alpha+": alpha - letters - sets["Nl"], "lower+": lower - sets["Ll"],
            "upper+": upper - sets["Lu"], "word+": word - alpha - marks - union("Nd", "Pc"),
            "word-": (alpha | marks | union("Nd", "Pc")) - word}


def lines(tokens):
    line = ""
    for token in tokens:
        if len(line) + len(token) + 1 > 94:
            yield line
            line = ""
        line += (" " if line else "") + token
    yield line


def main():
    sets = {name: matches(rf"\p{{{name}}}") for name in CATEGORIES}
    tokens = []
    for name, values in sets.items():
        tokens += [":" + name] + words(values)
    for name in SCRIPTS + OTHERS:
        tokens += [":" + name.lower().replace("_", "")] + words(matches(rf"\p{{{name}}}"))
    for name, values in extras(sets).items():
        if values:
            tokens += [":" + name] + words(values)
    cases = []
    for orbit in orbits():
        cases += [base36(ord(orbit[0]))] + ["+" + base36(ord(c) - ord(orbit[0])) for c in orbit[1:]]
    strings, sources = folds()
    multiple = ["+".join(base36(ord(c)) for c in string) for string in strings]
    single = words(map(ord, sources))
    out = ["// Written by tools/golden/pattern_tables.py from what Oniguruma's regular expressions match.", "",
           "/// What Oniguruma knows of Unicode 16, packed: numbers are written to base 36.",
           "enum UnicodeTables {"]

    def put(comment, name, tokens):
        out.extend("  /// " + line for line in comment)
        out.append(f'  static let {name} = """')
        out.extend("    " + line for line in lines(tokens))
        out.append('    """')

    put(["The sets of scalars: after a name, the gap since the last range and the range's length less",
         "1, again and again."], "sets", tokens)
    put(["The scalars that differ in case only: the first one, then the others as distances from it."],
        "orbits", cases)
    put(["The texts of several scalars that equal one scalar if case is ignored."], "foldedTexts", multiple)
    put(["The scalars that equal a text of several if case is ignored, as a set."], "foldedScalars", single)
    out.append("}")
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
