"""The targets of a Package.swift: name, folder, kind and dependencies."""

import re
from dataclasses import dataclass
from pathlib import Path

TARGET = re.compile(r"\.(target|executableTarget|testTarget|systemLibrary)\s*\(")
DEPENDENCY = re.compile(
    r'\.product\(\s*name:\s*"(?P<product>[^"]+)"'
    r'|\.(?:target|byName)\(\s*name:\s*"(?P<target>[^"]+)"|"(?P<name>[^"]+)"')


@dataclass(frozen=True)
class Target:
    name: str
    kind: str  # as in Package.swift: "target", "executableTarget", ...
    path: Path
    targets: tuple  # names of targets of this package
    products: tuple  # names of products of other packages

    @property
    def module(self):
        """The name that code imports it by."""
        return self.name.replace("-", "_")

    @property
    def short_name(self):
        """The name as the module diagram has it, without the package's prefix."""
        return self.name.removeprefix("Cleave")


def read_targets(root):
    """The targets by name."""
    text = without_comments((root / "Package.swift").read_text())
    # What stands before `targets:` may name targets too: products.
    text = text[text.find("targets: [\n", text.find("dependencies:")) :]
    found = {}
    for match in TARGET.finditer(text):
        if inside_dependencies(text, match.start()):
            continue
        target = read_target(match[1], balanced(text, match.end() - 1), root)
        found[target.name] = target
    names = set(found)
    return {
        target.name: Target(
            target.name, target.kind, target.path,
            tuple(n for n in target.targets if n in names),
            target.products + tuple(n for n in target.targets if n not in names))
        for target in found.values()
    }


def read_target(kind, arguments, root):
    name = re.search(r'\bname:\s*"([^"]+)"', arguments)[1]
    path = re.search(r'\bpath:\s*"([^"]+)"', arguments)
    folder = path[1] if path else ("Tests/" if kind == "testTarget" else "Sources/") + name
    dependencies = re.search(r"\bdependencies:\s*\[", arguments)
    targets, products = [], []
    if dependencies:
        for match in DEPENDENCY.finditer(balanced(arguments, dependencies.end() - 1)):
            if match["product"]:
                products.append(match["product"])
            elif not is_argument(match):
                targets.append(match["target"] or match["name"])
    return Target(name, kind, root / folder, tuple(targets), tuple(products))


def is_argument(match):
    """Whether the string is an argument, as the package of a product is."""
    before = match.string[: match.start()].rstrip()
    return match["name"] is not None and before.endswith(":")


def inside_dependencies(text, at):
    """Whether `.target(` at that offset is a dependency: a list of them is open there."""
    opened = text.rfind("dependencies: [", 0, at)
    return opened >= 0 and at < opened + len("dependencies: ") + len(
        balanced(text, opened + len("dependencies: "))) + 1


def balanced(text, opening):
    """What stands between the bracket at `opening` and the one that closes it."""
    depth, at, in_string = 0, opening, False
    while at < len(text):
        if text[at] == '"':
            in_string = not in_string
        elif not in_string:
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[at], 0)
            if depth == 0:
                return text[opening + 1 : at]
        at += 1
    raise ValueError("Package.swift: a bracket is not closed")


def without_comments(text):
    """Blanks `//` comments, except after a colon: those are addresses in strings."""
    return re.sub(r"(?<!:)//[^\n]*", "", text)
