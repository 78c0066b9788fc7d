"""The tokens of a Swift file: what is left without comments and without the text of strings."""

import re
from dataclasses import dataclass

PLAIN = re.compile(r'[^/"#()]+')
STRING = re.compile(r'(#*)("""|")')
TOKEN = re.compile(r"`?[A-Za-z_]\w*`?|\d\w*(?:\.\d\w*)?|\.\.[.<]|->|\S")


@dataclass(frozen=True)
class Token:
    """A word or a punctuation mark and the line that it is on, counted from 1."""

    text: str
    line: int


def tokens(source):
    """The tokens of Swift source. Code interpolated into strings counts; comments do not."""
    result = []
    code = code_only(source)
    for number, line in enumerate(code.split("\n"), start=1):
        result += [Token(match.strip("`"), number) for match in TOKEN.findall(line)]
    return result


def code_only(source):
    """Swift source with comments and strings blanked; lines and interpolated code stay."""
    return _Stripper(source).strip()


class _Stripper:
    def __init__(self, source):
        self.source = source
        self.at = 0
        self.out = []

    def strip(self):
        self._code(until_parenthesis=False)
        return "".join(self.out)

    def _code(self, until_parenthesis):
        """Copies code; inside an interpolation, up to the parenthesis that closes it."""
        depth = 0
        while self.at < len(self.source):
            rest = self.source[self.at : self.at + 2]
            if rest == "//":
                self._skip_to(self.source.find("\n", self.at))
            elif rest == "/*":
                self._block_comment()
            elif plain := PLAIN.match(self.source, self.at):
                self.out.append(plain[0])
                self.at = plain.end()
            elif opening := STRING.match(self.source, self.at):
                self._string(hashes=opening[1], quotes=opening[2])
            else:
                character = self.source[self.at]
                depth += {"(": 1, ")": -1}.get(character, 0)
                if until_parenthesis and depth < 0:
                    return
                self.out.append(character)
                self.at += 1

    def _block_comment(self):
        """Comments nest in Swift."""
        depth = 0
        while self.at < len(self.source):
            rest = self.source[self.at : self.at + 2]
            if rest in ("/*", "*/"):
                depth += 1 if rest == "/*" else -1
                self.at += 2
                if depth == 0:
                    return
            else:
                self._blank()

    def _string(self, hashes, quotes):
        self.at += len(hashes) + len(quotes)
        self.out.append(' "" ')
        escape, closing = "\\" + hashes, quotes + hashes
        while self.at < len(self.source):
            if self.source.startswith(closing, self.at):
                self.at += len(closing)
                return
            if self.source.startswith(escape + "(", self.at):
                self.at += len(escape) + 1
                self.out.append(" ( ")
                self._code(until_parenthesis=True)
                self.at += 1
                self.out.append(" ) ")
            elif self.source.startswith(escape, self.at):
                self.at += len(escape)
                self._blank()
            else:
                self._blank()

    def _blank(self):
        """Passes one character over, keeping lines."""
        if self.source[self.at : self.at + 1] == "\n":
            self.out.append("\n")
        self.at += 1

    def _skip_to(self, end):
        self.at = len(self.source) if end < 0 else end
