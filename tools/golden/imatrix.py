"""Writes importance matrices as llama.cpp writes them, with the `gguf` package and from random numbers.

    python tools/golden/imatrix.py Tests/Golden/imatrix

For the matrices of the blocks of Tests/Golden/tiny-f16-linear (llama-imatrix leaves out the head):

    tiny.gguf      general.type imatrix; NAME.in_sum2, NAME.counts, and NAME.in_sum as newer versions have it
    tiny.dat       the older form of the same numbers: mean times calls
    expected.json  by name the mean squares, [columns]: in_sum2 / counts

Made with gguf 0.19, numpy 2.4.6.
"""

import argparse
import json
import struct
from pathlib import Path

import gguf
import numpy as np

HIDDEN, HEADS, INTERMEDIATE, BLOCKS = 32, 128, 64, 5
COLUMNS = {
    "attn_q": HIDDEN,
    "attn_k": HIDDEN,
    "attn_v": HIDDEN,
    "attn_output": HEADS,
    "ffn_gate": HIDDEN,
    "ffn_up": HIDDEN,
    "ffn_down": INTERMEDIATE,
}
CHUNKS, CHUNK_SIZE, DATA = 3, 64, "calibration.txt"


def write_gguf(path, sums, count):
    writer = gguf.GGUFWriter(path, arch="")
    writer.add_string("general.type", "imatrix")
    writer.add_array("imatrix.datasets", [DATA])
    writer.add_uint32("imatrix.chunk_count", CHUNKS)
    writer.add_uint32("imatrix.chunk_size", CHUNK_SIZE)
    for name, values in sums.items():
        writer.add_tensor(f"{name}.in_sum2", values[None, :])
        writer.add_tensor(f"{name}.counts", np.array([[count]], dtype=np.float32))
        writer.add_tensor(f"{name}.in_sum", np.zeros_like(values)[None, :])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_dat(path, means):
    with open(path, "wb") as out:
        out.write(struct.pack("<i", len(means)))
        for name, values in means.items():
            out.write(struct.pack("<i", len(name)) + name.encode())
            out.write(struct.pack("<ii", CHUNKS, len(values)))
            out.write((values * np.float32(CHUNKS)).astype("<f4").tobytes())
        out.write(struct.pack("<ii", CHUNKS, len(DATA)) + DATA.encode())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    random = np.random.default_rng(7)
    count = np.float32(CHUNKS * CHUNK_SIZE)
    sums = {
        f"blk.{block}.{name}.weight": random.gamma(0.5, 100, size=columns).astype(np.float32)
        for block in range(BLOCKS)
        for name, columns in COLUMNS.items()
    }
    means = {name: values / count for name, values in sums.items()}
    write_gguf(out / "tiny.gguf", sums, count)
    write_dat(out / "tiny.dat", means)
    expected = {name: [float(value) for value in values] for name, values in means.items()}
    (out / "expected.json").write_text(json.dumps(expected, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
