"""Reads what `cleave` writes: captures (specs/capture.md) and artifacts of F32 weights."""

import json
from pathlib import Path

import numpy
import torch
from safetensors.torch import load_file

HELD_OUT = 1


class Store:
    """A capture store; its files stay on the disk, a sequence is read when it is asked for."""

    def __init__(self, directory):
        directory = Path(directory)
        head = json.loads((directory / "capture.json").read_text())
        assert head["schema"] == "cleave.capture" and head["version"] == 1, directory
        self.depths, self.k = head["depths"], head["top_k"]
        self.hidden, self.vocabulary = head["hidden_size"], head["vocabulary_size"]
        records = numpy.fromfile(directory / "sequences.bin", dtype=numpy.uint8).reshape(-1, 48)
        numbers = records[:, 32:].copy().view("<u4").astype(int)
        self.lengths, self.prompts, self.splits = numbers[:, 0], numbers[:, 1], numbers[:, 2]
        self.starts = numpy.cumsum(self.lengths) - self.lengths
        # Opened at each read: mappings would be counted as memory.
        self.path = directory

    def texts(self, held_out):
        """[(index, length)]"""
        return [(i, int(self.lengths[i])) for i, split in enumerate(self.splits)
                if (split == HELD_OUT) == held_out]

    def _read(self, name, dtype, offset, count):
        return numpy.fromfile(self.path / name, dtype=dtype, offset=offset, count=count)

    def tokens(self, index):
        return self._read("tokens.bin", "<u4", 4 * self.starts[index], self.lengths[index])

    def states(self, index, depth):
        """float32 `[length, hidden]`"""
        length, size = self.lengths[index], self.hidden
        place = self.starts[index] * len(self.depths) + length * self.depths.index(depth)
        halves = self._read("states.bin", "<f2", 2 * size * place, length * size)
        return torch.from_numpy(halves).float().view(length, size)

    def teacher(self, index):
        """(ids `[length, k]`, logits `[length, k]`), best first"""
        length, k = self.lengths[index], self.k
        offset = 4 * (2 * k + 1) * self.starts[index]
        words = self._read("teacher.bin", "<u4", offset, 2 * k * length)
        ids, logits = words[:k * length].astype(numpy.int64), words[k * length:].view("<f4")
        return torch.from_numpy(ids).view(length, k), torch.from_numpy(logits.copy()).view(length, k)


def configuration(artifact):
    return json.loads((Path(artifact) / "manifest.json").read_text())["configuration"]


def weights(artifact, file):
    """Tensors of one of an artifact's weight files, by name."""
    return load_file(Path(artifact) / "weights" / f"{file}.safetensors")


def block(artifact, index):
    """Tensors of a block, by their names without the block's."""
    prefix = f"blocks.{index}."
    return {name.removeprefix(prefix): tensor
            for name, tensor in weights(artifact, f"block-{index:04}").items()}


def unembedding(artifact):
    if configuration(artifact)["tied_embeddings"]:
        return weights(artifact, "embedding")["token_embedding.weight"]
    return weights(artifact, "head")["head.weight"]
