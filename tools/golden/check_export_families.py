"""Has llama.cpp run what `cleave export gguf` writes of every family, by hand.

    LLAMA_PYTHON tools/golden/check_export_families.py CLEAVE Tests/Golden [NAME...]

Needs numpy and one of two packages with llama.cpp in it: xllamacpp, which is installed ready built, or
llama-cpp-python, which pip compiles. Of each model a copy in float32 is exported, for llama.cpp rounds
activations to the matrices' type (BF16, F16), so that tokens would differ at near ties. For every prompt of
expected.json within the exported context, feeds llama.cpp the prompt and transformers' 48 greedy tokens one
after another and counts at how many of them its best token is the expected one; where it is not, by how much
the best token's logit is larger says how near a tie it was.
"""

import json
import shutil
import struct
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import numpy as np

try:
    import llama_cpp
except ImportError:
    llama_cpp = None
    import xllamacpp


class PythonBinding:
    """llama-cpp-python."""

    def __init__(self, path):
        self.model = llama_cpp.Llama(
            str(path), n_ctx=512, logits_all=True, verbose=False, type_k=0, type_v=0, n_threads=2,
            flash_attn=False,
            # As the file has them, not as this package's defaults.
            yarn_attn_factor=-1.0, yarn_beta_fast=-1.0, yarn_beta_slow=-1.0)
        # As the file has it: where llama.cpp computes no window, no longer than that.
        self.context = next(
            int(value) for key, value in self.model.metadata.items()
            if key.endswith(".context_length"))

    def logits(self, prompt, answer):
        """Of each token of the answer the logits that it is chosen by."""
        ids = prompt + answer
        self.model.reset()
        self.model.eval(ids[:-1])
        return np.array(self.model.scores[len(prompt) - 1 : len(ids) - 1])


class ServerBinding:
    """llama.cpp's server, as xllamacpp has it."""

    def __init__(self, path):
        settings = xllamacpp.CommonParams()
        settings.model.path = str(path)
        settings.n_ctx, settings.n_parallel = 512, 1
        settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 2
        settings.warmup = False
        settings.verbosity = -1
        settings.port = 0
        settings.cache_type_k = settings.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
        settings.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        self.server = xllamacpp.Server(settings)
        [model] = self._ask("/v1/models")["data"]
        self.count = model["meta"]["n_vocab"]
        self.context = model["meta"]["n_ctx_train"]
        [self.letter] = self._ask("/tokenize", {"content": "a"})["tokens"]

    def _ask(self, path, body=None):
        request = urllib.request.Request(
            self.server.listening_address + path, body and json.dumps(body).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def logits(self, prompt, answer):
        """Of each token of the answer the logits that it is chosen by, less the logarithm of their sum."""
        rows = np.full((len(answer), self.count), -np.inf)
        for step, row in enumerate(rows):
            told = self._ask("/completion", {
                "prompt": prompt + answer[:step], "n_predict": 1, "n_probs": self.count,
                "cache_prompt": True,
                # The logits of the model are told with a token that is a whole character: let it be chosen.
                "temperature": 0, "logit_bias": [[self.letter, 1e9]]})
            for token in told["completion_probabilities"][0]["top_logprobs"]:
                row[token["id"]] = token["logprob"]
        return rows


def check(path, rows):
    model = PythonBinding(path) if llama_cpp else ServerBinding(path)
    equal = total = left_out = 0
    worst = 0.0
    for row in rows:
        if len(row["ids"]) + len(row["greedy"]) > model.context:
            left_out += 1
            continue
        for logits, expected in zip(model.logits(row["ids"], row["greedy"]), row["greedy"]):
            total += 1
            if int(logits.argmax()) == expected:
                equal += 1
            else:
                worst = max(worst, float(logits.max() - logits[expected]))
    return equal, total, worst, left_out


def in_float32(data):
    """A safetensors file whose numbers in BF16 and F16 are float32."""
    length = struct.unpack("<Q", data[:8])[0]
    header, content = json.loads(data[8 : 8 + length]), data[8 + length :]
    parts, at = [], 0
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        begin, end = tensor["data_offsets"]
        part = content[begin:end]
        if tensor["dtype"] == "BF16":
            part = (np.frombuffer(part, "<u2").astype("<u4") << 16).tobytes()
        elif tensor["dtype"] == "F16":
            part = np.frombuffer(part, "<f2").astype("<f4").tobytes()
        if tensor["dtype"] in ("BF16", "F16"):
            tensor["dtype"] = "F32"
        tensor["data_offsets"] = [at, at + len(part)]
        at += len(part)
        parts.append(part)
    text = json.dumps(header).encode()
    return b"".join([struct.pack("<Q", len(text)), text, *parts])


def copy_in_float32(source, target):
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.gguf", "expected.json"))
    weights = target / "model.safetensors"
    weights.write_bytes(in_float32(weights.read_bytes()))


def main():
    cleave, golden = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    all_names = sorted(path.parent.name for path in golden.glob("families/*/config.json"))
    for name in sys.argv[3:] or all_names:
        rows = json.loads((golden / "families" / name / "expected.json").read_text())["prompts"]
        with tempfile.TemporaryDirectory() as scratch:
            at = Path(scratch)
            copy_in_float32(golden / "families" / name, at / "checkpoint")
            for arguments in (
                ["import", at / "checkpoint", "-o", at / "model", "-q"],
                ["export", "gguf", at / "model", "-o", at / "model.gguf", "-q"],
            ):
                done = subprocess.run([str(cleave), *map(str, arguments)], capture_output=True, text=True)
                if done.returncode:
                    print(name, "refused:", done.stderr.strip()[-200:])
                    break
            else:
                equal, total, worst, left_out = check(at / "model.gguf", rows)
                print(f"{name}: {equal} of {total} tokens, largest gap where not {worst:.4f}, "
                      f"{left_out} prompts beyond the context", flush=True)


if __name__ == "__main__":
    main()
