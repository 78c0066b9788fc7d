"""Figures about Swift and C sources: lengths of files and functions, access, mutable state."""

import re
from collections import defaultdict

from swift_scopes import parse

MODIFIERS = {
    "package", "public", "internal", "final", "override", "lazy", "weak", "unowned", "nonisolated",
    "unsafe", "static", "class", "(", ")",
}


def functions(tokens):
    """The number of lines of each function and initializer that has a body."""
    scopes, _ = parse(tokens)
    return [s.last_line - s.first_line + 1 for s in scopes if s.kind == "function"]


def c_functions(source):
    """The number of lines of each function of C, from the brace after its parameters."""
    code = re.sub(r'//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\])+\'', "", re.sub(
        r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), source, flags=re.S))
    lengths, depth, line, opened, last = [], 0, 1, None, ""
    for character in code:
        if character == "\n":
            line += 1
        elif character == "{":
            if depth == 0 and last == ")":
                opened = line
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0 and opened is not None:
                lengths.append(line - opened + 1)
                opened = None
        if not character.isspace():
            last = character
    return lengths


def stored_properties(tokens):
    """Type -> its stored properties that code outside of it may change: neither private nor let."""
    found = defaultdict(list)
    scopes, _ = parse(tokens)
    spans = [(s, ".".join(s.path)) for s in scopes if s.kind in ("type", "extension")]
    for scope, path in spans:
        found[path] += [name for name in _properties(tokens, scope)]
    return {path: names for path, names in found.items() if names}


def _properties(tokens, scope):
    start = next(i for i in range(len(tokens)) if i >= scope.opening)
    depth, index = 0, start
    while True:
        text = tokens[index].text
        depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(text, 0)
        if depth == 0:
            return
        if text == "var" and depth == 1 and not _is_private(tokens, index):
            yield from _names(tokens, index + 1)
        index += 1


def _is_private(tokens, index):
    """Whether `private` or `private(set)` stands among the modifiers before `var`."""
    while tokens[index - 1].text in MODIFIERS | {"private", "fileprivate", "set"}:
        index -= 1
        if tokens[index].text in ("private", "fileprivate"):
            return True
    return False


def _names(tokens, index):
    """The names of one `var` that are stored: a brace without observers makes a computed one."""
    depth, names, expects = 0, [], True
    line = tokens[index].line
    while index < len(tokens):
        text = tokens[index].text
        if text == "{" and depth == 0:
            has_value = "=" in [t.text for t in tokens[start:index]]
            observed = tokens[index + 1].text in ("didSet", "willSet")
            return names if observed or has_value else names[:-1]
        if depth == 0 and (text in ("}", ";") or (tokens[index].line != line and not _continues(tokens, index))):
            return names
        line = tokens[index].line
        depth += {"(": 1, "[": 1, "<": 1, ")": -1, "]": -1, ">": -1}.get(text, 0)
        if expects and text[0].isalpha():
            names.append(text)
            start, expects = index, False
        elif text == "," and depth == 0:
            expects = True
        index += 1
    return names


def _continues(tokens, index):
    """Whether a line carries the one before on."""
    return tokens[index].text in (".", "?", ":", "=", "&", "|", "+", "->") or (
        tokens[index - 1].text in (",", "=", ":", "&", "?", "+"))
