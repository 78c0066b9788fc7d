"""The C files of a module: every include is found, and neither files nor folders circle."""

import re
from collections import defaultdict

from folders import circles_with_uses, describe
from graph import circles

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def problems(root, tree):
    files = sorted(f for f in root.rglob("*") if f.suffix in (".c", ".h"))
    edges, missing = defaultdict(list), []
    for file in files:
        for name in INCLUDE.findall(COMMENT.sub("", file.read_text())):
            target = find(name, file, root, files)
            if target is None:
                missing.append(f'{file.relative_to(tree)}: includes "{name}", which is not there')
            else:
                edges[file].append(target)
    return missing + file_circles(edges, tree) + folder_circles(edges, root, tree)


def find(name, file, root, files):
    """The included file: beside this one, from the module's top or `include`, or by a search path."""
    for folder in (file.parent, root, root / "include"):
        target = (folder / name).resolve()
        if target in (resolved := {f.resolve(): f for f in files}):
            return resolved[target]
    ending = [f for f in files if f.as_posix().endswith("/" + name)]
    return ending[0] if len(ending) == 1 else None


def file_circles(edges, tree):
    return [
        "files include one another in a circle: "
        + ", ".join(str(file.relative_to(tree)) for file in group)
        for group in circles(edges)
    ] + [
        f"{file.relative_to(tree)}: includes itself" for file in edges if file in edges[file]
    ]


def folder_circles(edges, root, tree):
    def folder(file):
        name = str(file.parent.relative_to(root))
        return "its top" if name == "." else name

    needs = defaultdict(lambda: defaultdict(list))
    for file, targets in edges.items():
        for target in targets:
            if folder(file) != folder(target):
                needs[folder(file)][folder(target)].append(f"{file.name} includes {target.name}")
    return describe(circles_with_uses(needs), root.relative_to(tree))
