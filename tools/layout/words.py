"""Rules of wording and access that a text search can check."""

import re

from swift_source import code_only

RIDDLE = re.compile(r"^\s*///\s+(Of|Those|That)\s")
EXPECTED_IT = re.compile(r'expected:\s*"it"')
PUBLIC = re.compile(r"\b(public|open)\s+(?=\w)")


def problems(tree):
    found = []
    for file in sorted((tree / "Sources").rglob("*.swift")):
        text, name = file.read_text(), file.relative_to(tree)
        found += riddles(text.split("\n"), name)
        found += [
            f'{name}:{number}: an error expects "it"; say what'
            for number, line in enumerate(text.split("\n"), 1) if EXPECTED_IT.search(line)
        ]
        if "Generated" not in file.parts:
            found += publics(code_only(text), name)
    return found


def riddles(lines, name):
    """Doc comments whose first line has no subject."""
    return [
        f"{name}:{number}: a doc comment begins with"
        f' "{match[1]}"; begin with what the declaration is'
        for number, line in enumerate(lines, 1)
        if (match := RIDDLE.match(line)) and not lines[number - 2].strip().startswith("///")
    ]


def publics(code, name):
    return [
        f"{name}:{number}: `{match[1]}`; only an executable ships, so use `package` or less"
        for number, line in enumerate(code.split("\n"), 1)
        if (match := PUBLIC.search(line)) and declares(line[match.end() :])
    ]


def declares(rest):
    """Whether a declaration follows: `open` is a name as well."""
    return re.match(
        r"(?:static|class|final|override|mutating|indirect|convenience|required|nonisolated|func|var"
        r"|let|struct|enum|actor|protocol|extension|init|subscript|typealias|import|case"
        r"|internal|package|private)\b", rest) is not None
