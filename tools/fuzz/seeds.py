"""Makes the seeds of the fuzzer's corpora: small inputs, most of them valid, a folder for each target.

    python tools/fuzz/seeds.py OUT [--cleave EXECUTABLE] [--checkpoints DIRECTORY]

The seeds come from Tests/Golden and, for what only cleave writes, from an executable of cleave on tiny
models; --checkpoints names Hugging Face directories, for targets that read whole ones. Needs gguf and numpy.
Campaigns start from Tests/Corpus, which tools/fuzz/merge.sh makes of these and of what campaigns found.
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import artifacts
import binaries
import messages
import texts

GOLDEN = Path(__file__).resolve().parents[2] / "Tests" / "Golden"


def write(out, target, name, data):
    folder = out / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--cleave", type=Path)
    parser.add_argument("--checkpoints", type=Path)
    options = parser.parse_args()
    sources = [texts.seeds(GOLDEN), binaries.seeds(GOLDEN), messages.seeds()]
    if options.checkpoints:
        sources.append(artifacts.directories(sorted(options.checkpoints.iterdir())))
    if options.cleave:
        sources.append(artifacts.written(GOLDEN, options.cleave.resolve()))
    count = 0
    for source in sources:
        for target, name, data in source:
            write(options.out, target, name, data)
            count += 1
    print(json.dumps({"seeds": count, "targets": len(list(options.out.iterdir()))}))


if __name__ == "__main__":
    main()
