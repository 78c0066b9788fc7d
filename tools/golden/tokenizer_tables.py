"""Writes NAME.tokenizer.bin beside NAME.tokenizer.json (Tests/Golden/tokenizer), from specs/artifact.md.

Python's standard library only; nothing needs this script to build or test.

    python tools/golden/tokenizer_tables.py Tests/Golden/tokenizer llama3 odd
"""

import bisect
import hashlib
import json
import pathlib
import struct
import sys

NONE = 0xFFFFFFFF
ABSENT = 1 << 31


def byte_alphabet():
    """GPT-2's character of each byte."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    spelled = {byte: chr(byte) for byte in plain}
    spelled.update({byte: chr(0x100 + index) for index, byte in enumerate(others)})
    return [spelled[byte] for byte in range(256)]


def u32(numbers):
    numbers = list(numbers)
    return struct.pack(f"<{len(numbers)}I", *numbers)


def compiled(source):
    root = json.loads(source)
    model = root["model"]
    vocabulary = model.pop("vocab")
    merges = {}
    for rank, pair in enumerate(model.pop("merges")):
        left, right = pair.split(" ") if isinstance(pair, str) else pair
        merges[vocabulary[left], vocabulary[right]] = (rank, vocabulary[left + right])
    tokens = {id: text.encode() for text, id in vocabulary.items()}
    tokens.update({added["id"]: added["content"].encode() for added in root["added_tokens"]})
    count = max(tokens) + 1

    unknown = vocabulary.get(model.get("unk_token"), NONE)
    byte_tokens = [vocabulary.get(character, unknown) for character in byte_alphabet()]
    starts, text = [], b""
    for id in range(count):
        starts.append(len(text) | (0 if id in tokens else ABSENT))
        text += tokens.get(id, b"")
    order = sorted(vocabulary.values(), key=lambda id: tokens[id])
    pairs = sorted(merges)
    merge_starts = [bisect.bisect_left(pairs, (id, 0)) for id in range(count + 1)]
    settings = json.dumps(root, ensure_ascii=False, separators=(",", ":")).encode()

    header = b"cleavtok" + u32([1, count, len(order), len(pairs), len(text), len(settings)])
    return b"".join([
        header, hashlib.sha256(source).digest(), u32(byte_tokens), u32([*starts, len(text)]),
        u32(order), u32(merge_starts), u32(right for _, right in pairs),
        u32(merges[pair][0] for pair in pairs), u32(merges[pair][1] for pair in pairs), text,
        settings])


if __name__ == "__main__":
    directory = pathlib.Path(sys.argv[1])
    for name in sys.argv[2:]:
        source = (directory / f"{name}.tokenizer.json").read_bytes()
        (directory / f"{name}.tokenizer.bin").write_bytes(compiled(source))
