"""A checkpoint of a size that fits in no small memory, through every stage: `make bench-large`.

    python3 tools/bench/large.py --cleave CLEAVE --tokenizer DIRECTORY --work DIRECTORY [--layers N]

Writes a sharded Llama checkpoint of random BF16 weights (7B: 13.5 GB) into --work, puts it through import,
quantize --dry-run, quantize, exits add and partition, and removes everything. For each step: seconds, bytes
of weights read and written a second, beside `cp` and sync of the same shards in the same run, and the most
memory of its own (RssAnon and RssShmem of /proc/PID/status: resident pages that no file backs) beside the
most that was resident at all, mapped pages of the weights among them.
"""

import argparse
import json
import os
import shutil
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

HIDDEN, HEADS, INTERMEDIATE, VOCABULARY = 4096, 32, 11008, 32000
SHARD = 2 << 30
LIMIT = 300 << 20


def tensors(layers):
    yield "model.embed_tokens.weight", [VOCABULARY, HIDDEN]
    for layer in range(layers):
        at = f"model.layers.{layer}"
        yield f"{at}.input_layernorm.weight", [HIDDEN]
        for name in "qkvo":
            yield f"{at}.self_attn.{name}_proj.weight", [HIDDEN, HIDDEN]
        yield f"{at}.post_attention_layernorm.weight", [HIDDEN]
        yield f"{at}.mlp.gate_proj.weight", [INTERMEDIATE, HIDDEN]
        yield f"{at}.mlp.up_proj.weight", [INTERMEDIATE, HIDDEN]
        yield f"{at}.mlp.down_proj.weight", [HIDDEN, INTERMEDIATE]
    yield "model.norm.weight", [HIDDEN]
    yield "lm_head.weight", [VOCABULARY, HIDDEN]


def size(shape):
    count = 2
    for dimension in shape:
        count *= dimension
    return count


def pool():
    """Random BF16 of size about 1: the exponent stands, sign and mantissa are random."""
    random = bytearray(os.urandom(32 << 20))
    random[1::2] = bytes(0x3C | (byte & 0x80) for byte in random[1::2])
    return bytes(random)


def write_shard(path, entries, source, start):
    offset, header = 0, {"__metadata__": {"format": "pt"}}
    for name, shape in entries:
        header[name] = {
            "dtype": "BF16", "shape": shape, "data_offsets": [offset, offset + size(shape)]}
        offset += size(shape)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, shape in entries:
            left = size(shape)
            # An odd step, so that no two tensors are alike.
            start = (start + 2_000_006) % (len(source) // 2)
            while left > 0:
                piece = source[start:start + min(left, len(source) - start)]
                file.write(piece)
                left -= len(piece)
                start = 0
    return start


def generate(directory, tokenizer, layers):
    directory.mkdir(parents=True)
    shards, entries, bytes_ = [], [], 0
    for name, shape in tensors(layers):
        if bytes_ + size(shape) > SHARD and entries:
            shards.append(entries)
            entries, bytes_ = [], 0
        entries.append((name, shape))
        bytes_ += size(shape)
    shards.append(entries)
    source, start, index, total = pool(), 0, {}, 0
    for number, entries in enumerate(shards, 1):
        name = f"model-{number:05}-of-{len(shards):05}.safetensors"
        start = write_shard(directory / name, entries, source, start)
        total += sum(size(shape) for _, shape in entries)
        index.update({tensor: name for tensor, _ in entries})
    (directory / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {"total_size": total}, "weight_map": index}))
    (directory / "config.json").write_text(json.dumps(dict(
        architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=HIDDEN,
        num_attention_heads=HEADS, num_key_value_heads=HEADS, intermediate_size=INTERMEDIATE,
        num_hidden_layers=layers, vocab_size=VOCABULARY, max_position_embeddings=4096,
        rms_norm_eps=1e-5, tie_word_embeddings=False, hidden_act="silu", rope_theta=10000.0,
        bos_token_id=1, eos_token_id=2)))
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / file, directory)
    os.sync()
    return total


def memory(pid):
    fields = {}
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(("VmRSS", "RssAnon", "RssShmem")):
                name, value = line.split(":")
                fields[name] = int(value.split()[0]) << 10
    return fields.get("RssAnon", 0) + fields.get("RssShmem", 0), fields.get("VmRSS", 0)


def measured(arguments):
    """Seconds, and the most memory of its own and in all."""
    most = [0, 0]
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in arguments], stdout=subprocess.DEVNULL)

    def watch():
        while process.poll() is None:
            try:
                for index, value in enumerate(memory(process.pid)):
                    most[index] = max(most[index], value)
            except (FileNotFoundError, ProcessLookupError):
                return
            time.sleep(0.02)

    thread = threading.Thread(target=watch)
    thread.start()
    status = process.wait()
    seconds = time.monotonic() - start
    thread.join()
    if status != 0:
        sys.exit(f"bench-large: {' '.join(map(str, arguments[:3]))} ended with {status}")
    return seconds, most[0], most[1]


def weights(directory):
    return sum(file.stat().st_size for file in directory.rglob("*.safetensors"))


def forget(directory):
    """Drops the pages of files, so that what follows reads the disk."""
    for file in directory.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cleave", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=32)
    parser.add_argument("--recipe", default="q8_0")
    options = parser.parse_args()
    work = options.work / f"cleave-large-{os.getpid()}"
    needed = sum(size(shape) for _, shape in tensors(options.layers)) * 3
    options.work.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(options.work).free
    if free < needed:
        sys.exit(f"bench-large: {free >> 30} GiB free in {options.work}, expected {needed >> 30} or more")
    work.mkdir()
    try:
        run(options, work)
    finally:
        shutil.rmtree(work)


def run(options, work):
    source, cleave = work / "checkpoint", options.cleave
    total = generate(source, options.tokenizer, options.layers)
    print(f"checkpoint: {total / 1e9:.2f} GB of BF16 in {len(list(source.glob('*.safetensors')))} shards")
    print(f"{'step':<22} {'s':>7} {'read+written MB/s':>18} {'of cp':>6} {'own MB':>7} {'resident MB':>12}")
    forget(source)
    start = time.monotonic()
    subprocess.run(["cp", "-r", str(source), str(work / "copy")], check=True)
    subprocess.run(["sync", "-f", str(work)], check=True)
    seconds = time.monotonic() - start
    copy = 2 * total / seconds
    print(f"{'cp and sync':<22} {seconds:7.1f} {copy / 1e6:18.0f} {1:6.2f}")
    shutil.rmtree(work / "copy")
    model, small = work / "model", work / "small"
    worst = 0
    for name, arguments, read, made in [
        ("import", ["import", source, "-o", model, "-q"], source, model),
        ("quantize --dry-run",
         ["quantize", model, "-o", small, "--recipe", options.recipe, "--dry-run"], None, None),
        (f"quantize {options.recipe}",
         ["quantize", model, "-o", small, "--recipe", options.recipe, "-q"], model, small),
        ("exits add", ["exits", "add", small, "--at", f"{options.layers // 4},{options.layers // 2}",
          "-o", work / "exits"], None, None),
        ("partition",
         ["partition", work / "exits", "--edge", work / "edge", "--cloud", work / "cloud"], None, None),
    ]:
        if read is not None:
            forget(read)
        seconds, own, resident = measured([cleave] + arguments)
        worst = max(worst, own)
        speed = ratio = ""
        if read is not None:
            rate = (weights(read) + weights(made)) / seconds
            speed, ratio = f"{rate / 1e6:.0f}", f"{rate / copy:.2f}"
        print(f"{name:<22} {seconds:7.1f} {speed:>18} {ratio:>6} {own / 1e6:7.1f} {resident / 1e6:12.1f}",
              flush=True)
    verdict = "within" if worst <= LIMIT else "OVER"
    print(f"most memory of its own: {worst / 1e6:.1f} MB, {verdict} {LIMIT / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
