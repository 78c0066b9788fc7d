"""Has llama.cpp continue texts with an exported GGUF file, beside the engine it was exported from.

    python tools/golden/check_export.py CLEAVE ARTIFACT FILE.gguf [--tokens 48] [--near-tie 0]

ARTIFACT is run by `CLEAVE run` greedily: a model whole; an edge bundle alone with all thresholds 0, so
that its first exit answers every token. Prints a table; exit code 1 when a text is not continued token
for token alike, unless it parts where llama.cpp's two best logits are closer than --near-tie, or when
the two tokenize a text differently.

llama.cpp runs with one thread, a float32 cache and no flash attention. Its products with quantized
weights also quantize the other factor, so that there near ties fall otherwise. Not run by `make test`.

Made with llama-cpp-python 0.3.36.
"""

import argparse
import json
import subprocess
import sys

from llama_cpp import Llama

F32 = 0  # ggml's type id
PROMPTS = [
    "The capital of France is",
    "Once upon a time there was a small lighthouse",
    "Water boils at",
    "def fibonacci(n):\n",
    "<|im_start|>user\nWhy is the sky blue?<|im_end|>\n<|im_start|>assistant\n",
    "In 1969, three men",
    "The opposite of hot is",
    "Die Hauptstadt von Deutschland ist",
]


def engine(options, role, prompt):
    """Ids that this project's engine gives, and the number of the prompt's tokens."""
    command = [options.cleave, "run", options.artifact, "--prompt", prompt, "--json",
               "--max-tokens", str(options.tokens), "--kv-cache", "f32"]
    if role == "edge":
        command += ["--threshold", "0"]
    result = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    sources = {token["source"] for token in result["tokens"]}
    assert len(sources) <= 1, sources
    return [token["id"] for token in result["tokens"]], result["prompt_tokens"], result["end"]


def judge(llama, prompt, count):
    """Greedy ids by llama.cpp, the prompt's tokens, and the gap of the two best logits at each."""
    ids = llama.tokenize(prompt.encode(), add_bos=True, special=True)
    llama.reset()
    llama.eval(ids)
    given, gaps = [], []
    for _ in range(count):
        logits = llama.scores[llama.n_tokens - 1]
        best = int(logits.argmax())
        gaps.append(float(logits[best] - sorted(logits)[-2]))
        given.append(best)
        llama.eval([best])
    return given, len(ids), gaps


def compare(name, ours, theirs, near_tie):
    """Prints a row; whether the texts are equal, and whether they may pass."""
    tokens, prompt_tokens, end = ours
    given, judged_prompt_tokens, gaps = theirs
    # The token that ended our text is not among its tokens.
    differing = [i for i in range(len(tokens)) if tokens[i] != given[i]]
    verdict, equal, passes = "equal", True, True
    if differing:
        gap = gaps[differing[0]]
        verdict, equal, passes = f"part at {differing[0]}, gap {gap:.4f}", False, gap < near_tie
    if prompt_tokens != judged_prompt_tokens:
        verdict = f"TOKENIZED otherwise: {prompt_tokens} and {judged_prompt_tokens} tokens"
        equal = passes = False
    print(f"{name[:40]!r:44} {len(tokens):4} tokens, {end:11} {verdict}")
    return equal, passes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cleave", help="the executable")
    parser.add_argument("artifact", help="model artifact or edge bundle")
    parser.add_argument("gguf", help="what `cleave export gguf` made of it")
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--near-tie", type=float, default=0.0, help="gap below which texts may part")
    options = parser.parse_args()
    with open(f"{options.artifact}/manifest.json", encoding="utf-8") as file:
        role = json.load(file)["role"]
    llama = Llama(
        options.gguf, n_ctx=512, n_batch=512, n_threads=1, n_threads_batch=1, logits_all=True,
        type_k=F32, type_v=F32, flash_attn=False, verbose=False)
    rows = [
        compare(prompt, engine(options, role, prompt), judge(llama, prompt, options.tokens),
                options.near_tie)
        for prompt in PROMPTS
    ]
    passed = all(passes for _, passes in rows)
    print(f"{sum(equal for equal, _ in rows)} of {len(rows)} texts equal: {'pass' if passed else 'FAIL'}")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
