"""Makes the fuzzer's dictionaries, Tests/Corpus/TARGET.dict: words that inputs of a target are made of.

    python tools/fuzz/dictionaries.py SEEDS OUT

Words of JSON are the names and short texts in the seeds of tools/fuzz/seeds.py; others are listed here.
"""

import json
import re
import sys
from pathlib import Path

JSON = ["{}", "[]", "null", "true", "false", '""', "1e999", "-0.0", "1e-400", "9223372036854775807", "-9223372036854775808",
        "18446744073709551616", "0.5", '"\\ud83d\\ude00"', '"\\ud800"', '"\\u0000"']
SAFETENSORS = ["__metadata__", "dtype", "shape", "data_offsets", "F32", "F16", "BF16", "U8", "I64", "F4", "F6_E2M3", "F8_E4M3"]
GGUF = ["GGUF", "general.architecture", "general.alignment", "general.type", "split.no", "split.count",
        "split.tensors.count", "tokenizer.ggml.tokens", "tokenizer.ggml.model", "tokenizer.ggml.merges",
        "tokenizer.ggml.scores", "tokenizer.ggml.token_type", "tokenizer.ggml.pre", "tokenizer.chat_template",
        "tokenizer.ggml.add_space_prefix", "tokenizer.ggml.add_bos_token", "llama.rope.freq_base",
        "llama.rope.scaling.type", "llama.attention.head_count_kv", "llama.expert_count", "llama.vocab_size",
        "output.weight", "rope_freqs.weight", "token_embd.weight", "blk.0."]
TEMPLATE = ["{{", "}}", "{%", "%}", "{%-", "-%}", "{#", "#}", "for ", " in ", "endfor", "if ", "elif ", "else", "endif",
            "set ", "endset", "macro f(a)", "endmacro", "namespace(", "loop.", "index0", "previtem", "messages", "range(",
            "raise_exception(", "strftime_now(", "dict(", " is ", "not ", " and ", " or ", "defined", "none", "true",
            "|tojson", "(indent=", "|join", "|length", "|trim", "|upper", "|replace(", "|map(attribute=", "|selectattr(",
            "|sort", "|unique", "|dictsort", "|items", "|list", "|int", "|float", "|round", "|abs", "|min", "|sum",
            "|indent", ".split(", ".rsplit(", ".strip(", ".lstrip(", ".startswith(", ".get(", ".items()", ".splitlines()",
            ".find(", ".count(", "[::-1]", "[-1]", "[1:]", "//", "**", "~", "break", "continue", "generation"]
PATTERN = ["(?:", "(?i:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "\\p{L}", "\\p{N}", "\\P{Lu}", "\\s", "\\S", "\\d", "\\w",
           "\\b", "\\B", "\\r\\n", "[^", "[[:alpha:]]", "&&", "{1,3}", "{2}", "{,4}", "*?", "++", "?+", "|", "^", "$", "\\A",
           "\\z", "\\x{1F600}", "\\u00e9", "\\h", "\\R", "\\X"]
RECIPE = ["cleave: 1", "&a", "*a", "!!str", "---", "...", "${env:HOME}", ">-", "|+", "? ", "- ", ": ", "<<: *a"]
PEM = ["-----BEGIN ", "PRIVATE KEY-----", "PUBLIC KEY-----", "EC PRIVATE KEY-----", "ENCRYPTED PRIVATE KEY-----"]
LISTED = {
    "safetensors": SAFETENSORS, "gguf": GGUF, "gguf-checkpoint": GGUF, "imatrix": GGUF + SAFETENSORS + [".in_sum2", ".counts"],
    "chat-template": TEMPLATE, "split-pattern": PATTERN, "recipe": RECIPE, "pem-key": PEM,
    "tokenizer-json": PATTERN[:20],
}
LONGEST = 32


def words_of(value):
    """The names of members and the short texts of a JSON value."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from words_of(member)
    elif isinstance(value, list):
        for element in value[:64]:
            yield from words_of(element)
    elif isinstance(value, str):
        yield value


def words(target, folder):
    found = set(LISTED.get(target, []))
    for path in folder.iterdir():
        text = path.read_bytes().decode("utf-8", "replace")
        if target == "recipe":
            found |= set(re.findall(r"[a-z_0-9]{2,}", text))
            continue
        for part in re.split(r"\n=== [^\n]*\n|\n", text) if target in ("checkpoint-directory", "prompts") else [text]:
            try:
                found |= {json.dumps(word) for word in words_of(json.loads(part)) if 1 < len(word) <= LONGEST}
                found |= set(JSON)
            except ValueError:
                pass
    return found


def quoted(word):
    return '"' + "".join(
        chr(byte) if 32 <= byte < 127 and byte not in (34, 92) else f"\\x{byte:02X}" for byte in word.encode()) + '"'


def main():
    seeds, out = map(Path, sys.argv[1:])
    for folder in sorted(seeds.iterdir()):
        found = sorted(words(folder.name, folder))[:600]
        if found:
            (out / f"{folder.name}.dict").write_text("".join(quoted(word) + "\n" for word in found))


if __name__ == "__main__":
    main()
