"""Exits on a frozen model as a PyTorch user would write them for this processor, in float32.

Matrices meet all rows of a batch at once and attention each text by itself, so that nothing is padded.
"""

import torch
from torch import nn
from torch.nn import functional

from torch_store import block, weights

MATRICES = {
    "query": "attention.query", "key": "attention.key", "value": "attention.value",
    "output": "attention.output", "gate": "feed_forward.gate", "up": "feed_forward.up",
    "down": "feed_forward.down"}


class Rotation:
    """RoPE's angles; of models that do not scale them."""

    def __init__(self, config, longest):
        assert config["rope"]["scaling"]["kind"] == "none", "this peer knows plain RoPE alone"
        size = config["head_dimension"]
        powers = config["rope"]["theta"] ** (-torch.arange(0, size, 2).float() / size)
        angles = torch.outer(torch.arange(longest).float(), powers)
        self.cosines = torch.cat([angles.cos()] * 2, -1)[:, None]  # [longest, 1, head]
        self.sines = torch.cat([-angles.sin(), angles.sin()], -1)[:, None]

    def of(self, lengths):
        """(cosines, sines) of the rows of a batch."""
        rows = torch.cat([torch.arange(length) for length in lengths])
        return self.cosines[rows], self.sines[rows]


def rotated(x, angles):
    cosines, sines = angles
    return x * cosines + x.roll(x.shape[-1] // 2, -1) * sines


class Block(nn.Module):
    """A transformer block that begins as one of the model's."""

    def __init__(self, config, tensors):
        super().__init__()
        self.heads, self.kv_heads = config["head_count"], config["kv_head_count"]
        self.size, self.epsilon = config["head_dimension"], config["norm_epsilon"]
        for name, stored in MATRICES.items():
            setattr(self, name, nn.Parameter(tensors[f"{stored}.weight"]))
        self.attention_norm = nn.Parameter(tensors["attention_norm.weight"])
        self.feed_norm = nn.Parameter(tensors["feed_forward_norm.weight"])

    def normed(self, x, weight):
        return functional.rms_norm(x, weight.shape, weight, self.epsilon)

    def forward(self, x, lengths, angles):
        n = self.normed(x, self.attention_norm)
        split = lambda matrix, heads: functional.linear(n, matrix).view(-1, heads, self.size)
        query = rotated(split(self.query, self.heads), angles)
        key = rotated(split(self.key, self.kv_heads), angles)
        value = split(self.value, self.kv_heads)
        x = x + functional.linear(self.attended(query, key, value, lengths), self.output)
        n = self.normed(x, self.feed_norm)
        wide = functional.silu(functional.linear(n, self.gate)) * functional.linear(n, self.up)
        return x + functional.linear(wide, self.down)

    def attended(self, query, key, value, lengths):
        shared = self.heads // self.kv_heads
        key, value = (x.repeat_interleave(shared, 1) for x in (key, value))
        parts = (x.transpose(0, 1)[None].split(list(lengths), 2) for x in (query, key, value))
        texts = [functional.scaled_dot_product_attention(*text, is_causal=True)
                 for text in zip(*parts)]
        return torch.cat(texts, 2)[0].transpose(0, 1).reshape(-1, self.heads * self.size)


class Exit(nn.Module):
    """The body `affine` or `tail:K`, its tail begun as the model's last blocks; then a norm."""

    def __init__(self, artifact, config, body):
        super().__init__()
        kind, _, count = body.partition(":")
        blocks, hidden = int(count) if kind == "tail" else 0, config["hidden_size"]
        assert kind == "tail" or body == "affine", f"this peer does not know {body}"
        last = config["block_count"]
        self.tail = nn.ModuleList(
            Block(config, block(artifact, index)) for index in range(last - blocks, last))
        if not blocks:
            self.matrix = nn.Parameter(torch.zeros(hidden, hidden))
            self.bias = nn.Parameter(torch.zeros(hidden))
        self.norm = nn.Parameter(weights(artifact, "head")["final_norm.weight"])
        self.epsilon = config["norm_epsilon"]

    def forward(self, x, lengths, angles, rows):
        """What the unembedding reads, of the rows asked for."""
        for each in self.tail:
            x = each(x, lengths, angles)
        # A batch without prompts has a loss everywhere.
        x = x if len(rows) == len(x) else x[rows]
        if not self.tail:
            x = x + functional.linear(x, self.matrix, self.bias)
        return functional.rms_norm(x, self.norm.shape, self.norm, self.epsilon)
