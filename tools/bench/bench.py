#!/usr/bin/env python3
"""cleave beside its peers: every row is ours, the peer's and their ratio, from runs that alternate.

llama.cpp is the peer of what runs a model, PyTorch of what trains exits. Both sides run the same bits on
the same threads. `make bench` calls this; see README.md, "Bench".
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from child import Failure
from commands import opening_rows, quantize_rows
from engines import Opening, engine_row, memory_row
from files import Files, file_groups
from inputs import prepare
from machine import Watch, processor
from rows import table
from setting import Setting
from training import capture_rows, training_rows

THREADS = 2
LONG = 4096  # tokens of a long context
# Share of the processors that others may use before figures are not to be trusted.
BUSY = 0.05
PEER = Path(__file__).with_name("peer.py")
TORCH = Path(__file__).with_name("torch_exits.py")
NO_PEER = """\
bench: *** NO PEER: llama.cpp is not there, so nothing is compared. ***
bench: *** Run `make bench-peer` (minutes), or name a Python that has it: PEER_PYTHON=... ***"""

NO_TORCH = """\
bench: *** NO PYTORCH: the rows of capture and training are SKIPPED. ***
bench: *** Name a Python that has torch, transformers, safetensors and numpy: TORCH_PYTHON=... ***"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cleave", required=True, help="the executable")
    parser.add_argument("--cleave-bench", required=True, help="the executable")
    parser.add_argument("--model", required=True, type=Path, help="SmolLM2's Q4_1 GGUF file")
    parser.add_argument("--inputs", required=True, type=Path, help="directory of what is measured")
    parser.add_argument("--text", required=True, help="text of at least 512 tokens")
    parser.add_argument("--peer-python", help="Python that has llama_cpp; without it ours alone")
    parser.add_argument("--torch-python", help="Python that has torch; without it no training rows")
    parser.add_argument("--documents", nargs="+", default=[], help="texts that exits learn from")
    parser.add_argument("--store", type=Path, help="capture of --model that they learn from instead")
    parser.add_argument("--gguf", nargs="+", default=[], type=Path,
                        help="files to decode and prefill, instead of all else")
    parser.add_argument("--threads", type=int, help="with --gguf: threads to compute with (default: 1)")
    parser.add_argument("--long", type=int, metavar="TOKENS",
                        help="with --gguf: decode after so many tokens of the text too")
    parser.add_argument("--quick", action="store_true", help="few pairs: to see that all works")
    parser.add_argument("--only", default="", help="only rows whose group's name has this in it")
    parser.add_argument("--json", type=Path, help="file to write every figure to")
    options = parser.parse_args()
    if (options.long or options.threads) and not options.gguf:
        parser.error("--long and --threads go with --gguf")
    options.threads = options.threads or (1 if options.gguf else THREADS)
    return options


def find_peer(python, script, name):
    """(command, what it says it is)"""
    if not python:
        return None, None
    command = [python, str(script)]
    try:
        told = subprocess.run([*command, "about"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failure(
            f"{python} has no {name}: {getattr(error, 'stderr', None) or error}") from error
    return command, told.stdout.strip()


def groups(setting, options):
    """(name, what gives the rows) of each part of the table."""
    quick = options.quick
    if isinstance(setting.inputs, Files):
        return file_groups(setting, quick, options.threads, options.long)
    return engine_groups(setting, quick) + (training_groups(setting, quick) if setting.torch else [])


def training_groups(setting, quick):
    captures, runs, steps = (1, 1, 2) if quick else (3, 3, 12)

    def train(body):
        return lambda: training_rows(setting, body, THREADS, steps, runs)

    return [
        ("capture", lambda: capture_rows(setting, THREADS, captures)),
        ("train affine", train("affine")),
        ("train tail", train("tail:4")),
    ]


def engine_groups(setting, quick):
    decodes, prefills, opens, quantizations = (3, 3, 3, 1) if quick else (11, 9, 11, 5)

    def decode(name, model, threads=THREADS):
        return lambda: [engine_row(
            setting, name, model, "decode 64 128", 128, Opening(threads), decodes, memory=True)]

    def prefill(name, model):
        return lambda: [engine_row(setting, name, model, "prefill 512", 512, Opening(THREADS), prefills)]

    def shared():
        return [engine_row(
            setting, "decode Q4_0, another process busy", "q4_0", "decode 64 128", 128, Opening(THREADS), decodes, busy=1)]

    def long():
        # A pair takes a minute: the prompt is computed each time.
        pairs, opening = (1 if quick else 3), Opening(THREADS, context=LONG + 64)
        small = replace(opening, cache="q8_0")
        return [
            engine_row(setting, f"decode Q4_0 after {LONG} tokens", "q4_0", f"decode {LONG} 32", 32, opening, pairs),
            engine_row(setting, f"decode Q4_0 after {LONG} tokens, KV cache q8_0", "q4_0", f"decode {LONG} 32", 32, small,
                       pairs),
            engine_row(setting, f"prefill {LONG}, Q4_0", "q4_0", f"prefill {LONG}", LONG, opening, pairs),
        ]

    def together():
        return [
            engine_row(setting, f"decode Q4_0, {count} sequences", "q4_0", f"batch {count} 64 64", 64 * count,
                       Opening(THREADS, context=256 * count, sequences=count), decodes)
            for count in (8, 16, 32)]

    return [
        ("memory", lambda: [memory_row(setting, threads, decodes) for threads in (1, THREADS)]),
        ("decode q4_0", decode("decode Q4_0", "q4_0")),
        ("decode q8_0", decode("decode Q8_0", "q8_0")),
        ("decode q4_1", decode("decode Q4_1, as shipped", "q4_1")),
        ("decode single", decode("decode Q4_0, 1 thread", "q4_0", threads=1)),
        ("decode shared", shared),
        ("long", long),
        ("together", together),
        ("prefill q4_0", prefill("prefill 512, Q4_0", "q4_0")),
        ("prefill q8_0", prefill("prefill 512, Q8_0", "q8_0")),
        ("open", lambda: opening_rows(setting, "q4_0", THREADS, opens)),
        ("quantize q8_0", lambda: quantize_rows(setting, "q8_0", THREADS, quantizations)),
        ("quantize q4_0", lambda: quantize_rows(setting, "q4_0", THREADS, quantizations)),
    ]


def measure(options, inputs, peer, torch):
    """(rows, notes)"""
    rows = []
    options.inputs.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.inputs.parent, prefix="bench.") as scratch:
        if options.gguf:
            inputs = Files(options.gguf, options.cleave, Path(scratch))
        setting = Setting(
            inputs, options.cleave, options.cleave_bench, peer, options.text, Path(scratch),
            torch, options.documents, options.store)
        for name, body in groups(setting, options):
            if options.only in name:
                print(f"measuring {name}", file=sys.stderr)
                rows += body()
    return rows, setting.notes


def show(rows, notes, peers, threads, others, stolen):
    print(f"\n{threads} thread{'s' if threads > 1 else ''} where not said otherwise; {processor()}")
    for about in peers:
        print(f"peer: {about or 'none'}")
    print("Medians. Ratio above 1: ours is better. /mem: weights read, as a share of what memory gives.\n")
    print(table(rows))
    print("\n".join(["", *notes]))
    print(f"Other processes took {others:.0%} of the processors, the host {stolen:.0%}.", flush=True)
    if others + stolen > BUSY:
        print("bench: WARNING: the machine was not quiet: measure again", file=sys.stderr)


def look_around():
    """Warns before minutes are spent: OpenMP's barriers make llama.cpp many times slower then."""
    watch = Watch()
    time.sleep(1)
    others, stolen = watch.shares()
    if others + stolen > BUSY:
        print(
            f"bench: WARNING: others use {others + stolen:.0%} of the processors: the peer suffers "
            "more from that, and ratios say too much", file=sys.stderr)


def complain(peer, torch):
    for text in [NO_PEER] * (not peer) + [NO_TORCH] * (not torch):
        print(text, file=sys.stderr)


def main():
    options = arguments()
    peer, about = find_peer(options.peer_python, PEER, "llama.cpp")
    torch, about_torch = find_peer(options.torch_python, TORCH, "PyTorch")
    complain(peer, torch)
    inputs = None if options.gguf else prepare(options.inputs, options.cleave, options.model)
    look_around()
    watch = Watch()
    rows, notes = measure(options, inputs, peer, torch)
    others, stolen = watch.shares()
    show(rows, notes, [about, about_torch], options.threads, others, stolen)
    complain(peer, torch)
    if options.json:
        record = {
            "peer": about, "torch": about_torch, "processor": processor(), "others_share": others,
            "stolen_share": stolen, "notes": notes, "rows": [row.record() for row in rows],
        }
        options.json.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except (Failure, subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
