"""Reads an exported GGUF file with the `gguf` package and writes what it found.

    python tools/golden/export_expected.py EXPORT.gguf REFERENCE.gguf OUT.json

REFERENCE is the same model as tools/golden/tiny_gguf.py wrote it with the `gguf` package. Every tensor
of EXPORT must have the reference's type, shape and bytes; its metadata must have the reference's type
and value wherever both have a key, but for what an export at an exit changes. OUT.json gets the file's
SHA-256, its metadata (long arrays by their length and hash) and its tensors in order.

Made with gguf 0.19. The exports that Tests/Golden/export was made from:

    cleave import Tests/Golden/tiny-llama3-f32 -o model
    cleave exits add model --at 2,4 -o exits
    cleave export gguf exits -o whole.gguf; cleave export gguf exits --exit 2 -o exit-2.gguf
    cleave import Tests/Golden/tiny-tied-bf16-sharded/tiny-tied.q4_1.gguf -o q4_1
    cleave export gguf q4_1 -o q4_1.gguf
"""

import argparse
import hashlib
import json
from pathlib import Path

import gguf

# What the metadata may say otherwise: fewer blocks, and a name only the reference has.
MAY_DIFFER = {"llama.block_count"}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def metadata(reader):
    fields = {}
    for name, field in reader.fields.items():
        if name.startswith("GGUF."):
            continue
        value = field.contents()
        if isinstance(value, list):
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            value = {"count": len(value), "sha256": sha256(text.encode())}
        fields[name] = {"type": "/".join(kind.name for kind in field.types), "value": value}
    return fields


def tensors(reader):
    return [
        {
            "name": tensor.name,
            "type": tensor.tensor_type.name,
            "shape": [int(size) for size in reversed(tensor.shape)],
            "offset": int(tensor.data_offset),
            "sha256": sha256(tensor.data.tobytes()),
        }
        for tensor in reader.tensors
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ["export", "reference", "out"]:
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    export, reference = gguf.GGUFReader(options.export), gguf.GGUFReader(options.reference)

    found, judged = metadata(export), metadata(reference)
    cut = found["llama.block_count"]["value"] < judged["llama.block_count"]["value"]
    for name in found.keys() & judged.keys():
        if not (cut and name in MAY_DIFFER):
            assert found[name] == judged[name], (name, found[name], judged[name])
    print("only in the export:", sorted(found.keys() - judged.keys()))
    print("only in the reference:", sorted(judged.keys() - found.keys()))

    rows = tensors(export)
    others = {row["name"]: row for row in tensors(reference)}
    for row in rows:
        other = others.pop(row["name"])
        for key in ("type", "shape", "sha256"):
            assert row[key] == other[key], (row, other)
    assert cut or not others, others.keys()
    print(len(rows), "tensors equal")

    expected = {
        "sha256": sha256(options.export.read_bytes()),
        "bytes": options.export.stat().st_size,
        "metadata": found,
        "tensors": rows,
    }
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
