"""Seeds that are binary files: safetensors, GGUF, tokenizer.model, importance matrices, packed states."""

import json
import struct
import tempfile
from pathlib import Path

import gguf
import numpy


def seeds(golden):
    yield from safetensors_files()
    yield from gguf_files()
    yield from models()
    for path in sorted((golden / "tokenizer").glob("*.model")):
        yield "tokenizer-model", path.stem, path.read_bytes()
    for path in sorted((golden / "tokenizer").glob("sentencepiece*.gguf")):
        yield "gguf-checkpoint", path.stem, path.read_bytes()
    yield "tokenizer-model", "few", few_pieces()
    yield "tokenizer-model", "few-bpe", few_pieces(kind=2) + b"\0"
    yield from matrices(golden)
    yield from states()


def safetensors(header, data=b""):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def safetensors_files():
    def entry(kind, shape, start, end):
        return {"dtype": kind, "shape": shape, "data_offsets": [start, end]}
    yield "safetensors", "floats", safetensors(
        {"__metadata__": {"format": "pt", "a": ""}, "a.weight": entry("F32", [2, 2], 0, 16),
         "b": entry("BF16", [3], 16, 22), "c": entry("F16", [], 22, 24)}, bytes(range(24)))
    yield "safetensors", "others", safetensors(
        {"x": entry("U8", [3], 0, 3), "y": entry("I64", [0, 4], 3, 3), "z": entry("F4", [2], 3, 4)}, bytes(4))
    yield "safetensors", "none", safetensors({})
    yield "safetensors", "spaced", struct.pack("<Q", 8) + b"{}      "


def gguf_bytes(fill):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.gguf"
        writer = gguf.GGUFWriter(str(path), "llama")
        fill(writer)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path.read_bytes()


def gguf_files():
    def fill(writer):
        writer.add_uint8("a.u8", 1)
        writer.add_int8("a.i8", -1)
        writer.add_uint16("a.u16", 2)
        writer.add_int16("a.i16", -2)
        writer.add_int32("a.i32", -3)
        writer.add_uint64("a.u64", 2**63)
        writer.add_int64("a.i64", -2**62)
        writer.add_float32("a.f32", 1.5)
        writer.add_float64("a.f64", 0.1)
        writer.add_bool("a.bool", True)
        writer.add_string("a.string", "text")
        writer.add_array("a.strings", ["a", "bc", ""])
        writer.add_array("a.bools", [True, False])
        writer.add_array("a.ints", [1, -2])
        writer.add_array("a.nested", [[1.5], [2.5]])
        writer.add_tensor("t.f32", numpy.arange(4, dtype=numpy.float32).reshape(2, 2))
        writer.add_tensor("t.f16", numpy.arange(3, dtype=numpy.float16))
        writer.add_tensor("t.q8_0", numpy.zeros((1, 34), numpy.uint8), raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    yield "gguf", "values", gguf_bytes(fill)
    yield "gguf", "nothing", b"GGUF" + struct.pack("<IQQ", 3, 0, 0)
    yield "gguf", "version-2", b"GGUF" + struct.pack("<IQQ", 2, 0, 1) + struct.pack(
        "<Q17sII", 17, b"general.alignment", 4, 64)


def byte_alphabet():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    extra = iter(range(256, 512))
    return [chr(byte if byte in printable else next(extra)) for byte in range(256)]


def models():
    """Models of one block of each kind of tokenizer, all weights 0."""
    for name, architecture, tokenizer in [
        ("llama", "llama", "gpt2"), ("qwen3", "qwen3", "gpt2"), ("qwen2", "qwen2", "gpt2"),
        ("llama-spm", "llama", "llama"),
    ]:
        yield "gguf-checkpoint", name, gguf_bytes(lambda writer: model(writer, architecture, tokenizer))


def model(writer, architecture, tokenizer):
    writer.arch = architecture
    writer.kv_data[0]["general.architecture"].value = architecture
    for key, value in [("block_count", 1), ("context_length", 64), ("embedding_length", 32),
                       ("feed_forward_length", 32), ("attention.head_count", 2)]:
        writer.add_uint32(f"{architecture}.{key}", value)
    writer.add_float32(f"{architecture}.attention.layer_norm_rms_epsilon", 1e-5)
    writer.add_string("tokenizer.ggml.model", tokenizer)
    if tokenizer == "gpt2":
        tokens = [*byte_alphabet(), "ab"]
        writer.add_string("tokenizer.ggml.pre", "gpt-2")
        writer.add_array("tokenizer.ggml.merges", ["a b"])
    else:
        tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), "\u2581", "a", "\u2581a"]
        writer.add_array("tokenizer.ggml.scores", [float(-number) for number in range(len(tokens))])
        writer.add_array("tokenizer.ggml.token_type", [2, 3, 3, *[6] * 256, 1, 1, 1])
    writer.add_array("tokenizer.ggml.tokens", tokens)
    writer.add_uint32("tokenizer.ggml.eos_token_id", 2)
    writer.add_string("tokenizer.chat_template", "{{ messages[0].content }}")
    block = gguf.GGMLQuantizationType.Q4_0

    def matrix(name, rows):
        writer.add_tensor(name, numpy.zeros((rows, 18), numpy.uint8), raw_dtype=block)

    matrix("token_embd.weight", len(tokens))
    for part in ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]:
        matrix(f"blk.0.{part}.weight", 32)
    vectors = [("blk.0.attn_norm", 32), ("blk.0.ffn_norm", 32), ("output_norm", 32)]
    if architecture == "qwen3":
        vectors += [("blk.0.attn_q_norm", 16), ("blk.0.attn_k_norm", 16)]
    for name, width in vectors:
        writer.add_tensor(f"{name}.weight", numpy.zeros(width, numpy.float32))
    if architecture == "qwen2":
        for part in ["attn_q", "attn_k", "attn_v"]:
            writer.add_tensor(f"blk.0.{part}.bias", numpy.zeros(32, numpy.float32))


def few_pieces(kind=1):
    """A tokenizer.model of a few pieces."""
    def varint(value):
        out = b""
        while value > 127:
            out, value = out + bytes([value & 127 | 128]), value >> 7
        return out + bytes([value])

    def field(number, payload):
        return varint(number << 3 | 2) + varint(len(payload)) + payload

    out = b""
    pieces = [("<unk>", 2), ("<s>", 3), ("</s>", 3), ("<0x0A>", 6), ("\u2581", 1), ("a", 1), ("\u2581a", 1), ("b", 4)]
    for number, (text, type_) in enumerate(pieces):
        out += field(1, field(1, text.encode()) + b"\x15" + struct.pack("<f", -number) + b"\x18" + varint(type_))
    out += field(2, b"\x18" + varint(kind))
    return out + field(3, field(1, b"identity") + b"\x18\x01\x20\x00")


def matrices(golden):
    yield "imatrix", "legacy", (golden / "imatrix" / "tiny.dat").read_bytes()
    yield "imatrix", "gguf", (golden / "imatrix" / "tiny.gguf").read_bytes()
    small = struct.pack("<i", 1) + struct.pack("<i", 1) + b"a" + struct.pack("<ii2f", 2, 2, 1, 2)
    yield "imatrix", "legacy-small", small
    yield "imatrix", "legacy-named", small + struct.pack("<ii", 1, 1) + b"d"

    def fill(writer):
        writer.add_string("general.type", "imatrix")
        writer.add_array("imatrix.datasets", ["d"])
        writer.add_uint32("imatrix.chunk_count", 1)
        writer.add_tensor("m.in_sum2", numpy.array([[1, 2]], numpy.float32))
        writer.add_tensor("m.counts", numpy.array([[2]], numpy.float32))
    yield "imatrix", "gguf-small", gguf_bytes(fill)
    digest = "a" * 64
    yield "imatrix", "own", safetensors(
        {"__metadata__": {"cleave.imatrix": "1", "data_sha256": digest, "model_id": digest, "tokens": "5"},
         "m.importance": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, struct.pack("<2f", 1, 2))


def states():
    floats = struct.pack("<8f", 1, -2, 0.5, 0, 3, 1e-3, 7, -1)
    halves = numpy.frombuffer(floats, numpy.float32).astype(numpy.float16).tobytes()
    for encoding, data, width, count in [
        (0, floats, 4, 2), (2, halves, 8, 1), (4, bytes(6 + 4 + 4), 4, 1), (6, bytes(64), 32, 1),
        (8, struct.pack("<3I", 1, 2, 3), 1, 3),
    ]:
        yield "states", f"encoding-{encoding}", bytes([encoding, width - 1, count]) + data
    for encoding in range(9):
        for size in [1, 4, 16, 40]:
            yield "states", f"zeros-{encoding}-{size}", bytes([encoding, 3, 1]) + bytes(size)
