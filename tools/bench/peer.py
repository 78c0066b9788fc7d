"""The peer, llama.cpp, measured as cleave-bench measures ours. Runs under the peer's own Python.

    peer.py about                                    what it is, one line
    peer.py engine GGUF --threads N --text FILE      requests on standard input, as `cleave-bench engine`
    peer.py open GGUF --threads N --prompt TEXT      seconds until the first token, once, as JSON
    peer.py quantize FROM TO TYPE --threads N        seconds it takes, as JSON

llama.cpp is called through the C functions that llama-cpp-python binds; no Python runs inside what is
timed but the loop over tokens. Contexts have llama.cpp's defaults (F16 KV cache, flash attention where
it chooses it, batches of 512) but for their length, the threads, the sequences and the KV cache where it is said.
"""

import argparse
import ctypes
import json
import os
import resource
import sys
import time

import llama_cpp as llama
import numpy

CONTEXT = 1024  # tokens, where nothing else is asked for
ERROR = 4  # GGML_LOG_LEVEL_ERROR


@llama.llama_log_callback
def log(level, text, _):
    if level == ERROR:
        sys.stderr.write(text.decode(errors="replace"))


def require(result, what):
    if not result:
        sys.exit(f"peer: {what} failed")
    return result


class Model:
    """A model and one context, emptied before each use."""

    def __init__(self, path, threads, context=CONTEXT, sequences=1, cache="f16"):
        """context: the most tokens of all sequences together."""
        settings = llama.llama_model_default_params()
        self.model = require(llama.llama_model_load_from_file(path.encode(), settings), path)
        settings = llama.llama_context_default_params()
        settings.n_ctx = context
        settings.n_seq_max = sequences
        if cache == "q8_0":
            settings.type_k = settings.type_v = llama.GGML_TYPE_Q8_0
        settings.n_threads = settings.n_threads_batch = threads
        self.context = require(llama.llama_init_from_model(self.model, settings), "a context")
        self.vocabulary = llama.llama_model_get_vocab(self.model)
        self.size = llama.llama_vocab_n_tokens(self.vocabulary)
        self.token = (llama.llama_token * 1)()
        self.batch = llama.llama_batch_get_one(self.token, 1)

    def tokens(self, text):
        data = text.encode()
        ids = (llama.llama_token * (len(data) + 1))()
        count = llama.llama_tokenize(
            self.vocabulary, data, len(data), ids, len(ids), False, False)
        require(count > 0, "tokenizing")
        return list(ids[:count])

    def clear(self):
        llama.llama_memory_clear(llama.llama_get_memory(self.context), False)

    def feed(self, tokens):
        most = llama.llama_n_batch(self.context)
        for first in range(0, len(tokens), most):
            part = tokens[first:first + most]
            ids = (llama.llama_token * len(part))(*part)
            self.decode(llama.llama_batch_get_one(ids, len(part)))

    def decode(self, batch):
        if llama.llama_decode(self.context, batch) != 0:
            sys.exit("peer: llama_decode failed")

    def answer(self, column=-1):
        """The most probable token. numpy finds it faster than llama.cpp's greedy sampler."""
        logits = llama.llama_get_logits_ith(self.context, column)
        return int(numpy.ctypeslib.as_array(logits, (self.size,)).argmax())

    def prefill(self, prompt):
        self.clear()
        start = time.perf_counter()
        self.feed(prompt)
        token = self.answer()
        return time.perf_counter() - start, [token]

    def generate(self, prompt, count):
        self.clear()
        self.feed(prompt)
        self.token[0] = self.answer()
        tokens = []
        start = time.perf_counter()
        for _ in range(count):
            self.decode(self.batch)
            self.token[0] = self.answer()
            tokens.append(self.token[0])
        return time.perf_counter() - start, tokens

    def generate_many(self, prompts, count):
        """Sequences side by side, a token of each in a step; the tokens step by step."""
        self.clear()
        most = max(len(prompts), max(map(len, prompts)))
        batch = llama.llama_batch_init(most, 0, 1)
        chosen = []
        for sequence, prompt in enumerate(prompts):
            self.fill(batch, [(token, at, sequence) for at, token in enumerate(prompt)])
            self.decode(batch)
            chosen.append(self.answer())
        tokens = []
        start = time.perf_counter()
        for step in range(count):
            self.fill(batch, [
                (token, len(prompts[sequence]) + step, sequence) for sequence, token in enumerate(chosen)])
            self.decode(batch)
            chosen = [self.answer(column) for column in range(len(prompts))]
            tokens += chosen
        seconds = time.perf_counter() - start
        llama.llama_batch_free(batch)
        return seconds, tokens

    @staticmethod
    def fill(batch, entries):
        """entries: (token, position, sequence) of each column. Logits are wanted of the last column of a prompt, and of
        all columns where each is another sequence's."""
        batch.n_tokens = len(entries)
        several = len({sequence for _, _, sequence in entries}) > 1
        for column, (token, position, sequence) in enumerate(entries):
            batch.token[column], batch.pos[column] = token, position
            batch.n_seq_id[column], batch.seq_id[column][0] = 1, sequence
            batch.logits[column] = several or column == len(entries) - 1


def reply(*words):
    print(*words, flush=True)


def engine(options):
    model = Model(options.gguf, options.threads, options.context, options.sequences, options.kv_cache)
    with open(options.text, encoding="utf-8") as file:
        tokens = model.tokens(file.read())
    reply("ready", llama.llama_model_size(model.model))
    for line in sys.stdin:
        name, *numbers = line.split()
        counts = [int(number) for number in numbers]
        prompt = tokens[:counts[0]]
        if name == "tokens":
            reply(*prompt)
        elif name == "prefill":
            seconds, chosen = model.prefill(prompt)
            reply(seconds, *chosen)
        elif name == "decode":
            seconds, chosen = model.generate(prompt, counts[1])
            reply(seconds, *chosen)
        elif name == "batch":
            prompts = [tokens[first:first + counts[1]] for first in range(counts[0])]
            seconds, chosen = model.generate_many(prompts, counts[2])
            reply(seconds, *chosen)
        else:
            sys.exit(f"peer: unknown request {line!r}")


def open_once(options):
    start = time.perf_counter()
    model = Model(options.gguf, options.threads)
    prompt = model.tokens(options.prompt)
    opened = time.perf_counter()
    _, [token] = model.prefill(prompt)
    first = time.perf_counter()
    reply(json.dumps({
        "seconds_to_open": opened - start, "seconds_to_first_token": first - opened,
        "prompt_tokens": len(prompt), "token": token,
    }))


def quantize(options):
    settings = llama.llama_model_quantize_default_params()
    settings.nthread = options.threads
    settings.ftype = {
        "q4_0": llama.LLAMA_FTYPE_MOSTLY_Q4_0, "q8_0": llama.LLAMA_FTYPE_MOSTLY_Q8_0,
    }[options.type]
    settings.pure = True
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    start = time.perf_counter()
    result = llama.llama_model_quantize(
        options.source.encode(), options.target.encode(), ctypes.byref(settings))
    returned = time.perf_counter()
    require(result == 0, "llama_model_quantize")
    descriptor = os.open(options.target, os.O_RDONLY)
    os.fsync(descriptor)
    reply(json.dumps({
        "seconds_to_return": returned - start, "seconds": time.perf_counter() - start,
        "bytes_before": before,
    }))


def about(_):
    features = llama.llama_print_system_info().decode().strip(" |\n")
    reply(f"llama.cpp of llama-cpp-python {llama.__version__} ({features})")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)

    def command(name, body, *positional):
        added = commands.add_parser(name)
        added.set_defaults(body=body)
        for argument in positional:
            added.add_argument(argument)
        return added

    command("about", about)
    running = command("engine", engine, "gguf")
    running.add_argument("--text", required=True)
    running.add_argument("--context", type=int, default=CONTEXT)
    running.add_argument("--sequences", type=int, default=1)
    running.add_argument("--kv-cache", choices=["f16", "q8_0"], default="f16")
    opening = command("open", open_once, "gguf")
    opening.add_argument("--prompt", required=True)
    quantizing = command("quantize", quantize, "source", "target", "type")
    for added in (running, opening, quantizing):
        added.add_argument("--threads", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    llama.llama_log_set(log, ctypes.c_void_p())
    llama.llama_backend_init()
    chosen = arguments()
    chosen.body(chosen)
