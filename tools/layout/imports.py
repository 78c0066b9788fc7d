"""The rules of modules: what is imported is declared and used, no circle, stages stand alone."""

import re

from graph import circles, reachable
from swift_source import code_only

# They come with the toolchain and are declared nowhere.
TOOLCHAIN = {
    "Dispatch", "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc", "Musl",
    "Darwin", "Observation", "PackageDescription", "RegexBuilder", "Swift", "Synchronization",
    "Testing", "XCTest",
}
STAGES = {"Convert", "Train", "Calibrate", "Quantize", "Partition"}
SWIFT_IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:private|fileprivate|internal|package|public)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)", re.M)
C_INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.M)


def imports_of(target, targets):
    """The modules that a target's files import: module -> the first file that does."""
    headers = headers_of(target, targets)
    names_of_modules = {other.module: other.name for other in targets.values()}
    found = {}
    for file in sorted(target.path.rglob("*")):
        if file.suffix == ".swift":
            names = SWIFT_IMPORT.findall(code_only(file.read_text()))
        elif file.suffix in (".c", ".h"):
            names = [headers[n] for n in C_INCLUDE.findall(file.read_text()) if n in headers]
        else:
            continue
        for name in names:
            found.setdefault(names_of_modules.get(name, name), file)
    found.pop(target.name, None)
    return found


def headers_of(target, targets):
    """The public headers of other targets: name -> target."""
    return {
        str(header.relative_to(other.path / "include")): other.name
        for other in targets.values() if other != target
        for header in (other.path / "include").rglob("*.h")
    }


def problems(targets, root):
    imports = {name: imports_of(target, targets) for name, target in targets.items()}
    found = []
    for name, target in sorted(targets.items()):
        found += undeclared(target, imports[name], root) + unused(target, imports[name], targets)
    edges = {name: [m for m in imported if m in targets] for name, imported in imports.items()}
    for group in circles(edges):
        files = ", ".join(
            f"{imports[a][b].relative_to(root)} imports {b}"
            for a in group for b in group if b in imports[a])
        found.append(f"modules {', '.join(group)} import one another: {files}")
    return found + stages(targets, edges)


def undeclared(target, imported, root):
    declared = {*target.targets, *target.products, *TOOLCHAIN}
    return [
        f"{file.relative_to(root)}: imports {module}, which {target.name} does not declare"
        " in Package.swift"
        for module, file in sorted(imported.items()) if module not in declared
    ]


def unused(target, imported, targets):
    found = []
    for name in (*target.targets, *target.products):
        # Tests run executables without importing them.
        is_run = target.kind == "testTarget" and name in targets and (
            targets[name].kind == "executableTarget")
        if name not in imported and not is_run:
            found.append(f"Package.swift: {target.name} declares {name}, which no file imports")
    return found


def stages(targets, edges):
    """No stage needs another, and Runtime needs none, by way of other modules either."""
    found = []
    for name, target in sorted(targets.items()):
        if target.short_name not in STAGES | {"Runtime"} or "Tests" in target.path.parts:
            continue
        for needed in sorted(reachable(edges, name) - {name}):
            if targets[needed].short_name in STAGES:
                direct = needed in edges[name]
                found.append(
                    f"{name} {'imports' if direct else 'needs, through what it imports,'} the stage"
                    f" {needed}")
    return found
