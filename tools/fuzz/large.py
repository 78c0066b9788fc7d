#!/usr/bin/env python3
"""Runs each target on inputs of about a megabyte that are made to take long or to fill the memory.

usage: large.py EXECUTABLE [TARGET...]

A campaign's inputs are small. Of these, none may take more than a second (but for those of MORE_SECONDS) and 256 MB beyond what an
empty input takes; EXECUTABLE is built by build.sh --plain, without the sanitizer. Prints what each took, and exits with 1
where one took more or ended the process.
"""

import json
import os
import re
import resource
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

SIZE = 1 << 20
SECONDS, MEGABYTES = 1.0, 256
MORE_SECONDS = {
    # What a regular expression takes is bounded by its steps times the bytes of the text.
    ("split-pattern", "repeats"): 40.0,
    ("split-pattern", "steps"): 8.0,
    ("split-pattern", "looks"): 8.0,
    # An importance file of 50,000 names is written, read again and compared, too.
    ("imatrix", "entries"): 2.0,
}


def repeated(part, before=b"", after=b""):
    return before + part * ((SIZE - len(before) - len(after)) // len(part)) + after


def json_texts():
    yield "objects", repeated(b"{},", b"[", b"{}]")
    yield "arrays", repeated(b"[],", b"[", b"[]]")
    yield "pairs", repeated(b'{"a":1},', b"[", b"{}]")
    yield "string", repeated(b"\\u00e9", b'"', b'"')
    yield "digits", repeated(b"9", b"", b"")
    yield "names", b"{" + b",".join(b'"%d":1' % n for n in range(90_000)) + b"}"
    yield "escaped-names", b"{" + b",".join(b'"\\u0061%d":1' % n for n in range(60_000)) + b"}"
    yield "deep", repeated(b"[" * 60 + b"]" * 60 + b",", b"[", b"1]")


def safetensors_files():
    def file(header, data=b""):
        text = json.dumps(header, separators=(",", ":")).encode()
        return struct.pack("<Q", len(text)) + text + data
    yield "tensors", file({f"{n}": {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]} for n in range(18_000)})
    yield "metadata", file({"__metadata__": {f"{n}": "" for n in range(90_000)}})
    yield "shape", file({"a": {"dtype": "U8", "shape": [1] * 400_000, "data_offsets": [0, 1]}}, b"x")


def text(value):
    return struct.pack("<Q", len(value)) + value


def gguf(metadata, tensors=b"", tensor_count=0):
    return b"GGUF" + struct.pack("<IQQ", 3, tensor_count, len(metadata)) + b"".join(metadata) + tensors


def strings(key, values):
    return text(key) + struct.pack("<IIQ", 9, 8, len(values)) + b"".join(text(value) for value in values)


def gguf_files():
    yield "keys", gguf([text(b"%d" % n) + struct.pack("<IB", 7, 1) for n in range(60_000)])
    yield "strings", gguf([strings(b"a", [b""] * 120_000)])
    yield "bytes", gguf([text(b"a") + struct.pack("<IIQ", 9, 0, 1_000_000) + bytes(1_000_000)])
    yield "nested", gguf([text(b"a") + struct.pack("<IIQ", 9, 9, 80_000) + struct.pack("<IQ", 0, 0) * 80_000])
    one = [text(b"%d" % n) + struct.pack("<IIQ", 0, 0, 0) for n in range(34_000)]
    yield "tensors", gguf([], b"".join(one), len(one))


def gguf_checkpoints():
    def model(*more):
        numbers = [text(b"llama." + key) + struct.pack("<II", 4, value) for key, value in [
            (b"block_count", 1), (b"context_length", 64), (b"embedding_length", 32), (b"feed_forward_length", 32),
            (b"attention.head_count", 2)]]
        return gguf([
            text(b"general.architecture") + struct.pack("<I", 8) + text(b"llama"), *numbers,
            text(b"llama.attention.layer_norm_rms_epsilon") + struct.pack("<If", 6, 1e-5), *more])

    def named(key, value):
        return text(key) + struct.pack("<I", 8) + text(value)
    tokens = [b"%x" % n for n in range(40_000)]
    yield "tokens", model(
        named(b"tokenizer.ggml.model", b"gpt2"), named(b"tokenizer.ggml.pre", b"gpt-2"),
        strings(b"tokenizer.ggml.tokens", tokens),
        strings(b"tokenizer.ggml.merges", [b"%x %x" % (n // 16, n % 16) for n in range(16, 30_000)]))
    pieces = [b"a" * n for n in range(1, 1000)]
    yield "repeats", model(
        named(b"tokenizer.ggml.model", b"llama"), strings(b"tokenizer.ggml.tokens", [b"<unk>", *pieces]),
        text(b"tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 6, 1000) + bytes(4000),
        text(b"tokenizer.ggml.token_type") + struct.pack("<IIQ", 9, 5, 1000) + struct.pack("<1000i", 2, *[1] * 999))


def tokenizers():
    def file(model, **more):
        return json.dumps({"version": "1.0", "decoder": {"type": "ByteLevel"}, "pre_tokenizer": {
            "type": "ByteLevel", "add_prefix_space": False}, "model": model, **more}, separators=(",", ":")).encode()
    vocabulary = {f"{n:x}": n for n in range(50_000)}
    yield "vocabulary", file({"type": "BPE", "vocab": vocabulary, "merges": []})
    yield "merges", file({"type": "BPE", "vocab": {f"{n:x}": n for n in range(30_000)},
                          "merges": [f"{n // 16:x} {n % 16:x}" for n in range(16, 30_000)]})
    yield "long-token", file({"type": "BPE", "vocab": {"a" * n: n - 1 for n in range(1, 1300)},
                              "merges": [["a", "a" * n] for n in range(1, 1299) if n < 100]})
    added = [{"id": n, "content": f"<{n}>", "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": n % 2 == 0, "special": True} for n in range(9_000)]
    yield "added", file({"type": "BPE", "vocab": {"a": 9_000}, "merges": []}, added_tokens=added)
    unigram = {"type": "Unigram", "unk_id": 0, "vocab": [[f"{n:x}", -1] for n in range(60_000)]}
    yield "unigram", file(unigram, pre_tokenizer=None, decoder={"type": "Metaspace", "replacement": "_"})
    yield "gap", file({"type": "BPE", "vocab": {"a": 65_000}, "merges": []})
    grows = {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 45}
    plain = [{**token, "content": "a" * (1 + n % 256), "normalized": True} for n, token in enumerate(added[:2000])]
    yield "growth", file({"type": "BPE", "vocab": {"a": 9_000}, "merges": []}, added_tokens=plain,
                         normalizer={"type": "Sequence", "normalizers": [grows, grows]})
    stars = "".join(f"{chr(0x4E00 + n)}*" for n in range(500))
    splits = [{"type": "Split", "pattern": {"Regex": stars}, "behavior": "Isolated",
               "invert": False}] * 250
    yield "splits", file({"type": "BPE", "vocab": {"a": 0}, "merges": []},
                         pre_tokenizer={"type": "Sequence", "pretokenizers": splits})


def sentencepiece_models():
    def varint(value):
        out = b""
        while value > 127:
            out, value = out + bytes([value & 127 | 128]), value >> 7
        return out + bytes([value])

    def field(number, payload):
        return varint(number << 3 | 2) + varint(len(payload)) + payload

    def model(pieces):
        listed = b"".join(
            field(1, field(1, piece) + b"\x15" + struct.pack("<f", 0) + b"\x18" + varint(2 if n == 0 else 1))
            for n, piece in enumerate([b"<unk>", *pieces]))
        return listed + field(2, b"\x18\x02") + field(3, b"\x18\x01\x20\x00")
    yield "repeats", model([b"a" * n for n in range(1, 1024)])
    yield "long", model([b"a" * n for n in range(1, 512)] + [b"a" * 511 + b"%06d" % n + b"a" * 507 for n in range(850)])
    yield "many", model([b"%x" % n for n in range(70_000)])


def templates():
    yield "sum", repeated(b"+1", b"{{ 1", b" }}")
    yield "filters", repeated(b"|int", b"{{ 1", b" }}")
    yield "tags", repeated(b"{% if 1 %}{% endif %}")
    yield "list", repeated(b"1,", b"{{ [", b"] }}")
    yield "dictionary", b"{{ {" + b",".join(b"%d:1" % n for n in range(120_000)) + b"} }}"
    yield "text", repeated(b"a")
    yield "literal", repeated(b"a", b"{% for i in range(9999) %}{% set x = '", b"' | upper %}{% endfor %}")
    yield "search", repeated(b"a", b"{{ '", b"b' in 'a' * 60000000 }}")
    yield "loops", b"{% for i in range(1999) %}{% for j in range(1999) %}{{ i }}{% endfor %}{% endfor %}"
    yield "lists", b"{% set n = namespace(x=[]) %}{% for i in range(999) %}{% set n.x = n.x + [range(1000000)|list] %}{% endfor %}"
    yield "texts", b"{% set n = namespace(x=[]) %}{% for i in range(999) %}{% set n.x = n.x + ['a' * (60000000 + i)] %}{% endfor %}"
    yield "shared", b"{% set a = [1] * 1000 %}{% set a = [a] * 1000 %}{% set a = [a] * 1000 %}{{ a }}"
    yield "nested", b"{% set n = namespace(x=[]) %}{% for i in range(999999) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x }}"
    yield "loop-values", b"{% set n = namespace(x=[1]) %}{% for i in range(99999) %}{% for j in n.x %}{% set n.x = [loop] %}{% endfor %}{% endfor %}"
    yield "unique", b"{{ range(1000000) | unique | length }}"
    yield "json", b"{{ [[[[[[range(1000000)|list]]]]]] | tojson(indent=64) | length }}"
    yield "split", b"{{ ('a,' * 30000000).split(',') | length }}"
    yield "characters", b"{% for c in 'a' * 60000000 %}{% endfor %}"
    yield "index", b"{% set k = 'a' * 60000000 %}{% for i in range(99999) %}{% set x = {}[k] %}{% endfor %}"
    yield "macros", b"{% macro f(x) %}{{ x ~ x }}{% endmacro %}" + b"{% set x = f('a') %}" * 30_000
    yield "spaced", b"{{ ('a' * 6000000) | replace('', '<>') | length }}"
    yield "newlines", b"{{ ['\\n' * 5000000] | string | length }}"
    yield "join", b"{{ range(9999) | join('a' * 99999) | length }}"
    yield "statements", b"{% for i in range(99999) %}" + b"{% if 0 %}{% endif %}" * 40_000 + b"{% endfor %}"
    yield "members", b"{% set n = namespace() %}" + b"".join(b"{%% set n.a%d = 1 %%}" % n for n in range(45_000))
    yield "lookups", b"{% set d = dict(" + b",".join(b"a%d=1" % n for n in range(250)) + b") %}" \
        b"{% for i in range(999999) %}{% set x = d.b %}{% endfor %}"
    yield "attributes", b"{{ range(9999) | map(attribute=range(9999) | list) | list | length }}"
    yield "arguments", b"{% set n = namespace(" + b",".join(b"a%d=1" % n for n in range(90_000)) + b") %}"
    yield "targets", b"{% set t = range(250) | list %}{% for i in range(99999) %}{% set " \
        + b",".join(b"a%d" % n for n in range(250)) + b" = t %}{% endfor %}"
    yield "namespaces", b"{% for i in range(999999) %}{% set n = namespace(a=1, b=2) %}{% endfor %}"
    yield "nested-texts", b"{% set s = 'a' * 999999 %}" + b"{% for a in s %}" * 14 + b"{% endfor %}" * 14
    yield "title", b"{{ ('a' * 8000000) | title | length }}"
    yield "slice", b"{{ ('a' * 8000000)[::1] | length }}"
    yield "itself", b"{% set x = 'a' * 3000000 %}{{ x in x }}"
    yield "escapes", repeated(b"\\x01", b"{{ '", b"' | tojson | tojson | length }}")


def recipes():
    yield "sequences", b"- " * 100_000
    yield "keys", b"? " * 100_000
    yield "flow", b"[" * 60 + b"1," * 100_000 + b"]" * 60
    yield "mapping", b"\n".join(b"k%d: 1" % n for n in range(25_000))
    yield "aliases", b"a: &a [" + b"1," * 600 + b"]\nb: [" + b"*a," * 15 + b"]\n"
    yield "anchors", b"\n".join(b"k%d: &a%d 1" % (n, n) for n in range(16_000))
    yield "scalar", b"a: " + b"x" * 260_000
    yield "lines", b"a: |\n" + b" x\n" * 80_000
    yield "quotes", b'a: "' + b"\\x41" * 60_000 + b'"'
    yield "comments", b"#\n" * 130_000
    yield "key", b'? "' + b"k" * 200_000 + b'"\n:\n' + b" - 1\n" * 9_000
    yield "spaces", b'quantize: {tensors: ["' + b"x" * 200_000 + b'\\L"]}\n'


def prompts():
    yield "objects", repeated(b'{"text":"a"}\n')
    yield "different", b"".join(b'{"text":"%d"}\n' % n for n in range(60_000))
    yield "messages", repeated(b'{"role":"user","content":"a"},', b'{"messages":[', b'{"role":"user","content":"b"}]}')
    yield "blank", repeated(b" \n")


def importances():
    yield "entries", struct.pack("<i", 50_000) + b"".join(
        struct.pack("<i", 5) + b"%05d" % n + struct.pack("<iif", 1, 1, 1) for n in range(50_000))
    yield "values", struct.pack("<ii", 1, 1) + b"a" + struct.pack("<ii", 1, 250_000) + bytes(1_000_000)


def manifests():
    record = json.dumps({"path": "weights/a", "bytes": 1, "sha256": "a" * 64}).encode() + b","
    yield "files", repeated(record, b'{"files":[', record[:-1] + b"]}")


def patterns():
    yield "branches", b"(a|b)" * 1000 + b"\0" + b"a" * 900_000
    yield "repeats", b"(?:a?){500}b\0" + b"a" * 900_000
    yield "steps", b"a{1000}b\0" + b"a" * 900_000
    yield "looks", b"(?=(?:a|b){500}c)a\0" + b"a" * 900_000
    yield "choices", b"(?:(?:a??){500}a)+\0" + b"a" * 900_000
    yield "marks", b"(?:a?" + rb"\b" * 6 + b"){1000}b\0" + b"a" * 1000
    yield "names", b"[" + b"\\w" * 8000 + b"]\0" + b"a" * 1000
    yield "plain", rb"\p{L}+|\s+(?!\S)|\s+" + b"\0" + b"ab  " * 200_000


def messages():
    yield "drafts", b"\x1a" + b"\xff\xff\x3f" + b"\x1a\xfb\xff\x3f" + b"\x01" * (SIZE - 5)
    yield "unknown", repeated(b"\x78\x01")
    yield "groups", b"\x7b" * 500_000


def requests():
    yield "tokens", repeated(b"1,", b'{"prompt":[', b"1]}")
    yield "messages", b'{"messages":[' + b",".join([b'{"role":"user","content":"a"}'] * 4096) + b"]}"
    yield "parts", repeated(b'{"type":"text","text":"a"},', b'{"messages":[{"role":"user","content":[', b'{"type":"text","text":"a"}]}]}')


def statements():
    resource_ = b'{"name":"%d","algorithm":"sha256","digest":"' + b"a" * 64 + b'"}'
    yield "resources", b'{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://model_signing/signature/v1.0",' \
        b'"subject":[{"name":"m","digest":{"sha256":"x"}}],"predicate":{"serialization":{"method":"files","hash_type":"sha256"},' \
        b'"resources":[' + b",".join(resource_ % n for n in range(9_000)) + b"]}}"


def states():
    yield "many", bytes([0, 255, 255]) + bytes(255 * 256 * 4)
    yield "int4", bytes([6, 255, 255]) + bytes(100_000)


CASES = {
    "json": json_texts, "safetensors": safetensors_files, "gguf": gguf_files, "gguf-checkpoint": gguf_checkpoints,
    "tokenizer-json": tokenizers, "tokenizer-model": sentencepiece_models, "chat-template": templates, "recipe": recipes,
    "prompts": prompts, "imatrix": importances, "manifest": manifests, "split-pattern": patterns, "edge-message": messages,
    "cloud-message": messages, "api-request": requests, "model-statement": statements, "states": states,
}


def measure(executable, target, path):
    """Seconds, peak megabytes and the exit status of one run."""
    environment = {**os.environ, "CLEAVE_FUZZ_TARGET": target, "SWIFT_BACKTRACE": "enable=no"}
    process = subprocess.Popen([executable, "-rss_limit_mb=4096", "-timeout=60", path], env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)))
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    took = re.search(r"Executed .* in (\d+) ms", output)
    return int(took[1]) / 1000 if took else 99, usage.ru_maxrss / 1024, status


def main():
    executable, *targets = sys.argv[1:]
    bad = 0
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        os.environ["TMPDIR"] = folder
        path = Path(folder) / "input"
        for target in targets or CASES:
            path.write_bytes(b"")
            _, least, _ = measure(executable, target, path)
            for name, data in CASES[target]():
                path.write_bytes(data)
                seconds, peak, status = measure(executable, target, path)
                most = MORE_SECONDS.get((target, name), SECONDS)
                wrong = status != 0 or seconds > most or peak - least > MEGABYTES
                bad += wrong
                print(f"{target:20} {name:14} {len(data):8} bytes {seconds:7.2f} s {peak - least:6.0f} MB"
                      f" {'' if status == 0 else f'status {status}'}{' WRONG' if wrong else ''}", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
