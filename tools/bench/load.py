"""make bench-load: one to 32 clients of one server, each side on one core, and where the server's time goes.

`cleave-bench load` plays edges back against `cleave serve`; the peer, `cleave-bench load-peer`, is the whole
model for as many clients, batched the same way, in one process: no network is in its times, and all of a
server's gRPC is in ours. The limit is arithmetic: the weights of the cloud's blocks times the positions that it ran, and
those of the head times the rows that it was computed for, over the same of the whole model. (That the last block is
left out for rows that nobody asks about is not counted.)

With --rtt and --mbit the edges speak over a relay with that delay and rate, and the peer's texts are charged one round trip.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine  # noqa: E402
import network  # noqa: E402

MODES = {"collaborative": ("shipped thresholds", []),
         "0.8": ("threshold 0.8", ["--threshold", "0.8"]),
         "0.9": ("threshold 0.9", ["--threshold", "0.9"]),
         "lossless": ("lossless, threshold 0.5", ["--threshold", "0.5", "--draft", "8"])}
PARTS = ["products", "attention", "vectors", "head", "packing"]


def pin(core):
    cores = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {cores[min(core, len(cores) - 1)]})


def rows(command, core, after=dict):
    """Runs a load. `after` is called when a row has come; what it says is added to the row."""
    decoder, text, found = json.JSONDecoder(), "", []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=pin(core)) as process:
        for line in process.stdout:
            text += line
            if line.startswith("}"):
                found.append({**decoder.decode(text), **after()})
                text = ""
    if process.returncode:
        raise SystemExit(f"load.py: {' '.join(command)} ended with {process.returncode}")
    # The first woke the machine.
    return found[1:]


class Metrics:
    """What a server has counted since it was last asked."""

    def __init__(self, address):
        self.address, self.last = address, {}
        self.change()

    def change(self):
        with urllib.request.urlopen(f"http://{self.address}/metrics") as reply:
            lines = reply.read().decode().splitlines()
        now = {name: float(value) for name, value in
               (line.removeprefix("cleave_").rsplit(" ", 1) for line in lines if not line.startswith("#"))}
        changed = {name: value - self.last.get(name, 0) for name, value in now.items()}
        self.last = now
        return {"metrics": changed}


def weights(artifact):
    """The weights that a position multiplies in the blocks, and those of the head."""
    with open(f"{artifact}/manifest.json") as file:
        manifest = json.load(file)
    blocks = head = 0
    configuration = manifest["configuration"]
    vocabulary = configuration["vocabulary_size"] * configuration["hidden_size"]
    for file in manifest["files"]:
        count = sum(tensor_size(tensor) for tensor in file.get("tensors", []) if len(tensor["shape"]) > 1)
        if file["path"].startswith("weights/block"):
            blocks += count
        elif "embedding" in file["path"] or "head" in file["path"]:
            head = max(head, min(count, vocabulary))
    return blocks, head


def tensor_size(tensor):
    size = 1
    for length in tensor["shape"]:
        size *= length
    return size


def limit(row, peer, whole, cloud):
    metrics = row["metrics"]
    ours = metrics["pass_positions_total"] * cloud[0] + metrics["head_rows_total"] * cloud[1]
    return ours / row["tokens"] / (peer["positions"] * whole[0] / peer["tokens"] + whole[1])


def table(name, found, peers, options, whole=None, cloud=None):
    print(f"\n{name}\n{'clients':>8}{'tok/s':>9}{'s/text':>9}{'/peer':>8}{'p50 ms':>9}{'p95 ms':>9}{'/peer':>8}{'first p95':>11}"
          f"{'core ms/tok':>13}{'/peer':>8}" + (f"{'limit':>8}{'reached':>9}{'asked':>8}{'sessions a pass':>17}" if cloud else ""))
    for row, peer in zip(found, peers):
        share = row["core_ms_per_token"] / peer["core_ms_per_token"]
        # A client begins its next text when it has one, so that this is the mean time of a text.
        text = row["seconds"] / int(options.texts) + (0 if cloud else options.rtt / 1000)
        beside = text / (peer["seconds"] / int(options.texts) + options.rtt / 1000)
        line = (f"{row['clients']:8}{row['tokens'] / row['seconds']:9.1f}{text:9.2f}{beside:8.2f}"
                f"{row['p50_ms']:9.2f}{row['p95_ms']:9.2f}"
                f"{row['p95_ms'] / peer['p95_ms']:8.2f}{row['first_p95_ms']:11.1f}"
                f"{row['core_ms_per_token']:13.3f}{share:8.2f}")
        if cloud:
            metrics, least = row["metrics"], limit(row, peer, whole, cloud)
            line += (f"{least:8.2f}{least / share:9.2f}{metrics['asks_total'] / row['tokens']:8.2f}"
                     f"{metrics['pass_sessions_total'] / max(1, metrics['passes_total']):17.1f}")
        print(line)


def breakdown(found):
    """Milliseconds of the server's core a token. What no pass used is gRPC, the sessions and the runtime."""
    print(f"\nwhere the core's time goes, ms a token\n{'clients':>8}" + "".join(f"{part:>11}" for part in PARTS)
          + f"{'unpacking':>11}{'the rest':>11}{'all':>9}{'messages':>10}")
    for row in found:
        metrics, tokens = row["metrics"], row["tokens"]
        parts = [1000 * metrics[f'pass_cpu_seconds_total{{part="{part}"}}'] / tokens for part in PARTS]
        unpacking = 1000 * metrics["unpacking_seconds_total"] / tokens
        whole = 1000 * metrics["process_cpu_seconds_total"] / tokens
        print(f"{row['clients']:8}" + "".join(f"{part:11.3f}" for part in parts)
              + f"{unpacking:11.3f}{whole - sum(parts) - unpacking:11.3f}{whole:9.3f}"
              + f"{metrics['received_messages_total'] / tokens:10.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cleave", required=True)
    parser.add_argument("--cleave-bench", required=True)
    parser.add_argument("--model", required=True, help="a model with exits")
    parser.add_argument("--prompts", required=True, help="FILE:FIELD of a jsonl file")
    parser.add_argument("--clients", default="1,2,4,8,16,32")
    parser.add_argument("--texts", default="2")
    parser.add_argument("--tokens", default="48")
    parser.add_argument("--rtt", type=float, default=0, help="round trip of the edges' link in ms")
    parser.add_argument("--mbit", type=float, default=0, help="rate of the edges' link in Mbit/s, each way")
    parser.add_argument("--codec", default="f32", help="encoding of hidden states")
    parser.add_argument("--threshold", help="of every exit, as another mode")
    parser.add_argument("--modes", default="0.8,0.9,lossless", help=f"of {', '.join(MODES)}")
    options = parser.parse_args()
    if (options.rtt > 0) != (options.mbit > 0):
        parser.error("--rtt and --mbit go together")
    common = ["--prompts", options.prompts, "--clients", options.clients, "--texts", options.texts,
              "--tokens", options.tokens]
    if options.threshold:
        MODES[options.threshold] = (f"threshold {options.threshold}", ["--threshold", options.threshold])
        options.modes = options.threshold
    print(machine.processor())
    with tempfile.TemporaryDirectory() as place:
        edge, cloud = f"{place}/edge", f"{place}/cloud"
        subprocess.run([options.cleave, "partition", options.model, "--edge", edge, "--cloud", cloud],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peers = rows([options.cleave_bench, "load-peer", options.model, *common], 1)
        table("cloud-only, batched (peer)", peers, peers, options)
        server = subprocess.Popen(
            [options.cleave, "serve", cloud, "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--threads", "1",
             "--json", "--log-level", "error"], stdout=subprocess.PIPE, text=True, preexec_fn=pin(1))
        relay = None
        try:
            opened = json.loads(server.stdout.readline())
            port = opened["port"]
            if options.rtt:
                relay, port = network.relayed(port, options.mbit, options.rtt)
            for mode in options.modes.split(","):
                name, more = MODES[mode]
                metrics = Metrics(opened["metrics"])
                found = rows([options.cleave_bench, "load", edge, cloud, "--port", str(port), "--process",
                              str(server.pid), *more, *common, "--codec", options.codec], 0,
                             metrics.change)
                table(f"{name}, {options.codec}", found, peers, options, weights(options.model), weights(cloud))
                breakdown(found)
        finally:
            if relay:
                relay.kill()
                relay.wait()
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
