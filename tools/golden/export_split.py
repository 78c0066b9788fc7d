"""Reads the parts of an exported GGUF model with the `gguf` package and writes what it found.

    python tools/golden/export_split.py WHOLE.gguf OUT.json PART.gguf...

WHOLE is the same model exported as one file. The parts must number themselves in order, with the types
that llama.cpp's gguf-split gives these keys; the first must have WHOLE's metadata, the others no other;
together they must have WHOLE's tensors, each once, in order. OUT.json gets the names and SHA-256 of the
parts.

Made with gguf 0.19. The exports that Tests/Golden/export/split.json was made from:

    cleave import Tests/Golden/tiny-llama3-f32 -o model
    cleave export gguf model -o whole.gguf; cleave export gguf model -o m.gguf --split-size 200K
"""

import argparse
import hashlib
import json
from pathlib import Path

import gguf
from gguf import GGUFValueType

TYPES = {
    "split.no": GGUFValueType.UINT16,
    "split.count": GGUFValueType.UINT16,
    "split.tensors.count": GGUFValueType.INT32,
}


def metadata(reader):
    return {
        name: (field.types, field.contents())
        for name, field in reader.fields.items()
        if not name.startswith("GGUF.")
    }


def tensors(reader):
    return [
        (tensor.name, tensor.tensor_type, tuple(tensor.shape), tensor.data.tobytes())
        for tensor in reader.tensors
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ["whole", "out"]:
        parser.add_argument(name, type=Path)
    parser.add_argument("parts", type=Path, nargs="+")
    options = parser.parse_args()
    whole = gguf.GGUFReader(options.whole)
    readers = [gguf.GGUFReader(part) for part in options.parts]

    for number, reader in enumerate(readers):
        fields = metadata(reader)
        said = {name: fields.pop(name) for name in TYPES}
        assert all(said[name][0] == [kind] for name, kind in TYPES.items()), said
        values = [said[name][1] for name in TYPES]
        assert values == [number, len(readers), len(whole.tensors)], values
        assert fields == (metadata(whole) if number == 0 else {}), number
    assert sum((tensors(reader) for reader in readers), []) == tensors(whole)
    print(len(readers), "parts,", len(whole.tensors), "tensors equal")

    expected = [
        {"name": part.name, "sha256": hashlib.sha256(part.read_bytes()).hexdigest()}
        for part in options.parts
    ]
    options.out.write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
