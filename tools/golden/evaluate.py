"""Makes what transformers says of two tiny models on a text: perplexity and divergence.

    python tools/golden/evaluate.py Tests/Golden       # after tiny_llama.py and tiny_gguf.py

writes Tests/Golden/evaluate/text.txt and expected.json. Windows as llama.cpp's perplexity has them:
`window_length` tokens without overlap, each read by itself; the logits at positions L/2 ... L-2 score
the token after each. Logits are transformers' in float32, statistics numpy's in float64:

    windows[]: of each scored token, nll (nats), kld (KL(reference || model), nats), same_top
    perplexity, reference_perplexity, divergence, ...: [value, standard error over window means]

Made with torch 2.15.0, transformers 5.23, gguf 0.19, numpy. Deterministic.
"""

import argparse
from pathlib import Path

import golden_common as common  # first: it sets up torch and transformers
import numpy as np
import tiny_gguf
import tiny_llama
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

LENGTH, WINDOWS = 64, 9
TIED = "tiny-tied-bf16-sharded"
# model and reference: directory, file of a GGUF
PAIRS = [
    ("q4_1-bf16", (TIED, "tiny-tied.q4_1.gguf"), (TIED, None)),
    ("q8_0-bf16", (TIED, "tiny-tied.q8_0.gguf"), (TIED, None)),
    ("linear-llama3", ("tiny-f16-linear", None), ("tiny-llama3-f32", None)),
]


def load(golden, directory, file):
    model = AutoModelForCausalLM.from_pretrained(golden / directory, dtype=torch.float32)
    model = tiny_llama.in_float32(model)
    if file is None:
        return model
    state = tiny_gguf.read_back(golden / directory / file, model, model.config)
    return tiny_gguf.loaded_with(model, state)


def log_softmax(model, tokens):
    logits = model(input_ids=torch.tensor([tokens]), use_cache=False).logits[0].double().numpy()
    top = logits.max(axis=1, keepdims=True)
    return logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))


def score(model, reference, tokens):
    at = np.arange(LENGTH // 2, LENGTH - 1)
    came = np.array(tokens)[at + 1]
    p, q = log_softmax(reference, tokens)[at], log_softmax(model, tokens)[at]
    rows = np.arange(len(at))
    return {
        "nll": -q[rows, came],
        "reference_nll": -p[rows, came],
        "kld": (np.exp(p) * (p - q)).sum(axis=1),
        "same_top": (p.argmax(axis=1) == q.argmax(axis=1)).astype(float),
        "change": np.exp(q[rows, came]) - np.exp(p[rows, came]),
    }


def estimate(windows, value):
    means = np.array([value(window).mean() for window in windows])
    return means.mean(), means.std(ddof=1) / len(means) ** 0.5


def statistics(windows):
    def perplexity(key):
        mean, error = estimate(windows, lambda w: w[key])
        return [np.exp(mean), np.exp(mean) * error]

    square, error = estimate(windows, lambda w: w["change"] ** 2)
    klds = np.concatenate([window["kld"] for window in windows])
    return {
        "perplexity": perplexity("nll"),
        "reference_perplexity": perplexity("reference_nll"),
        "log_perplexity_ratio": estimate(windows, lambda w: w["nll"] - w["reference_nll"]),
        "divergence": estimate(windows, lambda w: w["kld"]),
        "divergence_median": np.quantile(klds, 0.5),
        "divergence_99_percent": np.quantile(klds, 0.99),
        "divergence_largest": klds.max(),
        "top_agreement": estimate(windows, lambda w: w["same_top"]),
        "probability_change_rms": [square**0.5, error / (2 * square**0.5)],
    }


def plain(value):
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else float(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("golden", type=Path, help="directory that holds the tiny-* directories")
    golden = parser.parse_args().golden
    out = golden / "evaluate"
    out.mkdir(exist_ok=True)
    text = " ".join(list(tiny_llama.sentences())[:60]) + "\n"
    (out / "text.txt").write_text(text)
    tokens = AutoTokenizer.from_pretrained(golden / TIED)(text, add_special_tokens=False)["input_ids"]
    assert WINDOWS * LENGTH < len(tokens), len(tokens)
    rows = []
    for name, *pair in PAIRS:
        model, reference = (load(golden, *which) for which in pair)
        windows = [
            score(model, reference, tokens[i * LENGTH : (i + 1) * LENGTH]) for i in range(WINDOWS)
        ]
        rows.append({
            "name": name,
            "model": "/".join(filter(None, pair[0])),
            "reference": "/".join(filter(None, pair[1])),
            **{key: plain(value) for key, value in statistics(windows).items()},
            "windows": [
                {key: [round(float(x), 9) for x in window[key]] for key in ("nll", "kld", "same_top")}
                for window in windows
            ],
        })
        print(name, {k: v for k, v in rows[-1].items() if k != "windows"})
    head = {
        "arithmetic": "float32", "versions": common.versions(), "tokens": len(tokens),
        "window_length": LENGTH, "window_count": WINDOWS,
    }
    common.write_json(out / "expected.json", head, "pairs", rows)


if __name__ == "__main__":
    main()
