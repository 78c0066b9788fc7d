"""The folders of a module: which needs which, and that none do in a circle."""

from collections import defaultdict
from dataclasses import dataclass

from graph import circles
from swift_scopes import parse
from swift_source import tokens


@dataclass
class Module:
    """The files of a module and where each of its types is declared."""

    root: object
    files: dict  # path -> (scopes, uses)
    types: dict  # path of a type, a tuple -> the files that declare it
    functions: dict  # of the whole module -> file

    def folder(self, file):
        folder = str(file.parent.relative_to(self.root))
        return "its top" if folder == "." else folder


def read_module(root):
    files = {file: parse(tokens(file.read_text())) for file in sorted(root.rglob("*.swift"))}
    types, functions = defaultdict(list), {}
    for file, (scopes, _) in files.items():
        for scope in scopes:
            if scope.kind == "file":
                types_here = {(name,): private for name, private in scope.types.items()}
                functions |= {n: file for n, private in scope.names.items() if not private}
            elif scope.kind in ("type", "extension") and not is_local(scope):
                types_here = {scope.path + (n,): False for n in scope.types}
            else:
                continue
            for path, private in types_here.items():
                if not private:
                    types[path].append(file)
    return Module(root, files, types, functions)


def is_local(scope):
    """Whether the scope lies in a function: other files cannot name what it declares."""
    return any(outer.kind in ("function", "block") for outer in scope.enclosing())


def needs(module):
    """Folder -> folder that it needs -> ["file: Name of other file"]."""
    edges = defaultdict(lambda: defaultdict(list))
    for file, (_, uses) in module.files.items():
        for use in uses:
            for name, home in resolve(module, use, file):
                a, b = module.folder(file), module.folder(home)
                if a != b:
                    edges[a][b].append(f"{file.name}:{use.line} uses {name} of {home.name}")
    return edges


def resolve(module, use, file):
    """The (name, file) pairs that a use stands on; none if it is another module's or local."""
    names = use.names
    if names[0] == "Self" or names[0] == "self":
        return []
    if names[0][0].islower():
        return resolve_function(module, use)
    path = first_type(module, names[0], use.scope)
    if path is None:
        return []
    found = [(".".join(path), home) for home in homes(module, path, file)]
    for name in names[1:]:
        path += (name,)
        if path not in module.types:
            break
        found += [(".".join(path), home) for home in homes(module, path, file)]
    return found


def homes(module, path, file):
    """Where a type is declared: here, if this file is one of the places."""
    declaring = module.types[path]
    return [] if file in declaring else declaring[:1]


def first_type(module, name, scope):
    """The type that a name means in a scope, by Swift's order of looking names up."""
    for outer in scope.enclosing():
        if name in outer.generics:
            return None
        if outer.kind in ("type", "extension"):
            for end in range(len(outer.path), 0, -1):
                if outer.path[:end] + (name,) in module.types:
                    return outer.path[:end] + (name,)
        elif name in outer.types and (outer.kind != "file" or outer.types[name]):
            return None
    return (name,) if (name,) in module.types else None


def resolve_function(module, use):
    name = use.names[0]
    if len(use.names) > 1 or not use.called or name not in module.functions:
        return []
    for outer in use.scope.enclosing():
        if outer.kind != "file" and name in outer.names:
            return []
    members = {path for path in use.scope.type_paths()}
    for scopes, _ in module.files.values():
        if any(s.path in members and name in s.names for s in scopes if s.path):
            return []
    return [(name + "()", module.functions[name])]


def problems(root, tree):
    """The circles between folders of one module, with the uses that close them."""
    return describe(circles_with_uses(needs(read_module(root))), root.relative_to(tree))


def circles_with_uses(edges):
    for group in circles({a: list(targets) for a, targets in edges.items()}):
        yield group, {
            (a, b): edges[a][b] for a in group for b in group if b in edges.get(a, {})
        }


def describe(found, name, shown=4):
    messages = []
    for group, uses in found:
        lines = [f"{name}: folders need one another in a circle: {', '.join(group)}"]
        for (a, b), why in sorted(uses.items(), key=lambda item: len(item[1])):
            more = f" and {len(why) - shown} more" if len(why) > shown else ""
            lines.append(f"    {a} -> {b}: {'; '.join(why[:shown])}{more}")
        messages.append("\n".join(lines))
    return messages
