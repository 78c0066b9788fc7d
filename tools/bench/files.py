"""GGUF files that someone names, beside the same file in llama.cpp: decode and prefill."""

import subprocess

from engines import Opening, engine_row


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


def long_rows(setting, name, tokens, threads):
    """Decode after many tokens. One pair is measured, because the prompt is computed each time."""
    if not tokens:
        return []
    request = f"decode {tokens} 32"
    return [
        engine_row(setting, f"decode {name} after {tokens}, {cache}", name, request, 32,
                   Opening(threads, context=tokens + 64, cache=cache), 1)
        for cache in ("f16", "q8_0")]


def file_groups(setting, quick, threads, long=None):
    """(name, what gives the rows) for each file. long: tokens of a long context that is measured too."""
    pairs = 3 if quick else 9
    opening = Opening(threads)

    def rows(name):
        return lambda: [
            engine_row(setting, f"decode {name}", name, "decode 64 128", 128, opening, pairs,
                       memory=True),
            engine_row(setting, f"prefill 512, {name}", name, "prefill 512", 512, opening, pairs),
        ] + long_rows(setting, name, long, threads)

    return [(name, rows(name)) for name in setting.inputs.paths]
