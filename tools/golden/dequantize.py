#!/usr/bin/env python3
"""Random blocks of every format and what the `gguf` package dequantizes them to.

Writes Tests/Golden/dequantize/<TYPE>.blocks and <TYPE>.f32 (little-endian float32).
Needs numpy and gguf. The output is deterministic.
"""
import pathlib
import sys

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Golden" / "dequantize"

# Byte offsets of the float16 scales in one block, and the number of blocks to make.
FORMATS = {
    "Q4_0": ([0], 96), "Q4_1": ([0, 2], 96), "Q5_0": ([0], 96), "Q5_1": ([0, 2], 96),
    "Q8_0": ([0], 96), "Q2_K": ([80, 82], 28), "Q3_K": ([108], 28), "Q4_K": ([0, 2], 28),
    "Q5_K": ([0, 2], 28), "Q6_K": ([208], 28),
    "IQ1_S": ([0], 24), "IQ1_M": ([], 24), "IQ2_XXS": ([0], 24), "IQ2_XS": ([0], 24),
    "IQ2_S": ([0], 24), "IQ3_XXS": ([0], 24), "IQ3_S": ([0], 24), "IQ4_NL": ([0], 96),
    "IQ4_XS": ([0], 24), "TQ1_0": ([52], 24), "TQ2_0": ([64], 24), "MXFP4": ([], 256),
    "NVFP4": ([], 64), "Q8_K": ([], 8),
}

# Zeros, subnormals, the smallest normals, ones, the largest finite values; both signs.
EDGES = np.array(
    [0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x83FF, 0x0400, 0x8400, 0x3C00, 0xBC00, 0x7BFF,
     0xFBFF], dtype="<u2")


def finite_halves(random, count):
    """Any float16 but infinities and NaNs."""
    halves = random.integers(0, 0x7C00, count, dtype=np.uint16)
    return (halves | random.integers(0, 2, count, dtype=np.uint16) << 15).astype("<u2")


def blocks_of(name, random):
    offsets, count = FORMATS[name]
    size = GGML_QUANT_SIZES[GGMLQuantizationType[name]][1]
    blocks = random.integers(0, 256, (count, size), dtype=np.uint8)
    blocks[0] = 0      # all quants least
    blocks[1] = 0xFF   # all quants greatest
    for turn, offset in enumerate(offsets):
        scales = finite_halves(random, count)
        # The second scale meets the edges in another order than the first.
        scales[:len(EDGES)] = np.roll(EDGES, 5 * turn)
        # As in real models: the middle of the range.
        scales[len(EDGES):count // 2] = (
            random.normal(0, 0.02, count // 2 - len(EDGES)).astype("<f2").view("<u2"))
        blocks[:, offset:offset + 2] = scales.view(np.uint8).reshape(count, 2)
    if name == "IQ1_M":  # its float16 is in the high nibbles of four bytes
        bits = finite_halves(random, count)
        bits[:len(EDGES)] = EDGES
        for nibble, at in enumerate([49, 51, 53, 55]):
            high = (bits >> 4 * nibble & 15).astype(np.uint8)
            blocks[:, at] = blocks[:, at] & 15 | high << 4
    if name == "MXFP4":  # every exponent
        blocks[:, 0] = np.arange(count)
    if name == "NVFP4":  # every scale
        blocks[:, :4] = np.arange(4 * count).reshape(count, 4) % 256
    if name == "Q8_K":
        blocks[:, :4] = random.normal(0, 0.02, count).astype("<f4").view(np.uint8).reshape(-1, 4)
    return blocks


def values_of(name, blocks):
    if name == "Q8_K":  # not in the package: a float32 scale and 256 signed bytes (ggml-quants.c)
        return blocks[:, :4].copy().view("<f4") * blocks[:, 4:260].view(np.int8).astype("<f4")
    return dequantize(blocks, GGMLQuantizationType[name]).astype("<f4")


def float_bits(name, random):
    """16-bit floats, infinities among them; the length leaves a tail for wide registers."""
    count = 1021
    if name == "F16":
        bits = finite_halves(random, count)
        bits[:len(EDGES)] = EDGES
        bits[len(EDGES):len(EDGES) + 2] = [0x7C00, 0xFC00]
    else:
        bits = random.integers(0, 0x7F80, count, dtype=np.uint16).astype("<u2")
        bits[::2] |= 0x8000
        bits[:6] = [0x0000, 0x8000, 0x0001, 0x8001, 0x7F80, 0xFF80]
    return bits.view(np.uint8).reshape(1, -1)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name in ["F16", "BF16", *FORMATS]:
        random = np.random.default_rng([20240607, *name.encode()])
        blocks = (blocks_of if name in FORMATS else float_bits)(name, random)
        values = values_of(name, blocks)
        (OUT / f"{name}.blocks").write_bytes(blocks.tobytes())
        (OUT / f"{name}.f32").write_bytes(values.tobytes())
        print(f"{name}: {blocks.size} bytes, {values.size} elements", file=sys.stderr)


main()
