"""GGUF files that someone names, beside the same file in llama.cpp: decode and prefill on one thread."""

import subprocess

from engines import engine_row

THREADS = 1


class Files:
    """Stands for Inputs: the files as they are, and artifacts that are imported from them."""

    def __init__(self, paths, cleave, scratch):
        self.paths = {path.stem: path for path in paths}
        self.scratch = scratch
        for name, path in self.paths.items():
            subprocess.run([cleave, "import", str(path), "-o", self.artifact(name), "--quiet"],
                           check=True, stdout=subprocess.DEVNULL)

    def artifact(self, name):
        return str(self.scratch / name)

    def gguf(self, name):
        return str(self.paths[name])


def file_groups(setting, quick):
    """(name, what gives the rows) for each file."""
    pairs = 3 if quick else 9

    def rows(name):
        return lambda: [
            engine_row(setting, f"decode {name}", name, "decode 64 128", 128, THREADS, pairs,
                       memory=True),
            engine_row(setting, f"prefill 512, {name}", name, "prefill 512", 512, THREADS, pairs),
        ]

    return [(name, rows(name)) for name in setting.inputs.paths]
