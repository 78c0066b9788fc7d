"""What the bench runs on: one model in several types, as artifacts and as the same bits in GGUF.

All of it is made from SmolLM2's Q4_1 file by `cleave`, once, and kept: its bytes are checked against the
digests written beside it each time, and it is made again when they are others.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

RECORD = "digests.json"
# The quantizations of the F32 model.
RECIPES = ("q4_0", "q8_0")
MODELS = ("q4_1", "f32", *RECIPES)


class Inputs:
    def __init__(self, directory):
        self.directory = directory

    def artifact(self, name):
        return str(self.directory / name)

    def gguf(self, name):
        return str(self.directory / f"{name}.gguf")


def digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def digests(directory):
    files = sorted(p for p in directory.rglob("*") if p.is_file() and p.name != RECORD)
    return {str(path.relative_to(directory)): digest(path) for path in files}


def make(directory, cleave, source):
    def run(*words):
        subprocess.run([cleave, *words, "--quiet"], check=True, stdout=subprocess.DEVNULL)

    print(f"making the bench's models from {source.name} (2 GB, kept)", file=sys.stderr)
    inputs = Inputs(directory)
    run("import", str(source), "-o", inputs.artifact("q4_1"))
    # There is no recipe for undoing blocks, but every matrix may be asked to be F32.
    run("quantize", inputs.artifact("q4_1"), "--recipe", "f16", "--tensor", ".=F32",
        "--allow-requantize", "--effort", "plain", "-o", inputs.artifact("f32"))
    for recipe in RECIPES:
        run("quantize", inputs.artifact("f32"), "--recipe", recipe, "--effort", "plain",
            "-o", inputs.artifact(recipe))
    for name in MODELS:
        run("export", "gguf", inputs.artifact(name), "-o", inputs.gguf(name))


def is_current(directory, cleave, source):
    try:
        record = json.loads((directory / RECORD).read_text())
    except (OSError, ValueError):
        return False
    if record != {"source": digest(source), "files": digests(directory)}:
        return False
    # An artifact format of before is made again too.
    return all(
        subprocess.run([cleave, "inspect", str(directory / name)], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL).returncode == 0
        for name in MODELS)


def prepare(directory, cleave, source):
    """The inputs, made or found; they appear in one step, whole."""
    if not is_current(directory, cleave, source):
        directory.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f"{directory.name}.", dir=directory.parent))
        try:
            make(staging, cleave, source)
            record = {"source": digest(source), "files": digests(staging)}
            (staging / RECORD).write_text(json.dumps(record, indent=2) + "\n")
            shutil.rmtree(directory, ignore_errors=True)
            staging.rename(directory)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return Inputs(directory)
