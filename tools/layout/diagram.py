"""The module diagram of docs/architecture.md: one line for each module, what it imports."""

import re

from imports import imports_of

DOCUMENT = "docs/architecture.md"
FENCE = re.compile(r"^```modules\n(.*?)^```", re.M | re.S)


def diagram(targets):
    """Module -> its imports: first this package's modules, then, after a +, libraries."""
    lines = {}
    for target in targets.values():
        if "Sources" not in target.path.parts or target.kind == "systemLibrary":
            continue
        imported = imports_of(target, targets)
        ours = sorted(targets[n].short_name for n in imported if n in targets)
        theirs = sorted(n for n in imported if n in target.products)
        lines[target.short_name] = " ".join(ours + (["+", *theirs] if theirs else []))
    return lines


def text(targets):
    width = max(map(len, diagram(targets))) + 1
    return "\n".join(
        f"{name + ':':{width}} {needs}".rstrip() for name, needs in diagram(targets).items())


def problems(targets, root):
    document = root / DOCUMENT
    fence = FENCE.search(document.read_text()) if document.exists() else None
    if fence is None:
        return [f"{DOCUMENT}: expected a fenced block ```modules; see tools/check-layout --diagram"]
    found, written = [], {}
    for line in fence[1].strip().split("\n"):
        name, _, needs = line.partition(":")
        if name.strip() in written:
            found.append(f"{DOCUMENT}: module {name.strip()} is written twice")
        written[name.strip()] = needs.split()
    actual = {name: needs.split() for name, needs in diagram(targets).items()}
    found += [f"{DOCUMENT}: module {n} is not in the code" for n in written if n not in actual]
    for name, needs in actual.items():
        if name not in written:
            found.append(f"{DOCUMENT}: module {name} is missing")
        elif sorted(written[name]) != sorted(needs):
            found.append(
                f"{DOCUMENT}: {name}: {' '.join(written[name])}, but it imports {' '.join(needs)}")
    return found
