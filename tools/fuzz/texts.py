"""Seeds that are texts: JSON, templates, recipes, prompts, patterns, keys, tokenizers."""

import base64
import json

REQUESTS = [
    {"messages": [{"role": "user", "content": "Hi"}]},
    {"model": "m", "messages": [
        {"role": "developer", "content": "x"},
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}],
     "max_completion_tokens": 5, "temperature": 0.5, "top_p": 0.9, "top_k": 3, "seed": -7, "stop": ["\n"],
     "stream": True, "stream_options": {"include_usage": True}, "logit_bias": {},
     "cleave": {"mode": "lossless", "threshold": [0.5, 1]}},
    {"prompt": "Hi", "max_tokens": 0, "echo": True, "logprobs": 3, "stop": "."},
    {"prompt": [1, 2, 3], "n": 1, "best_of": 1, "suffix": "", "user": "u"},
    {"prompt": ["a", [1]], "stream": True, "response_format": {"type": "text"}, "metadata": {"a": "b"}},
    {"messages": [], "tools": [{}]},
]

RECIPES = [
    "cleave: 1\nsource:\n  checkpoint: model.gguf\nexits:\n  at: [2, 4]\n",
    """cleave: 1
name: full
source: {checkpoint: model.gguf, sha256: %s}
import: {context: 512, as: q8_0, chat_template: true}
quantize: {recipe: q4_0, tensors: [value=Q8_0], effort: plain}
exits: {at: [2, 4], body: ["affine+tail:1+affine", "affine+tail:1"], replace: true, feedback: true, init: last, vocabulary: 100}
train:
  prompts:
    - {file: train.jsonl, field: text, count: 10, format: "Say: {text}"}
  self_generate: 16
  steps: 20
  exit_weights: [0.5, 1]
evaluate: {prompts: [{file: check.jsonl, field: text}], feedback: [none, policy]}
calibrate:
  prompts: [{file: calibrate.jsonl, field: text}]
  risk: 0.1
  loss: disagreement
partition: {cloud_blocks: rest}
verify: {held_out: [{file: check.jsonl, field: text}], max_tokens: 8}
exports: [{name: model.gguf, format: gguf, of: model}, {name: cloud, format: hf, of: cloud}]
""" % ("a" * 64),
    "# a comment\ncleave: 1\nsource: &s\n  checkpoint: ${env:HOME}/m\nexits: {at: 3}\ntrain: *s\n",
    "cleave: 1\nsource: {checkpoint: >-\n    a\n    b\n  }\n\0train.time_budget=20m\0exits.at=[10, 20]\0exits.at.0=3",
    "? a\n: [b, 'c', \"d\\n\"]\n--- !!str\n...\n",
]

PROMPTS = [
    '{"text": "one"}\n{"text": "two", "answers": ["2", "II"]}\n\n{"text": "  "}\r\n{"text": "one"}\n',
    '{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]}\n',
    '{"messages": [{"role": "user", "content": [{"type": "text", "text": "t"}]}, {"role": "assistant",'
    ' "content": "a"}], "answers": "x"}\n',
    '\ufeff{"text": "\\ud83d\\ude00 \\u00e9"}\n[]\n',
]

PATTERNS = [
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    r"(?<=[a-z])(?=[A-Z])", r"(a|ab)(c|bcd)*?", r"[^\S\n]++|\w{2,5}", r"(?:x+x+)+y", r"\b.\B|^$",
]

TEMPLATES = [
    "{% for m in messages %}{{ m.role }}: {{ m['content'] | trim }}\n{% endfor %}",
    "{%- set ns = namespace(x=0) -%}{% for m in messages if m.role != 'system' %}{% set ns.x = ns.x + 1 %}"
    "{{ loop.index0 ~ ns.x }}{% if loop.last %}!{% elif loop.first %}?{% else %}.{% endif %}{% endfor %}",
    "{% macro f(a, b=2) %}{{ a * b }}{% endmacro %}{{ f(3) }}{{ f('x', b=4) | upper }}",
    "{{ [1, 2.5, 'a', none, true, {'k': (1, 2)}] | tojson(indent=2) }}{{ range(2, 9, 3) | list | join('-') }}",
    "{{ messages[-1].content.split('</think>')[-1].lstrip('\\n') }}{{ messages[1:][::-1] | length }}",
    "{{ 'a,b' | replace(',', '') }}{{ 7 // 2 - 3 % 2 ** 2 }}{{ 1 if bos_token is defined else 2 }}"
    "{{ strftime_now('%d %b %Y') }}{% set x %}y{% endset %}{{ x is string and 'y' in x }}",
    "{% if not messages %}{{ raise_exception('none') }}{% endif %}{# c #}{% raw %}{{ x }}{% endraw %}",
    "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | unique | sort | first }}",
]

DEVICES = [
    {"schema": "cleave.device_profile", "version": 1, "name": "a small board", "origin": "declared",
     "processor": "4 cores", "threads": 4, "memory_bytes": 3000000000, "power": {"idle_watts": 2, "busy_watts": 5.5},
     "declared": {"bytes_per_second": 12e9, "int8_operations_per_second": 150e9,
                  "float_operations_per_second": 60e9, "block_seconds": 0.00002}},
    {"schema": "cleave.device_profile", "version": 1, "name": "m", "origin": "measured", "processor": "p",
     "threads": 2, "memory_bytes": 1, "measured": [
         {"threads": n, "products": {"Q4_0": {"columns": [1, 4], "seconds_per_weight": [1e-11, 2e-11], "spread": 0.1},
                                     "F32": {"columns": [1], "seconds_per_weight": [1e-10]}},
          "attention_seconds": 1e-9, "value_seconds": 1e-9, "logit_seconds": 1e-9, "block_seconds": 0}
         for n in (1, 2)]},
]

LINKS = [
    {"schema": "cleave.link_profile", "version": 1, "origin": "declared", "method": "said",
     "round_trip_ms": {"p50": 40, "p95": 55.5}, "up_bits_per_second": 3e7},
    {"schema": "cleave.link_profile", "version": 1, "origin": "measured", "method": "probe",
     "round_trip_ms": {"p50": 1, "p95": 1}, "request_ms": {"p50": 0, "p95": 2}, "up_bits_per_second": 1e6,
     "up_bits_per_second_p95": 9e5, "down_bits_per_second": 1e7, "down_bits_per_second_p95": 1e6,
     "message_seconds": 0, "answers": [{"columns": 1, "seconds": 0.01}, {"columns": 8, "seconds": 0.02}],
     "server": {"model_id": "a" * 64, "first_block": 2, "head": [{"columns": 1, "seconds": 1e-3}]}},
]


def seeds(golden):
    for number, profile in enumerate(DEVICES):
        yield "device-profile", f"profile-{number}", json.dumps(profile)
    for number, profile in enumerate(LINKS):
        yield "link-profile", f"profile-{number}", json.dumps(profile)
    for number, text in enumerate(REQUESTS):
        yield "api-request", f"request-{number}", json.dumps(text)
    for number, text in enumerate(RECIPES):
        yield "recipe", f"recipe-{number}", text
    for number, text in enumerate(PROMPTS):
        yield "prompts", f"prompts-{number}", text
    for number, text in enumerate(PATTERNS):
        yield "split-pattern", f"pattern-{number}", f"{text}\0Hello  wOrld, it's 12345\n\n\u00e9\u4e2d!"
    for number, text in enumerate(TEMPLATES):
        yield "chat-template", f"small-{number}", text
        yield "chat-template", f"small-{number}-spoken", f"{text}\0<s>\0user\0Hi\0assistant\0<think>\n</think>\n\nYo"
    yield from goldens(golden)
    yield from tokenizers(golden)


def goldens(golden):
    for path in sorted((golden / "templates").glob("*.jinja")):
        yield "chat-template", path.stem, path.read_bytes() + b"\0<s>"
    for path in sorted((golden / "signing").glob("*.p*")):
        yield "pem-key", path.name, path.read_bytes()
    for path in sorted((golden / "signing" / "model").glob("*.sig")):
        yield "signature", path.name, path.read_bytes()
        envelope = json.loads(path.read_text())["dsseEnvelope"]
        yield "model-statement", path.name, base64.b64decode(envelope["payload"])
    for path in sorted((golden / "families").glob("*/config.json")):
        yield "json", path.parent.name, path.read_bytes()
    yield "json", "values", '[0, -1, 1.5e3, 1E-7, 18446744073709551615, "\\u00e9\\ud83d\\ude00\\n", null, true, {"a": {}}]'
    expressions = json.loads((golden / "tokenizer" / "patterns.json").read_text())["expressions"]
    for number, expression in enumerate(expressions[:60]):
        text = expression[0]
        yield "split-pattern", f"golden-{number}", f"{text}\0Ab  12'll\n\u5b57"


def tokenizers(golden):
    for path in sorted((golden / "tokenizer").glob("*.tokenizer.json")):
        yield "tokenizer-json", path.name.split(".")[0], json.dumps(shortened(json.loads(path.read_text())))


def shortened(tokenizer):
    """The tokenizer with few tokens of its model, and with ids that fit them."""
    model = tokenizer["model"]
    named = special_names(tokenizer)
    if isinstance(model["vocab"], list):
        keep = [piece for number, piece in enumerate(model["vocab"])
                if number < 12 or piece[0] in named or len(piece[0]) == 1 and number % 7 == 0]
        unknown = model["vocab"][model["unk_id"]] if model.get("unk_id") is not None else None
        model["vocab"], ids = keep, {piece[0]: number for number, piece in enumerate(keep)}
        if unknown is not None:
            model["unk_id"] = ids[unknown[0]]
    else:
        ids = shorten_merges(model, named)
    for token in tokenizer["added_tokens"]:
        token["id"] = ids.setdefault(token["content"], len(ids))
    processors = [tokenizer.get("post_processor") or {}]
    for processor in processors:
        processors += processor.get("processors", [])
        for name, token in processor.get("special_tokens", {}).items():
            token["ids"] = [ids[text] for text in token["tokens"]]
    return tokenizer


def special_names(tokenizer):
    return {token["content"] for token in tokenizer["added_tokens"]}


def shorten_merges(model, named):
    merges = [merge.split(" ") if isinstance(merge, str) else merge for merge in model["merges"]][:24]
    parts = {part for merge in merges for part in (*merge, "".join(merge))}
    keep = [token for token in sorted(model["vocab"], key=model["vocab"].get)
            if token in parts or token in named or len(token) == 1 or token.startswith("<0x")]
    if model.get("unk_token"):
        keep += [model["unk_token"]] if model["unk_token"] not in keep else []
    ids = {token: number for number, token in enumerate(keep)}
    model["vocab"], model["merges"] = dict(ids), model["merges"][:24]
    return ids
