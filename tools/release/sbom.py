#!/usr/bin/env python3
"""Writes the bill of materials of the executable, as CycloneDX 1.6.

usage: sbom.py BINARY --pins PINS --graph GRAPH.json --version TEXT --time SECONDS -o FILE

The packages that are compiled in are those of the pins that the graph (`swift package show-dependencies --format json`)
reaches, each with its commit. Shared libraries are those that the executable names, with the Debian packages they come from.
The same inputs make the same bytes.
"""

import argparse
import datetime
import hashlib
import json
import re
import subprocess
import sys
import uuid
from pathlib import Path

# The packages of swift.org that are not pinned: they come with the compiler, whose version says which.
RUNTIME = "swift-runtime"


class Wrong(Exception):
    """An input that makes no bill of materials."""


def repository(location):
    """Owner and name of a repository, by its address."""
    found = re.fullmatch(r"https://[^/]+/([^/]+)/([^/]+?)(?:\.git)?/?", location)
    if not found:
        raise Wrong(f"{location}: expected https://HOST/OWNER/NAME")
    return found[1], found[2]


def package_component(pin):
    """A pinned Swift package."""
    state = pin["state"]
    owner, name = repository(pin["location"])
    address = re.sub(r"^https://|\.git$", "", pin["location"])
    if "version" not in state:
        raise Wrong(f"{pin['identity']}: expected a version, found {state}")
    return {
        "type": "library", "bom-ref": f"pkg:swift/{address}@{state['version']}", "group": owner, "name": name,
        "version": state["version"], "purl": f"pkg:swift/{address}@{state['version']}",
        "externalReferences": [{"type": "vcs", "url": pin["location"]}],
        "properties": [{"name": "cleave:commit", "value": state["revision"]}],
    }


def edges(node, known, found):
    """The identities that each package of the graph depends on."""
    below = sorted({child["identity"] for child in node["dependencies"]})
    found.setdefault(node["identity"], set()).update(below)
    for child in node["dependencies"]:
        if child["identity"] not in known:
            raise Wrong(f"{child['identity']}: in the graph, and not among the pins")
        edges(child, known, found)
    return found


def needed_libraries(binary):
    """The shared libraries that an executable names."""
    text = subprocess.run(["readelf", "-d", binary], check=True, capture_output=True, text=True).stdout
    return sorted(re.findall(r"\(NEEDED\).*\[(.+)\]", text))


def system_component(library, loaded):
    """A shared library as the Debian package that it comes from, or by its name where no package is known."""
    package = package_of(loaded.get(library))
    if not package:
        return {"type": "library", "bom-ref": f"library:{library}", "name": library}
    fields = subprocess.run(["dpkg-query", "-W", "-f", "${Version} ${Architecture}", package], check=True,
                            capture_output=True, text=True).stdout.split()
    purl = f"pkg:deb/debian/{package}@{fields[0].replace('+', '%2B').replace(':', '%3A')}?arch={fields[1]}"
    return {"type": "library", "bom-ref": purl, "name": package, "version": fields[0], "purl": purl, "scope": "required",
            "properties": [{"name": "cleave:shared-library", "value": library}]}


def package_of(path):
    """The Debian package of a file; None where there is none."""
    if not path:
        return None
    file = str(Path(path).resolve())
    # Packages from before /lib was /usr/lib have their files under the old name.
    for name in [file, file.removeprefix("/usr")]:
        found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    return None


def loaded_libraries(binary):
    """Where the loader finds the libraries of an executable: name -> path."""
    text = subprocess.run(["ldd", binary], check=True, capture_output=True, text=True).stdout
    return dict(re.findall(r"^\s*(\S+)(?: =>)? (/\S+)", text, re.M)) | {
        Path(path).name: path for path in re.findall(r"^\s*(/\S+) \(", text, re.M)}


def compiler():
    text = subprocess.run(["swift", "--version"], check=True, capture_output=True, text=True)
    found = re.search(r"Swift version (\S+)", text.stdout + text.stderr)
    if not found:
        raise Wrong("swift --version names no version")
    return {"type": "framework", "bom-ref": f"{RUNTIME}@{found[1]}", "name": RUNTIME, "version": found[1],
            "description": "Swift's standard library, Foundation, Dispatch and ICU, linked statically"}


def bill(options):
    pins = {pin["identity"]: pin for pin in json.loads(Path(options.pins).read_text())["pins"]}
    graph = edges(json.loads(Path(options.graph).read_text()), pins, {})
    root = json.loads(Path(options.graph).read_text())["identity"]
    digest = hashlib.sha256(Path(options.binary).read_bytes()).hexdigest()
    binary = {"type": "application", "bom-ref": f"cleave@{options.version}", "name": "cleave",
              "version": options.version, "hashes": [{"alg": "SHA-256", "content": digest}],
              "licenses": [{"license": {"id": "Apache-2.0"}}]}
    compiled = {name: package_component(pins[name]) for name in sorted(graph) if name != root}
    loaded = loaded_libraries(options.binary)
    system = {component["bom-ref"]: component
              for component in (system_component(name, loaded) for name in needed_libraries(options.binary))}
    runtime = compiler()
    references = {name: component["bom-ref"] for name, component in compiled.items()} | {root: binary["bom-ref"]}
    depends = {references[name]: sorted(references[below] for below in graph[name]) for name in sorted(graph)}
    depends[binary["bom-ref"]] = sorted([*depends[binary["bom-ref"]], runtime["bom-ref"], *system])
    time = datetime.datetime.fromtimestamp(int(options.time), datetime.timezone.utc)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(digest[:32], version=5)}", "version": 1,
        "metadata": {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": binary},
        "components": [*compiled.values(), runtime, *system.values()],
        "dependencies": [{"ref": ref, "dependsOn": below} for ref, below in sorted(depends.items())],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--pins", required=True)
    parser.add_argument("--graph", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--time", required=True, help="seconds since 1970, of the commit")
    parser.add_argument("-o", "--output", required=True)
    options = parser.parse_args()
    try:
        text = json.dumps(bill(options), indent=2) + "\n"
    except (Wrong, KeyError, ValueError, subprocess.CalledProcessError) as error:
        sys.exit(f"sbom.py: {error}")
    Path(options.output).write_text(text)


if __name__ == "__main__":
    main()
