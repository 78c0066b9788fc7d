#!/usr/bin/env python3
"""Compares `cleave push` and `cleave pull` with modelpack-client, another client of CNCF ModelPack; Tests/RegistryTests runs it.

    python tools/golden/check_registry.py pull HOST:PORT/NAME:TAG BUNDLE
    python tools/golden/check_registry.py push HOST:PORT/NAME:TAG BUNDLE

`pull`: what cleave pushed the client pulls, and its files must be the same bytes as the bundle's. The client also judges the
configuration by ModelPack's schema. `push`: the client pushes the bundle, for cleave to pull. The registry speaks plain HTTP.
Needs modelpack-client (judges.txt).
"""

import filecmp
import json
import pathlib
import sys
import tempfile

from modelpack_client import ModelLayer, ModelPackClient
from modelpack_client.constants import WEIGHT_CONFIG_RAW_MEDIA_TYPE, WEIGHT_RAW_MEDIA_TYPE


def files(directory):
    """The files of a bundle but for its signature, which refers to the bundle and is none of its layers."""
    return sorted(
        str(path.relative_to(directory)) for path in directory.rglob("*")
        if path.is_file() and path.name != "model.sig")


def expect_equal(first, second):
    names = files(first)
    assert names == files(second), (names, files(second))
    _, wrong, errors = filecmp.cmpfiles(first, second, names, shallow=False)
    assert not wrong and not errors, (wrong, errors)
    return len(names)


def pull(client, reference, bundle):
    with tempfile.TemporaryDirectory() as directory:
        target = pathlib.Path(directory) / "pulled"
        pulled = client.pull(reference, target)
        count = expect_equal(bundle, target)
    print(json.dumps(pulled.config, indent=1))
    print(f"{count} files that cleave pushed: the client pulls the same")


def push(client, reference, bundle):
    layers = [
        ModelLayer(
            path=bundle / name, artifact_path=name,
            media_type=WEIGHT_RAW_MEDIA_TYPE
            if name.endswith(".safetensors") else WEIGHT_CONFIG_RAW_MEDIA_TYPE)
        for name in files(bundle)
    ]
    client.push(reference, layers, {"descriptor": {}, "config": {}})
    print(f"{len(layers)} files pushed")


if __name__ == "__main__":
    todo = {"pull": pull, "push": push}.get(sys.argv[1] if len(sys.argv) == 4 else None)
    if not todo:
        sys.exit(__doc__)
    todo(ModelPackClient(insecure=True), sys.argv[2], pathlib.Path(sys.argv[3]))
