#!/usr/bin/env python3
"""Compares which inputs our readers take with which the reference readers take.

usage: compare.py EXECUTABLE [TARGET...] [--work DIRECTORY]

EXECUTABLE is built by build.sh. The inputs are those of Tests/Corpus and of campaigns (.build/fuzz-work). An input that one side
takes and the other refuses is a fault, unless KNOWN says why it is as it should be; so are two texts that a template renders, and two
lists of ids of a text. Needs the packages safetensors, gguf, tokenizers, jinja2 and sentencepiece, each for its own target. Exits with
1 where something differs.
"""

import argparse
import collections
import datetime
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANY = 200

# What a reference reader says to the bytes of an input: it raises where it refuses them.


def read_json(data):
    def constant(name):
        raise ValueError(f"{name} is no JSON")
    json.loads(data.decode("utf-8"), parse_constant=constant)


def read_safetensors(data):
    import safetensors
    safetensors.deserialize(data)


def read_gguf(data):
    import gguf
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as file:
        file.write(data)
        file.flush()
        gguf.GGUFReader(file.name)


def read_tokenizer(data):
    import tokenizers
    tokenizer = tokenizers.Tokenizer.from_str(data.decode("utf-8"))
    # What FuzzTarget+Tokenizer.swift encodes.
    text = ("The night, before 12 noon: <|im_start|>\u00e9\U0001f600\n\t don't \u2581"
            + data[-64:].decode("utf-8", "replace"))
    return " ".join(map(str, tokenizer.encode(text).ids))


def read_sentencepiece(data):
    import sentencepiece
    sentencepiece.SentencePieceProcessor(model_proto=data)


def read_template(data):
    text, *parts = [part.decode("utf-8", "replace") for part in data.split(b"\0")]
    # Names and values are those of FuzzTarget+Template.swift; the rest is transformers' (utils/chat_template_utils.py).
    messages = [{"role": role, "content": content} for role, content in zip(parts[1:-1:2], parts[2::2])] if len(parts) > 2 else [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who are you?"},
        {"role": "assistant", "content": "<think>\nWho?\n</think>\n\nNobody."}, {"role": "user", "content": "  And I? "}]
    values = {"messages": messages, "tools": None, "documents": None, "eos_token": "</s>",
              **({"bos_token": parts[0]} if parts else {})}
    template = templates().from_string(text)
    rendered = template.render(add_generation_prompt=True, **values)
    template.render(add_generation_prompt=False, **values)
    return rendered


def templates():
    """The environment in which transformers renders chat templates."""
    import jinja2
    import jinja2.ext
    import jinja2.sandbox

    class Generation(jinja2.ext.Extension):
        """`{% generation %}`, which marks the assistant's tokens."""
        tags = {"generation"}

        def parse(self, parser):
            line = next(parser.stream).lineno
            return jinja2.nodes.CallBlock(self.call_method("_same"), [], [], parser.parse_statements(
                ["name:endgeneration"], drop_needle=True)).set_lineno(line)

        def _same(self, caller):
            return caller()

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, "jinja2.ext.loopcontrols"])
    environment.filters["tojson"] = tojson
    environment.globals.update(raise_exception=raise_exception, strftime_now=lambda form: datetime.datetime.fromtimestamp(
        1_700_000_000, datetime.timezone.utc).strftime(form))
    return environment


REFERENCES = {"json": read_json, "safetensors": read_safetensors, "gguf": read_gguf, "tokenizer-json": read_tokenizer,
              "tokenizer-model": read_sentencepiece, "chat-template": read_template}

SIDES = {"ours": "only we refuse", "theirs": "only the reference refuses", "both": "not the same"}

# Differences that are meant, by target: the side, its message, and why.
KNOWN = {
    "json": [
        ("ours", "twice in one object", "Python keeps the last of two equal names; which is meant is not known"),
        ("ours", "nested levels|opening brackets", "the depth and the number of values are bounded"),
        ("ours", "json-c reads its escapes wrong", "characters that json-c 0.16 would change"),
        ("ours", "NUL character in the name", "json-c would cut the name short"),
        ("theirs", "surrogates not allowed|int string conversion", "what Python cannot decode, or takes too long for"),
    ],
    "safetensors": [("ours", "twice in one object", "the reference keeps the last of two equal names, which hides a tensor")],
    "tokenizer-json": [
        ("ours", "found the member", "a setting that is not known would give other ids if it were passed over"),
        ("ours", 'type: found|found no "type"', "the reference guesses the kind of a step by its members"),
        ("ours", "the next id after the model's tokens|the id in the vocabulary|every id once",
         "the reference numbers added tokens otherwise than the file says"),
        ("ours", "twice in one object", "the reference keeps the last of two equal names"),
    ],
    "tokenizer-model": [("ours", "a score within a million", "sums of larger scores have no bits left for the rest")],
    "chat-template": [
        ("ours", "found the (filter|method|function|tag|test|format|operator)", "not supported, and refused by name"),
        ("ours", r"found (\d+ arguments? of|the argument|a slice of|items of|deeper nesting|a longer)|of 64 bits", "bounded, or not supported"),
        ("both", r"in place of .*(<(generator|reversed|list_reverseiterator|\w+ object|Namespace)|range\(\d|dict_items)",
         "how Python prints an iterator"),
    ],
}


# Inputs that differ from the newest reference only, and why.
KNOWN_INPUTS = {"2c32b62c7bde": "tokenizers before 0.22 number the added tokens of its vocabulary with a gap as the file does"}


class Timeout(Exception):
    """A reference reader took too long."""


class Outcome:
    """What an input came to: refused with a message, or taken, with a text of what came of it or none."""

    def __init__(self, message=None, text=None):
        self.message, self.text = message, text or None


def reference(read, data):
    """What the reference reader makes of an input."""
    def too_long(*_):
        raise Timeout("more than ten seconds")
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(10)
    try:
        return Outcome(text=read(data))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - pyo3's panics are no Exceptions
        return Outcome(f"{type(error).__name__}: {error}".replace("\n", " "))
    finally:
        signal.alarm(0)


def outcomes(executable, target, paths):
    """What our reader makes of each input."""
    environment = {**os.environ, "CLEAVE_FUZZ_TARGET": target, "CLEAVE_FUZZ_OUTCOMES": "1", "SWIFT_BACKTRACE": "enable=no",
                   "ASAN_OPTIONS": "detect_leaks=0"}
    for start in range(0, len(paths), MANY):
        some = paths[start:start + MANY]
        done = subprocess.run([executable, *some], env=environment, stdout=subprocess.PIPE, text=True, errors="replace", check=True)
        lines = done.stdout.removesuffix("\n").split("\n")
        if len(lines) != len(some):
            raise SystemExit(f"compare.py: {target}: {len(lines)} outcomes of {len(some)} inputs")
        for line in lines:
            word, _, rest = line.partition(" ")
            yield Outcome(text=json.loads(rest)) if word == "taken" else Outcome(rest)


def kind(message):
    """A message without what differs from input to input."""
    return re.sub(r"\d+", "N", re.sub(r'"[^"]*"|\'[^\']*\'|`[^`]*`', '"…"', message))[:160]


def known(target, side, message):
    return any(side == whose and re.search(pattern, message) for whose, pattern, _ in KNOWN.get(target, []))


def compare(executable, target, work):
    """Compares a target's inputs; says how many differ without a known reason."""
    paths = [path for folder in [ROOT / "Tests" / "Corpus" / target, work / target / "corpus"] if folder.is_dir()
             for path in sorted(folder.iterdir())]
    counts, differences = collections.Counter(), collections.defaultdict(list)
    for path, ours in zip(paths, outcomes(executable, target, paths)):
        theirs = reference(REFERENCES[target], path.read_bytes())
        if ours.message is not None and theirs.message is not None:
            counts["refused"] += 1
        elif ours.message is None and theirs.message is None and (ours.text == theirs.text or theirs.text is None):
            counts["taken"] += 1
        else:
            side, message = ("ours", ours.message) if ours.message else ("theirs", theirs.message) if theirs.message else (
                "both", f"{ours.text!r} in place of {theirs.text!r}")
            if path.name in KNOWN_INPUTS or known(target, side, message):
                counts["known"] += 1
            else:
                differences[side, kind(message)].append((path.name, message))
    wrong = sum(map(len, differences.values()))
    print(f"{target:16} {len(paths)} inputs: both take {counts['taken']}, both refuse {counts['refused']}, "
          f"{counts['known']} differ for a known reason, {wrong} without", flush=True)
    for (side, _), examples in sorted(differences.items(), key=lambda item: -len(item[1])):
        name, message = examples[0]
        print(f"  {SIDES[side]}, {len(examples)} times: {message[:400]} ({name})")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("executable")
    parser.add_argument("targets", nargs="*", choices=[*REFERENCES, []])
    parser.add_argument("--work", type=Path, default=ROOT / ".build" / "fuzz-work")
    options = parser.parse_args()
    executable = Path(options.executable).resolve()
    wrong = sum(compare(executable, target, options.work) for target in options.targets or REFERENCES)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
