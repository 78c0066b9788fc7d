"""Has llama.cpp compute what `cleave eval` reports, on the same windows of a text.

    python tools/golden/check_eval.py CLEAVE TEXT MODEL FILE.gguf [--reference MODEL FILE.gguf] [--windows 3]

The GGUF files are what the artifacts were imported from or exported to. Windows are those of llama.cpp's
own perplexity tool: 512 tokens, logits at positions 256 ... 510 scored, the first token replaced where
the vocabulary adds a beginning. Prints both results; exit code 1 when a perplexity is more than 1 % off,
or with a reference when the divergence is more than 5 % off or the agreement more than 1 point.

llama.cpp runs with one thread, a float32 cache and no flash attention; its products with quantized
weights also quantize the other factor, with scales rounded to float16, and ours is then the engine as it
ships, with a float16 cache: hence the tolerance. Not run by `make test`.

Made with llama-cpp-python 0.3.36, numpy.
"""

import argparse
import json
import subprocess
import sys

import numpy as np
from llama_cpp import Llama, llama_vocab_get_add_bos

LENGTH = 512
F32 = 0  # ggml's type id


def load(path):
    return Llama(
        path, n_ctx=LENGTH, n_batch=LENGTH, n_threads=1, n_threads_batch=1, logits_all=True,
        type_k=F32, type_v=F32, flash_attn=False, verbose=False)


def log_softmax(llama, tokens):
    llama.reset()
    llama.eval(tokens)
    logits = np.array(llama.scores[LENGTH // 2 : LENGTH - 1], dtype=np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def windows(llama, text, count):
    tokens = llama.tokenize(text, add_bos=True, special=True)
    adds_bos = llama_vocab_get_add_bos(llama._model.vocab)
    for index in range(count):
        window = tokens[index * LENGTH : (index + 1) * LENGTH]
        yield [llama.token_bos()] + window[1:] if adds_bos else window


def judge(options):
    with open(options.text, "rb") as file:
        text = file.read()
    model = load(options.gguf)
    reference = load(options.reference[1]) if options.reference else None
    nll, other_nll, kld, same = [], [], [], []
    for window in windows(model, text, options.windows):
        rows, came = np.arange(LENGTH // 2 - 1), np.array(window[LENGTH // 2 + 1 :])
        q = log_softmax(model, window)
        nll.append(-q[rows, came].mean())
        if reference:
            p = log_softmax(reference, window)
            other_nll.append(-p[rows, came].mean())
            kld.append((np.exp(p) * (p - q)).sum(axis=1).mean())
            same.append((p.argmax(axis=1) == q.argmax(axis=1)).mean())
    found = {"perplexity": np.exp(np.mean(nll))}
    if reference:
        found["reference_perplexity"] = np.exp(np.mean(other_nll))
        found["divergence"], found["top_agreement"] = np.mean(kld), np.mean(same)
    return found


def engine(options):
    command = [options.cleave, "eval", options.model, "--data", options.text, "--json", "--quiet",
               "--windows", str(options.windows), "--window-length", str(LENGTH)]
    if options.reference:
        command += ["--reference", options.reference[0]]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    found = {"perplexity": report["model"]["perplexity"]["value"]}
    if options.reference:
        reference = report["reference"]
        found["reference_perplexity"] = reference["perplexity"]["value"]
        for name in ("divergence", "top_agreement"):
            found[name] = reference[name]["value"]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ["cleave", "text", "model", "gguf"]:
        parser.add_argument(name)
    parser.add_argument("--reference", nargs=2, metavar=("MODEL", "GGUF"))
    parser.add_argument("--windows", type=int, default=3)
    options = parser.parse_args()
    ours, theirs = engine(options), judge(options)
    passed = True
    for name, judged in theirs.items():
        difference = abs(ours[name] - judged)
        limit = {"divergence": 0.05 * judged, "top_agreement": 0.01}.get(name, 0.01 * judged)
        passed = passed and difference <= limit
        print(f"{name:22} cleave {ours[name]:11.6f}  llama.cpp {judged:11.6f}  "
              f"{'ok' if difference <= limit else 'FAIL'}")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
