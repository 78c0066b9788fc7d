"""The scopes of a Swift file: types, functions and blocks, what each declares and uses."""

from dataclasses import dataclass, field

TYPES = {"struct", "class", "enum", "protocol", "actor"}
FUNCTIONS = {"func", "init", "deinit", "subscript"}
NOT_A_TYPE_NAME = {"func", "var", "let", "init", "subscript", "override"}


@dataclass
class Scope:
    """A pair of braces, or the whole file."""

    kind: str  # "file", "type", "extension", "function", "block"
    path: tuple = ()  # of a type: the names from the outermost type to this one
    parent: "Scope" = None
    opening: int = 0  # the index of the token that opens it
    first_line: int = 1
    last_line: int = 1
    types: dict = field(default_factory=dict)  # name -> private to the file?
    names: dict = field(default_factory=dict)  # functions and variables, the same
    generics: set = field(default_factory=set)

    def type_paths(self):
        """The types that this scope lies in, innermost first."""
        scope, paths = self, []
        while scope is not None:
            if scope.kind in ("type", "extension"):
                paths += [scope.path[:end] for end in range(len(scope.path), 0, -1)]
            scope = scope.parent
        return paths

    def enclosing(self):
        """This scope and those around it, innermost first."""
        scope = self
        while scope is not None:
            yield scope
            scope = scope.parent


@dataclass(frozen=True)
class Use:
    """A chain of names, as `Outer.Inner`, where it is written, and whether it is called."""

    names: tuple
    scope: Scope = field(compare=False, hash=False)
    line: int = field(compare=False, default=0)
    called: bool = False


def parse(tokens):
    """The scopes and the uses of a file."""
    parser = _Parser(tokens)
    parser.run()
    return parser.scopes, parser.uses


class _Parser:
    def __init__(self, tokens):
        self.tokens = tokens
        self.file = Scope("file")
        self.scope = self.file
        self.scopes = [self.file]
        self.uses = []
        self.pending = None  # the scope that the next brace opens
        self.pending_depth = 0
        self.depth = 0
        self.outside = []  # depth and pending scope around each open brace
        self.private = False

    def text(self, index):
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def run(self):
        index = 0
        while index < len(self.tokens):
            index = self._step(index)

    def _step(self, index):
        text = self.text(index)
        after_dot = self.text(index - 1) == "."
        if text in ("(", "[", ")", "]"):
            self.depth += 1 if text in "([" else -1
        elif text == "{":
            self._open(index)
        elif text == "}":
            self._close(index)
        elif after_dot:
            pass
        elif text in ("private", "fileprivate"):
            self.private = True
        elif text in TYPES and self._is_type_name(index + 1):
            return self._declare_type(index)
        elif text == "extension" and self._is_type_name(index + 1):
            return self._extend(index)
        elif text == "typealias" or text == "associatedtype":
            return self._declare_alias(index)
        elif text in FUNCTIONS and self._begins_function(index):
            return self._declare_function(index)
        elif text in ("var", "let", "case"):
            self._declare_variable(index)
        elif text[0].isalpha() or text[0] == "_":
            return self._use(index)
        return index + 1

    def _is_type_name(self, index):
        return self.text(index)[:1].isupper() and self.text(index) not in NOT_A_TYPE_NAME

    def _begins_function(self, index):
        following = self.text(index + 1)
        if self.text(index) == "func":
            return True
        if self.text(index) == "deinit":
            return following == "{"
        return following in ("(", "<", "?", "!") and self.scope.kind in ("type", "extension")

    # Scopes

    def _open(self, index):
        if self.pending is not None and self.depth == self.pending_depth:
            opened, self.pending = self.pending, None
        else:
            opened = Scope("block", parent=self.scope, first_line=self.tokens[index].line)
        opened.opening = index
        # A closure among the parameters does not end the wait for the function's own brace.
        self.outside.append((self.depth, self.pending, self.pending_depth))
        self.pending = None
        self.depth = 0
        self.private = False
        self.scopes.append(opened)
        self.scope = opened

    def _close(self, index):
        self.scope.last_line = self.tokens[index].line
        self.scope = self.scope.parent or self.file
        self.depth, self.pending, self.pending_depth = (
            self.outside.pop() if self.outside else (0, None, 0))
        self.private = False

    def _await(self, kind, index, path=()):
        self.pending = Scope(
            kind, path=path, parent=self.scope, first_line=self.tokens[index].line)
        self.pending_depth = self.depth

    def _path(self):
        return self.scope.path if self.scope.kind in ("type", "extension") else ()

    # Declarations

    def _declare_type(self, index):
        name = self.text(index + 1)
        self.scope.types[name] = self.private
        # A type inside a function has no path that another file could name.
        self._await("type", index, path=self._path() + (name,))
        self.private = False
        return self._generics(index + 2)

    def _extend(self, index):
        names, after = self._chain(index + 1)
        self._await("extension", index, path=names)
        self._add_use(names, index + 1)
        self.private = False
        return after

    def _declare_alias(self, index):
        self.scope.types[self.text(index + 1)] = self.private
        self.private = False
        self.pending = None
        return index + 2

    def _declare_function(self, index):
        if self.text(index) == "func":
            self.scope.names[self.text(index + 1)] = self.private
            after = index + 2
        else:
            after = index + 1
        self._await("function", index)
        self.private = False
        after = self._generics(after)
        self._parameters(after)
        return after

    def _declare_variable(self, index):
        if self.depth == 0:
            if self.pending is not None and self.pending.kind == "function":
                self.pending = None  # a requirement of a protocol, without a body
            if self.text(index) != "case":
                self.scope.names[self.text(index + 1)] = self.private
            self.private = False
        elif self.text(index) == "let" or self.text(index) == "var":
            self.scope.names[self.text(index + 1)] = True

    def _parameters(self, index):
        """Notes the parameters of the awaited function: they shadow functions of their name."""
        if self.text(index) in ("?", "!"):
            index += 1
        depth = 0
        while index < len(self.tokens):
            text = self.text(index)
            depth += {"(": 1, ")": -1}.get(text, 0)
            if depth == 0:
                return
            if self.text(index + 1) == ":" and depth == 1:
                self.pending.names[text] = True
            index += 1

    def _generics(self, index):
        """Notes generic parameters, the first word after `<` and after each comma."""
        if self.text(index) != "<":
            return index
        depth, expects, at = 0, True, index
        while at < len(self.tokens):
            text = self.text(at)
            depth += {"<": 1, ">": -1}.get(text, 0)
            if depth == 0:
                break
            if text == "," and depth == 1:
                expects = True
            elif expects and text[0].isalpha() and text not in ("each", "let"):
                self.pending.generics.add(text)
                expects = False
            at += 1
        # Constraints are uses, so they are read again.
        return index

    # Uses

    def _chain(self, index):
        names = [self.text(index)]
        while self.text(index + 1) == "." and self.text(index + 2)[:1].isalpha():
            index += 2
            names.append(self.text(index))
        return tuple(names), index + 1

    def _use(self, index):
        names, after = self._chain(index)
        is_label = len(names) == 1 and self.text(after) == ":" and self.text(index - 1) in ("(", ",")
        if not is_label:
            self._add_use(names, index, called=self.text(after) == "(")
        return after

    def _add_use(self, names, index, called=False):
        # The head of a declaration is read where its own generic parameters are known.
        scope = self.pending if self.pending is not None else self.scope
        self.uses.append(Use(names, scope, self.tokens[index].line, called))
