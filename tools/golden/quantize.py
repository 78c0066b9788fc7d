#!/usr/bin/env python3
"""Weights, and the blocks that the `gguf` package quantizes them to.

Writes Tests/Golden/quantize/weights.f32 (little-endian float32) and <TYPE>.blocks for every type
that the package can write. Needs numpy and gguf. The output is deterministic.
"""
import pathlib
import sys

import numpy as np
from gguf.constants import GGMLQuantizationType
from gguf.quants import quantize

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Golden" / "quantize"
TYPES = ["F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"]


def weights(random):
    """[blocks, 32]: as models have them, and what is hard to round."""
    outlier = random.normal(0, 0.01, (12, 32))
    outlier[np.arange(12), random.integers(0, 32, 12)] = random.choice([-3, 3], 12)
    halves = random.integers(-127, 128, (8, 32)) + 0.5  # ties, once divided by a scale of 1
    halves[:, 0] = 127
    twins = random.uniform(-1, 1, (12, 32))  # two extremes that differ in sign alone
    twins[:, 7], twins[:, 19] = 2, -2
    twins[::2] *= -1
    return np.concatenate([
        random.normal(0, 0.02, (32, 32)),
        random.standard_t(2, (24, 32)) * 0.05,
        random.uniform(0.1, 1, (8, 32)),      # all positive
        random.uniform(-1, -0.1, (8, 32)),
        random.integers(-8, 8, (8, 32)) / 4,  # on a grid
        np.full((2, 32), 0.3), np.full((2, 32), -7.0), np.zeros((2, 32)),
        outlier, halves, twins,
        random.normal(0, 1e-6, (6, 32)),      # subnormal scales
        random.normal(0, 1e-8, (6, 32)),      # scales that round to zero
        random.uniform(-60000, 60000, (6, 32)),
    ]).astype("<f4")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    rows = weights(np.random.default_rng(20261123))
    (OUT / "weights.f32").write_bytes(rows.tobytes())
    for name in TYPES:
        blocks = quantize(rows, GGMLQuantizationType[name])
        (OUT / f"{name}.blocks").write_bytes(blocks.tobytes())
        print(f"{name}: {blocks.nbytes} bytes, {rows.size} weights", file=sys.stderr)


main()
