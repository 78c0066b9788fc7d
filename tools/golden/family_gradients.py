"""Gradients of the last two blocks and the norm of every trained tiny model of a family, by torch autograd.

    python tools/golden/family_gradients.py Tests/Golden [--only NAME]

reads Tests/Golden/families/NAME and writes Tests/Golden/family-gradients.json. The loss is the sum of the normed
hidden states times numbers that a formula gives, over one text of 70 positions whose states at the depth before the
blocks a formula gives too; windows are shorter than that. Of each gradient, in the layout of artifacts, the file
holds its length and its products with four vectors that the formula gives: two gradients of the same length and
products are the same but for chance.

Made with torch 2.15.0, transformers 5.24. Deterministic: a second run writes the same bytes.
"""

import argparse
import json
from pathlib import Path

import golden_common as common  # first: it sets up torch and transformers
import numpy as np
import torch
from families import VARIANTS
from transformers import AutoModelForCausalLM

POSITIONS, BLOCKS, VECTORS = 70, 2, 4

NAMES = {
    "input_layernorm.weight": "attention_norm.weight",
    "input_layernorm.bias": "attention_norm.bias",
    "self_attn.q_proj.weight": "attention.query.weight",
    "self_attn.k_proj.weight": "attention.key.weight",
    "self_attn.v_proj.weight": "attention.value.weight",
    "self_attn.q_proj.bias": "attention.query.bias",
    "self_attn.k_proj.bias": "attention.key.bias",
    "self_attn.v_proj.bias": "attention.value.bias",
    "self_attn.q_norm.weight": "attention.query_norm.weight",
    "self_attn.k_norm.weight": "attention.key_norm.weight",
    "self_attn.o_proj.weight": "attention.output.weight",
    "self_attn.o_proj.bias": "attention.output.bias",
    "self_attn.sinks": "attention.sinks.weight",
    "mlp.router.weight": "experts.router.weight",
    "mlp.router.bias": "experts.router.bias",
    "post_attention_layernorm.weight": "feed_forward_norm.weight",
    "post_attention_layernorm.bias": "feed_forward_norm.bias",
    "attention.dense.weight": "attention.output.weight",
    "attention.dense.bias": "attention.output.bias",
    "mlp.dense_h_to_4h.weight": "feed_forward.up.weight",
    "mlp.dense_h_to_4h.bias": "feed_forward.up.bias",
    "mlp.dense_4h_to_h.weight": "feed_forward.down.weight",
    "mlp.dense_4h_to_h.bias": "feed_forward.down.bias",
    "mlp.c_fc.weight": "feed_forward.up.weight",
    "mlp.c_fc.bias": "feed_forward.up.bias",
    "mlp.c_proj.weight": "feed_forward.down.weight",
    "mlp.c_proj.bias": "feed_forward.down.bias",
    "ln_1.weight": "attention_norm.weight",
    "ln_1.bias": "attention_norm.bias",
    "attn.c_proj.weight": "attention.output.weight",
    "attn.c_proj.bias": "attention.output.bias",
    "ln_2.weight": "feed_forward_norm.weight",
    "ln_2.bias": "feed_forward_norm.bias",
    "self_attn.dense.weight": "attention.output.weight",
    "self_attn.dense.bias": "attention.output.bias",
    "mlp.fc1.weight": "feed_forward.up.weight",
    "mlp.fc1.bias": "feed_forward.up.bias",
    "mlp.fc2.weight": "feed_forward.down.weight",
    "mlp.fc2.bias": "feed_forward.down.bias",
    "mlp.gate_proj.weight": "feed_forward.gate.weight",
    "mlp.up_proj.weight": "feed_forward.up.weight",
    "mlp.down_proj.weight": "feed_forward.down.weight",
    "mlp.gate.weight": "experts.router.weight",
    "mlp.shared_expert_gate.weight": "experts.shared.router.weight",
    "mlp.shared_expert.gate_proj.weight": "experts.shared.gate.weight",
    "mlp.shared_expert.up_proj.weight": "experts.shared.up.weight",
    "mlp.shared_expert.down_proj.weight": "experts.shared.down.weight",
}
GLM = {
    "post_self_attn_layernorm.weight": "post_attention_norm.weight",
    "post_mlp_layernorm.weight": "post_feed_forward_norm.weight",
}
OLMO = {
    "post_attention_layernorm.weight": "post_attention_norm.weight",
    "post_feedforward_layernorm.weight": "post_feed_forward_norm.weight",
}
GEMMA = {
    "post_attention_layernorm.weight": "post_attention_norm.weight",
    "pre_feedforward_layernorm.weight": "feed_forward_norm.weight",
    "post_feedforward_layernorm.weight": "post_feed_forward_norm.weight",
}


def numbers(count, seed):
    """Floats in -1 ..< 1 with 24 bits: a mix of index and seed."""
    mask = np.uint64(0xFFFFFFFF)
    z = (np.arange(count, dtype=np.uint64) + np.uint64(seed * 0x9E3779B1)) & mask
    z ^= z >> np.uint64(16)
    z = z * np.uint64(0x85EBCA6B) & mask
    z ^= z >> np.uint64(13)
    z = z * np.uint64(0xC2B2AE35) & mask
    z ^= z >> np.uint64(16)
    return (z >> np.uint64(8)).astype(np.float64) / 2**23 - 1


def load(directory):
    model = AutoModelForCausalLM.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager")
    inner, config = model.base_model, model.config
    if config.model_type == "granite":
        # The states are no embeddings; logits are divided by way of the norm's weight, as artifacts have it.
        inner.embedding_multiplier = 1.0
        inner.norm.weight.data /= config.logits_scaling
    if config.model_type.startswith("cohere"):
        inner.norm.weight.data *= config.logit_scale
    blocks = common.layers_name(inner)
    setattr(inner, blocks, getattr(inner, blocks)[-BLOCKS:])
    if config.model_type == "gpt2":
        # The states have the embeddings of positions already.
        inner.wpe.weight.data.zero_()
    config.num_hidden_layers = BLOCKS
    if getattr(config, "layer_types", None):
        config.layer_types = config.layer_types[-BLOCKS:]
    return inner, config


def artifact_rows(config, head, weight):
    """Query or key rows in the order of artifacts: where RoPE rotates part of a head, the rotated pairs come first
    in each half; those of GLM and ERNIE alternate between the halves."""
    share = (config.rope_parameters or {}).get("partial_rotary_factor", 1.0)
    pairs, half = int(head * share) // 2, head // 2
    neighbours = config.model_type.startswith(("glm", "ernie", "cohere"))
    if pairs == half and not neighbours:
        return weight
    within = [(2 * pair + side if neighbours else side * pairs + pair) if pair < pairs else
              2 * pairs + side * (half - pairs) + pair - pairs
              for side in range(2) for pair in range(half)]
    rows = [start + row for start in range(0, len(weight), head) for row in within]
    return weight[rows]


def parts(config, name, gradient):
    """(name in artifacts, gradient) of what one parameter holds."""
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    queries, keys = config.num_attention_heads * head, getattr(config, "num_key_value_heads", 0) * head
    if config.model_type == "gpt2" and name.endswith(".weight") and gradient.ndim == 2:
        gradient = np.ascontiguousarray(gradient.T)  # its matrices are stored transposed
    if name.startswith("attn.c_attn."):
        kind = name.rsplit(".", 1)[1]
        for which, part in zip(("query", "key", "value"), np.split(gradient, 3)):
            yield f"attention.{which}.{kind}", part
    elif name == "self_attn.qkv_proj.weight":
        query, key, value = np.split(gradient, [queries, queries + keys])
        yield "attention.query.weight", artifact_rows(config, head, query)
        yield "attention.key.weight", artifact_rows(config, head, key)
        yield "attention.value.weight", value
    elif name.startswith("attention.query_key_value."):  # the rows of a head follow one another
        kind = name.rsplit(".", 1)[1]
        heads = gradient.reshape(config.num_attention_heads, 3, head, *gradient.shape[1:])
        for part, which in enumerate(("query", "key", "value")):
            rows = heads[:, part].reshape(queries, *gradient.shape[1:])
            rows = rows if which == "value" else artifact_rows(config, head, rows)
            yield f"attention.{which}.{kind}", rows
    elif name == "mlp.gate_up_proj.weight":
        gate, up = np.split(gradient, 2)
        yield "feed_forward.gate.weight", gate
        yield "feed_forward.up.weight", up
    elif config.model_type == "gpt_oss" and name.startswith("mlp.experts."):
        # Gate and up take turns in the last dimension; matrices are transposed.
        last = np.swapaxes(gradient, 1, 2) if gradient.ndim == 3 else gradient
        kind = "bias" if name.endswith("_bias") else "weight"
        if "gate_up" in name:
            yield f"experts.gate.{kind}", last[:, ::2]
            yield f"experts.up.{kind}", last[:, 1::2]
        else:
            yield f"experts.down.{kind}", last
    elif name == "mlp.experts.gate_up_proj":  # [experts, 2 intermediate, hidden]
        gate, up = np.split(gradient, 2, axis=1)
        yield "experts.gate.weight", gate
        yield "experts.up.weight", up
    elif name == "mlp.experts.down_proj":
        yield "experts.down.weight", gradient
    elif name.startswith(("self_attn.q_proj.", "self_attn.k_proj.")):
        yield NAMES[name], artifact_rows(config, head, gradient)
    else:
        glm = config.model_type == "glm4"
        gemma = config.model_type.startswith("gemma")
        olmo = config.model_type in ("olmo2", "olmo3")
        yield {**NAMES, **(GEMMA if gemma else OLMO if olmo else GLM if glm else {})}[name], gradient


def is_trained(directory):
    """Whether all blocks have attention: tails of blocks with a state are not trained."""
    types = json.loads((directory / "config.json").read_text()).get("layer_types") or []
    return set(types) <= {"full_attention", "sliding_attention"}


def fingerprint(gradient):
    flat = gradient.astype(np.float64).reshape(-1)
    return {"length": float(np.sqrt((flat**2).sum())),
            "products": [float(flat @ numbers(flat.size, 10 + k)) for k in range(VECTORS)]}


def gradients(directory):
    model, config = load(directory)
    hidden = config.hidden_size
    states = torch.from_numpy(numbers(POSITIONS * hidden, 1).astype(np.float32))
    wanted = torch.from_numpy(numbers(POSITIONS * hidden, 2).astype(np.float32))
    out = model(inputs_embeds=states.reshape(1, POSITIONS, hidden), use_cache=False)
    (out.last_hidden_state.reshape(-1) * wanted).sum().backward()
    names = ("norm", "final_layer_norm", "final_layernorm", "ln_f")
    norm = next(getattr(model, name) for name in names if hasattr(model, name))
    found = {"norm.weight": fingerprint(norm.weight.grad.numpy())}
    if getattr(norm, "bias", None) is not None:
        found["norm.bias"] = fingerprint(norm.bias.grad.numpy())
    for index, layer in enumerate(getattr(model, common.layers_name(model))):
        for name, parameter in layer.named_parameters():
            for part, gradient in parts(config, name, parameter.grad.numpy()):
                found[f"tail.{index}.{part}"] = fingerprint(gradient)
    return found


def main():
    torch.set_grad_enabled(True)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument(
        "--only", choices=VARIANTS, metavar="NAME",
        help="a model to make anew; the numbers of the others are kept")
    options = parser.parse_args()
    families, path = options.directory / "families", options.directory / "family-gradients.json"
    kept = json.loads(path.read_text())["families"] if options.only else {}
    found = {}
    for name in VARIANTS:
        if options.only and name != options.only:
            if name in kept:
                found[name] = kept[name]
        elif is_trained(families / name):
            found[name] = gradients(families / name)
    text = json.dumps({"positions": POSITIONS, "blocks": BLOCKS, "families": found}, indent=1)
    path.write_text(text + "\n")


if __name__ == "__main__":
    main()
