"""make bench-network's second table: one to 32 clients of one server, each side on one core.

`cleave-bench load` plays edges back against `cleave serve`; the peer, `cleave-bench load-peer`, is the whole
model for as many clients, batched the same way, in one process: no network is in its times, and all of a
server's gRPC is in ours.
"""
import argparse
import json
import os
import subprocess
import tempfile

MODES = [("collaborative 0.8", ["--threshold", "0.8"]), ("collaborative 0.9", ["--threshold", "0.9"]),
         ("lossless 0.5", ["--threshold", "0.5", "--draft", "8"])]


def pin(core):
    cores = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {cores[min(core, len(cores) - 1)]})


def rows(command, core):
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, preexec_fn=pin(core)).stdout
    found, decoder = [], json.JSONDecoder()
    while out := out.lstrip():
        value, end = decoder.raw_decode(out)
        found.append(value)
        out = out[end:]
    # The first woke the machine.
    return found[1:]


def table(name, found, peers):
    print(f"\n{name}\n{'clients':>8}{'tok/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'/peer':>8}{'first p95':>11}"
          f"{'core ms/tok':>13}{'/peer':>8}")
    for row, peer in zip(found, peers):
        print(f"{row['clients']:8}{row['tokens'] / row['seconds']:9.1f}{row['p50_ms']:9.2f}{row['p95_ms']:9.2f}"
              f"{row['p95_ms'] / peer['p95_ms']:8.2f}{row['first_p95_ms']:11.1f}"
              f"{row['core_ms_per_token']:13.3f}{row['core_ms_per_token'] / peer['core_ms_per_token']:8.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cleave", required=True)
    parser.add_argument("--cleave-bench", required=True)
    parser.add_argument("--model", required=True, help="a model with exits")
    parser.add_argument("--prompts", required=True, help="FILE:FIELD of a jsonl file")
    parser.add_argument("--clients", default="1,2,4,8,16,32")
    parser.add_argument("--texts", default="2")
    parser.add_argument("--tokens", default="48")
    options = parser.parse_args()
    common = ["--prompts", options.prompts, "--clients", options.clients, "--texts", options.texts,
              "--tokens", options.tokens]
    with tempfile.TemporaryDirectory() as place:
        edge, cloud = f"{place}/edge", f"{place}/cloud"
        subprocess.run([options.cleave, "partition", options.model, "--edge", edge, "--cloud", cloud],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peers = rows([options.cleave_bench, "load-peer", options.model, *common], 1)
        table("cloud-only, batched (peer)", peers, peers)
        server = subprocess.Popen(
            [options.cleave, "serve", cloud, "--listen", "127.0.0.1:0", "--threads", "1", "--json",
             "--log-level", "error"], stdout=subprocess.PIPE, text=True, preexec_fn=pin(1))
        try:
            port = json.loads(server.stdout.readline())["port"]
            for name, more in MODES:
                found = rows([options.cleave_bench, "load", edge, cloud, "--port", str(port), "--process",
                              str(server.pid), *more, *common], 0)
                table(name, found, peers)
        finally:
            server.terminate()
            server.wait()
    print("\ngoal: the p95 of so many clients with four times as many of them")


main()
