"""Shared by the golden scripts: running a model in float32 and writing what it gave.

Made with Python 3, torch 2.15, transformers 5.23, numpy; see README.md. Not a script by itself.
"""

import json
import os

# Set before torch and transformers are imported: nothing here may reach the network.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import torch
import transformers

torch.set_num_threads(2)
torch.set_grad_enabled(False)
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()


def f32(value):
    """The shortest decimal number that reads back as the same float32."""
    if isinstance(value, torch.Tensor):
        value = value.detach().float().numpy()
    array = np.asarray(value, dtype=np.float32)
    assert np.isfinite(array).all()
    if array.ndim == 0:
        return float(str(array[()]))
    return [f32(row) for row in array]


def versions():
    import gguf  # noqa: F401  (only its version is wanted)
    from importlib.metadata import version

    names = ["torch", "transformers", "tokenizers", "gguf", "safetensors", "numpy"]
    return {name: version(name).split("+")[0] for name in names}


def write_json(path, head, key, rows):
    """`head` with one more entry, `key`: a list with one row to a line."""
    compact = dict(separators=(",", ":"), ensure_ascii=False)
    body = ",\n".join(json.dumps(row, **compact) for row in rows)
    start = json.dumps(head, **compact)[:-1]
    with open(path, "w", encoding="utf-8") as out:
        out.write(f'{start},\n"{key}":[\n{body}\n]}}\n')


def top(logits, count=5):
    """[[id, logit], ...], best first; equal logits by lower id."""
    values = logits.detach().float().numpy()
    order = np.lexsort((np.arange(len(values)), -values))[:count]
    return [[int(i), f32(values[i])] for i in order]


def gap(logits):
    """How far the best logit is above the second best."""
    best = torch.topk(logits, 2).values
    return float(best[0] - best[1])


def final_norm(model):
    """The norm after the last block, which some families have names of their own for."""
    names = ("norm", "embedding_norm", "final_layer_norm", "final_layernorm", "ln_f")
    return next(getattr(model.base_model, name) for name in names if hasattr(model.base_model, name))


def layers_name(inner):
    """The name of the list of blocks in a model without its head: GPT-2 has its own."""
    return "layers" if hasattr(inner, "layers") else "h"


def block_outputs(model, ids, blocks):
    """Logits at all positions, and the residual stream after the given blocks (counted from 1)."""
    kept, hooks = {}, []
    for block in blocks:

        def keep(_module, _inputs, output, block=block):
            kept[block] = output[0] if isinstance(output, tuple) else output

        layers = getattr(model.base_model, layers_name(model.base_model))
        hooks.append(layers[block - 1].register_forward_hook(keep))
    logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]
    for hook in hooks:
        hook.remove()
    return logits, {block: hidden[0] for block, hidden in kept.items()}


def greedy(model, ids, count):
    """Greedy decoding without a key-value cache; stop tokens are not honoured."""
    ids, smallest = list(ids), float("inf")
    start = len(ids)
    for _ in range(count):
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1]
        smallest = min(smallest, gap(logits))
        ids.append(int(torch.argmax(logits)))
    return ids[start:], smallest


def expect(model, name, text, ids, blocks=(2, 4), steps=48):
    """Everything one prompt gives: see README.md for the keys."""
    assert model.dtype == torch.float32
    logits, hidden = block_outputs(model, ids, blocks)
    tokens, smallest = greedy(model, ids, steps)
    exits = {}
    for block in blocks:
        state = hidden[block][-1]
        exit_logits = model.get_output_embeddings()(final_norm(model)(state[None]))[0]
        exit_logits = exit_logits / getattr(model.config, "logits_scaling", 1.0)  # Granite's
        exit_logits = exit_logits * getattr(model.config, "logit_scale", 1.0)  # Cohere's
        cap = getattr(model.config, "final_logit_softcapping", None)  # Gemma 2's
        if cap is not None:
            exit_logits = torch.tanh(exit_logits / cap) * cap
        best = int(torch.argmax(exit_logits))
        exits[str(block)] = {
            "hidden": f32(state),
            "exit_argmax": best,
            "exit_probability": f32(torch.softmax(exit_logits, -1)[best]),
            "exit_gap": f32(gap(exit_logits)),
        }
    return {
        "name": name,
        "text": text,
        "ids": list(ids),
        "top5": [top(row) for row in logits],
        "last_logits": f32(logits[-1]),
        "blocks": exits,
        "greedy": tokens,
        "greedy_min_gap": f32(smallest),
    }


def check_rows(rows, floor=1e-3, distinct=12):
    """Refuses goldens whose comparison would hang on rounding or say little."""
    for row in rows:
        smallest = min([row["greedy_min_gap"]] + [b["exit_gap"] for b in row["blocks"].values()])
        assert smallest > floor, (row["name"], "near tie", smallest)
        assert len(set(row["greedy"])) >= distinct, (row["name"], "collapsed", row["greedy"])
