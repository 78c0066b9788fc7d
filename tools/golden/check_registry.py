#!/usr/bin/env python3
"""Compares `cleave push` and `cleave pull` with modelpack-client, another client of CNCF ModelPack, on Debian's docker-registry.

    python tools/golden/check_registry.py CLEAVE BUNDLE

What cleave pushes the client pulls, and what the client pushes cleave pulls: the files must be the same bytes. The client
also judges the configuration by ModelPack's schema. Needs modelpack-client 0.1.0, and docker-registry on the path.
"""

import filecmp
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from modelpack_client import ModelLayer, ModelPackClient
from modelpack_client.constants import WEIGHT_CONFIG_RAW_MEDIA_TYPE, WEIGHT_RAW_MEDIA_TYPE

CONFIGURATION = """
version: 0.1
storage: {{filesystem: {{rootdirectory: {0}}}}}
http: {{addr: 127.0.0.1:0}}
"""


def start(work):
    """Starts a registry; returns its process and its host and port."""
    (work / "config.yml").write_text(CONFIGURATION.format(work / "storage"))
    log = work / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ["docker-registry", "serve", work / "config.yml"], stderr=subprocess.STDOUT,
            stdout=output, env={**os.environ, "OTEL_TRACES_EXPORTER": "none"})
    for _ in range(200):
        found = re.search(r"listening on (127\.0\.0\.1:\d+)\D", log.read_text())
        if found:
            return process, found[1]
        time.sleep(0.05)
    raise SystemExit("docker-registry did not start")


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


def main(cleave, bundle):
    bundle = pathlib.Path(bundle)
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        process, address = start(work)
        try:
            client = ModelPackClient(insecure=True)
            reference = f"{address}/models/ours:1"
            subprocess.run([cleave, "push", bundle, reference, "--plain-http", "-q"], check=True)
            pulled = client.pull(reference, work / "ours")
            count = expect_equal(bundle, work / "ours")
            print(f"{count} files that cleave pushed: the client pulls the same")
            print(json.dumps(pulled.config, indent=1))

            reference = f"{address}/models/theirs:1"
            layers = [
                ModelLayer(
                    path=bundle / name, artifact_path=name,
                    media_type=WEIGHT_RAW_MEDIA_TYPE
                    if name.endswith(".safetensors") else WEIGHT_CONFIG_RAW_MEDIA_TYPE)
                for name in files(bundle)
            ]
            client.push(reference, layers, {"descriptor": {}, "config": {}})
            subprocess.run(
                [cleave, "pull", reference, work / "theirs", "--plain-http", "-q"], check=True)
            count = expect_equal(bundle, work / "theirs")
            print(f"{count} files that the client pushed: cleave pulls the same")
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
