"""Makes small networks of exits with the loss and the gradient of every parameter, by torch autograd.

    python tools/golden/exit_gradients.py Tests/Golden

writes Tests/Golden/exit-gradients/tails.*, adapters.* and feedback.*: of each a JSON file (shapes, exits, the batch,
what the teacher says, losses) and a safetensors file (states, unembedding, parameters, gradients). The
blocks and norms are those of `transformers`, each text goes through them by itself, the gradients are
autograd's and the step is torch.optim.AdamW. See README.md for the keys.

Made with torch 2.15.0, transformers 5.23, safetensors. Deterministic: a second run writes the same bytes.
"""

import argparse
import math
from pathlib import Path

import golden_common as common  # first: it sets up torch and transformers
import torch
from safetensors.torch import save_file
from transformers import DynamicCache, LlamaConfig
from transformers.models.llama.modeling_llama import (
    LlamaDecoderLayer, LlamaMLP, LlamaRMSNorm, LlamaRotaryEmbedding)

# Sizes that are whole vectors of no processor; a text that is longer than a tile of attention.
HIDDEN, HEADS, KV_HEADS, HEAD, WIDE, VOCABULARY = 24, 4, 2, 6, 40, 48
LENGTHS = [7, 3, 70]
TOP = 4
EPSILON, THETA = 1e-5, 10000.0

# For each text how many of the first positions have come back when a row is read, and the first row that is computed.
COUNTS = [
    [0, 0, 0, 3, 3, 5, 5],
    [0, 0, 0],
    [0] * 9 + [9] * 11 + [20] + [21] * 4 + [25] * 40 + [65] * 5,
]
STARTS = [3, 0, 9]

# (name, exits, losses): the focused loss is not tried on the larger one.
CASES = [
    ("tails", [
        {"depth": 2, "reads": "model", "body": "tail:1"},
        {"depth": 4, "reads": "previous", "body": "tail:1"},
    ], ["whole", "sampled"]),
    ("adapters", [
        {"depth": 2, "reads": "model", "body": "affine"},
        {"depth": 3, "reads": "model", "body": "affine:3"},
        {"depth": 4, "reads": "model", "body": "mlp"},
    ], ["whole", "sampled", "focused"]),
    ("feedback", [
        {"depth": 2, "reads": "model", "body": "affine+tail:2+affine:3", "feedback": 4},
        {"depth": 4, "reads": "previous", "body": "affine:3+tail:1"},
    ], ["whole"]),
]

# The loss over the whole vocabulary or over samples; `steps` of the optimizer are taken with one of them.
LOSSES = {
    "whole": {"answer_share": 0.5, "focus": 0.0, "sampled": False},
    "sampled": {"answer_share": 0.0, "focus": 0.0, "sampled": True},
    "focused": {"answer_share": 0.3, "focus": 2.0, "sampled": True},
}
STEPS = {"count": 3, "rate": 0.01, "decay": 0.1, "largest_norm": 0.5,
         "beta1": 0.9, "beta2": 0.98, "epsilon": 1e-8}

BLOCK = {
    "attention_norm": "input_layernorm", "attention.query": "self_attn.q_proj",
    "attention.key": "self_attn.k_proj", "attention.value": "self_attn.v_proj",
    "attention.output": "self_attn.o_proj", "feed_forward_norm": "post_attention_layernorm",
    "feed_forward.gate": "mlp.gate_proj", "feed_forward.up": "mlp.up_proj",
    "feed_forward.down": "mlp.down_proj",
}


def configuration():
    config = LlamaConfig(
        hidden_size=HIDDEN, num_attention_heads=HEADS, num_key_value_heads=KV_HEADS, head_dim=HEAD,
        intermediate_size=WIDE, vocab_size=VOCABULARY, num_hidden_layers=6, rms_norm_eps=EPSILON,
        max_position_embeddings=128, rope_parameters={"rope_type": "default", "rope_theta": THETA})
    config._attn_implementation = "eager"
    return config


class Adapter(torch.nn.Module):
    """affine, affine:RANK or mlp; `norm` has none."""

    def __init__(self, body, config):
        super().__init__()
        kind, _, rank = body.partition(":")
        self.kind = kind
        if kind == "mlp":
            self.norm, self.mlp = LlamaRMSNorm(HIDDEN, eps=EPSILON), LlamaMLP(config)
        elif rank:
            self.down = torch.nn.Linear(HIDDEN, int(rank), bias=False)
            self.up = torch.nn.Linear(int(rank), HIDDEN)
        elif kind == "affine":
            self.affine = torch.nn.Linear(HIDDEN, HIDDEN)

    def forward(self, x):
        if self.kind == "mlp":
            return x + self.mlp(self.norm(x))
        if hasattr(self, "down"):
            return x + self.up(self.down(x))
        return x + self.affine(x) if self.kind == "affine" else x

    def names(self):
        """(name in the artifact after the exit's, parameter)"""
        if self.kind == "mlp":
            yield "mlp.norm.weight", self.norm.weight
            for part in ("gate", "up", "down"):
                yield f"mlp.{part}.weight", getattr(self.mlp, f"{part}_proj").weight
        elif hasattr(self, "down"):
            yield "affine.down.weight", self.down.weight
            yield "affine.up.weight", self.up.weight
            yield "affine.bias", self.up.bias
        elif self.kind == "affine":
            yield "affine.weight", self.affine.weight
            yield "affine.bias", self.affine.bias


class Exit(torch.nn.Module):
    """Up to three steps, as in affine+tail:2+affine:3: an affine map, the tail's blocks, an adapter."""

    def __init__(self, record, config):
        super().__init__()
        self.prefix = f"exits.{record['depth']}."
        steps = record["body"].split("+")
        tails = [index for index, step in enumerate(steps) if step.startswith("tail:")]
        count = int(steps[tails[0]].partition(":")[2]) if tails else 0
        before, after = (steps[:tails[0]], steps[tails[0] + 1:]) if tails else ([], steps)
        self.map = Adapter((before + ["norm"])[0], config)
        self.tail = torch.nn.ModuleList(LlamaDecoderLayer(config, 0) for _ in range(count))
        self.adapter = Adapter((after + ["norm"])[0], config)
        self.norm = LlamaRMSNorm(HIDDEN, eps=EPSILON)

    def names(self):
        for name, parameter in self.map.names():
            yield self.prefix + name, parameter
        for index, block in enumerate(self.tail):
            for name, path in BLOCK.items():
                yield (f"{self.prefix}tail.{index}.{name}.weight",
                       block.get_submodule(path).weight)
        for name, parameter in self.adapter.names():
            yield self.prefix + (name.replace("affine", "readout") if self.tail else name), parameter
        yield self.prefix + "norm.weight", self.norm.weight


class Network(torch.nn.Module):
    def __init__(self, records):
        super().__init__()
        config = configuration()
        self.records = records
        self.has_feedback = any("feedback" in record for record in records)
        self.rotation = LlamaRotaryEmbedding(config)
        self.exits = torch.nn.ModuleList(Exit(record, config) for record in records)

    def parameters_by_name(self):
        return dict(pair for exit in self.exits for pair in exit.names())

    def forward(self, states):
        """For each exit what the unembedding reads, of all rows, zeros where none is computed. states: `[rows,
        hidden]` by depth, and what comes back as "deep"."""
        texts, start = [], 0
        for index, length in enumerate(LENGTHS):
            text = {d: x[start:start + length] for d, x in states.items()}
            texts.append(self.text(text, index))
            start += length
        return [torch.cat(parts) for parts in zip(*texts)]

    def text(self, states, index):
        length = LENGTHS[index]
        counts = COUNTS[index] if self.has_feedback else [0] * length
        first = STARTS[index] if self.has_feedback else 0
        normed, x, deep = [], None, None
        for record, exit in zip(self.records, self.exits):
            if record["reads"] == "model":
                x = exit.map(states[record["depth"]][None, first:])
                deep = states["deep"][None] if "feedback" in record else None
            else:
                x = exit.map(x)
                if deep is not None:
                    with torch.no_grad():
                        deep = exit.map(deep)
            for block in exit.tail:
                x, deep = self.block(block, x, deep, first, counts)
            y = exit.norm(exit.adapter(x))[0]
            normed.append(torch.cat([torch.zeros(first, HIDDEN), y]))
        return normed

    def block(self, block, x, deep, first, counts):
        """One block over the rows from `first` on, whose row t reads the keys and values of the first counts[t]
        rows of `deep` in place of its own text's. No gradient flows into these."""
        length = len(counts)
        cache, position = DynamicCache(), torch.arange(length)[None]
        causal = torch.full((1, 1, length, length), -math.inf).triu(1)
        if deep is not None:
            with torch.no_grad():
                deep = block(deep, attention_mask=causal, position_ids=position, past_key_values=cache,
                             position_embeddings=self.rotation(deep, position))
        own = causal[0, 0, first:, first:].clone()
        read = torch.full((length - first, length), -math.inf)
        for row, count in enumerate(counts[first:]):
            own[row, :max(0, count - first)] = -math.inf
            read[row, :count] = 0
        mask = torch.cat([read, own], 1) if deep is not None else own
        position = position[:, first:]
        x = block(x, attention_mask=mask[None, None], position_ids=position, past_key_values=cache,
                  position_embeddings=self.rotation(x, position))
        return x, deep


def random_case(records, seed):
    """(network, states by depth, unembedding, batch)"""
    generator = torch.Generator().manual_seed(seed)
    uniform = lambda *shape: 2 * torch.rand(shape, generator=generator) - 1
    network = Network(records)
    with torch.no_grad():
        for parameter in network.parameters_by_name().values():
            wide = parameter.ndim > 1
            values = uniform(*parameter.shape)
            parameter.copy_(1.5 * values / parameter.shape[-1] ** 0.5 if wide else 1 + 0.3 * values)
    count = sum(LENGTHS)
    states = {r["depth"]: uniform(count, HIDDEN) for r in records if r["reads"] == "model"}
    rows = [row for row in range(count) if row % 3 != 1]
    if network.has_feedback:
        states["deep"] = uniform(count, HIDDEN)
        computed, start = [], 0
        for length, first in zip(LENGTHS, STARTS):
            computed += range(start + first, start + length)
            start += length
        rows = [row for row in rows if row in computed]
    # The teacher names the first 32 tokens alone: the others are left to samples.
    tokens = torch.stack([torch.randperm(32, generator=generator)[:TOP] for _ in rows])
    logits = (3 * torch.rand((len(rows), TOP), generator=generator)).sort(descending=True).values
    others = sorted(set(range(VOCABULARY)) - set(tokens.flatten().tolist()))
    picked = torch.randperm(len(others), generator=generator)[:6].tolist()
    batch = {
        "lengths": LENGTHS, "rows": rows, "tokens": tokens.tolist(),
        "logits": common.f32(logits), "weights": [1.0 if r % 2 == 0 else 0.25 for r in rows],
        "samples": sorted(others[i] for i in picked),
    }
    if network.has_feedback:
        batch |= {"counts": COUNTS, "starts": STARTS}
    return network, states, 0.5 * uniform(VOCABULARY, HIDDEN), batch


def exit_losses(network, states, unembedding, batch, settings):
    """The weighted sum over rows of the loss of each exit, nats."""
    tokens = torch.tensor(batch["tokens"])
    if settings["sampled"]:
        named, samples = sorted(set(tokens.flatten().tolist())), batch["samples"]
        correction = math.log((VOCABULARY - len(named)) / len(samples))
    else:
        named, samples, correction = list(range(VOCABULARY)), [], 0
    raised = torch.tensor([0.0] * len(named) + [correction] * len(samples))
    place = {token: index for index, token in enumerate(named)}
    columns = torch.tensor([[place[token] for token in row] for row in tokens.tolist()])
    share = settings["answer_share"]
    target = (1 - share) * torch.softmax(torch.tensor(batch["logits"]), -1)
    target[:, 0] += share
    weights = torch.tensor(batch["weights"])
    for normed in network(states):
        z = normed[batch["rows"]] @ unembedding[named + samples].T + raised
        logs = torch.log_softmax(z, -1).gather(1, columns)
        # The focus weighs a token and is not itself pushed.
        focus = (1 - logs[:, 0].detach().exp()) ** settings["focus"]
        yield -(target * logs).sum(-1) @ (weights * focus)


def gradients(network, *batch):
    network.zero_grad()
    losses = list(exit_losses(network, *batch))
    sum(losses).backward()
    return [common.f32(loss) for loss in losses], {
        name: parameter.grad.clone() for name, parameter in network.parameters_by_name().items()}


def take_steps(network, *batch):
    """AdamW on vectors without decay, on matrices with it, gradients clipped to a norm."""
    parameters = network.parameters_by_name().values()
    optimizer = torch.optim.AdamW([
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": STEPS["decay"]},
        {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0},
    ], lr=STEPS["rate"], betas=(STEPS["beta1"], STEPS["beta2"]), eps=STEPS["epsilon"])
    for _ in range(STEPS["count"]):
        gradients(network, *batch)
        norm = torch.nn.utils.clip_grad_norm_(list(parameters), STEPS["largest_norm"])
        assert norm > 2 * STEPS["largest_norm"], "clipping is not tried"
        optimizer.step()


def make(name, records, tried, seed, directory):
    network, states, unembedding, batch = random_case(records, seed)
    tensors = {f"states.{depth}": x for depth, x in states.items()} | {"unembedding": unembedding}
    parameters = network.parameters_by_name()
    tensors |= {key: p.detach().clone() for key, p in parameters.items()}
    losses = []
    for loss in tried:
        settings = LOSSES[loss]
        sums, found = gradients(network, states, unembedding, batch, settings)
        assert all(gradient.abs().max() > 1e-3 for gradient in found.values()), "nothing to compare"
        losses.append({"name": loss, **settings, "losses": sums})
        tensors |= {f"gradient.{loss}.{key}": gradient for key, gradient in found.items()}
    steps = {"loss": "sampled" if "sampled" in tried else "whole", **STEPS}
    take_steps(network, states, unembedding, batch, LOSSES[steps["loss"]])
    tensors |= {f"stepped.{key}": p.detach().clone() for key, p in parameters.items()}
    head = {
        "versions": common.versions(), "hidden_size": HIDDEN, "head_count": HEADS,
        "kv_head_count": KV_HEADS, "head_dimension": HEAD, "intermediate_size": WIDE,
        "vocabulary_size": VOCABULARY, "norm_epsilon": EPSILON, "rope_theta": THETA,
        "exits": records, "batch": batch, "steps": steps,
    }
    common.write_json(directory / f"{name}.json", head, "losses", losses)
    path = directory / f"{name}.safetensors"
    save_file({key: x.contiguous() for key, x in tensors.items()}, path)
    path.chmod(0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("golden", type=Path)
    directory = parser.parse_args().golden / "exit-gradients"
    directory.mkdir(exist_ok=True)
    torch.set_grad_enabled(True)
    for seed, case in enumerate(CASES):
        make(*case, 17 + seed, directory)


if __name__ == "__main__":
    main()
