"""make bench-network: the modes between two processes, over a relay with delay and rate.

The edge is `cleave run` on one core, the cloud `cleave serve` on another. The peer, cloud-only, is the whole
model (`cleave run MODEL`) on the cloud's core; its network is reckoned, not run: one round trip, and the
prompt's ids and the tokens at the rate, since tokens stream. Times are from the fed prompt to the last token,
with the edge's session open; opening a model or a connection is in none of them.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile

MODES = [
    ("naive split", ["--threshold", "2", "--look-ahead", "0"], "naive"),
    ("cloud asked for all", ["--threshold", "2", "--look-ahead", "8"], ""),
    ("standalone", None, ""),
    ("collaborative 0.8", ["--threshold", "0.8", "--look-ahead", "0"], ""),
    ("  + look-ahead", ["--threshold", "0.8", "--look-ahead", "8"], ""),
    ("collaborative 0.9", ["--threshold", "0.9", "--look-ahead", "0"], ""),
    ("  + look-ahead", ["--threshold", "0.9", "--look-ahead", "8"], ""),
    ("shipped thresholds", ["--look-ahead", "0"], ""),
    ("  + look-ahead", ["--look-ahead", "8"], ""),
    ("  + look-ahead, int8", ["--look-ahead", "8", "--codec", "int8"], ""),
    ("lossless", ["--lossless", "--threshold", "0.5", "--look-ahead", "0"], ""),
    ("  + look-ahead", ["--lossless", "--threshold", "0.5", "--look-ahead", "8"], ""),
]
# With a cloud bundle of all blocks, to which tokens go up.
TOKEN_MODES = [
    ("tokens, shipped", ["--look-ahead", "8", "--upload", "tokens"], ""),
    ("tokens, lossless", ["--lossless", "--threshold", "0.5", "--look-ahead", "8", "--upload", "tokens"], ""),
]


def pinned(core, command, **more):
    cores = sorted(os.sched_getaffinity(0))
    core = cores[min(core, len(cores) - 1)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}), **more)


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def generate(options, core, artifact, prompt, more):
    command = [options.cleave, "run", artifact, "--chat", "--prompt", prompt, "--max-tokens",
               str(options.tokens), "--threads", "1", "--json", *more]
    process = pinned(core, command)
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"bench-network: {' '.join(command)}: exit status {process.returncode}")
    result = json.loads(out)
    count = len(result["tokens"])
    rate = result["tokens_per_second"]
    result["seconds"] = result["seconds_to_first_token"] + ((count - 1) / rate if rate else 0)
    result["ids"] = [token["id"] for token in result["tokens"]]
    return result


def lcs(a, b):
    row = [0] * (len(b) + 1)
    for x in a:
        last = 0
        for j, y in enumerate(b):
            last, row[j + 1] = row[j + 1], last + 1 if x == y else max(row[j + 1], row[j])
    return row[-1]


def f_measure(a, b):
    """ROUGE-L over token ids."""
    return 2 * lcs(a, b) / (len(a) + len(b)) if a or b else 1.0


def mean(values):
    return sum(values) / len(values)


class Peer:
    """Cloud-only, of which the computing is measured once."""

    def __init__(self, options, prompts):
        self.results = [generate(options, 1, options.model, prompt, []) for prompt in prompts]
        self.compute = mean([result["seconds"] for result in self.results])

    def seconds(self, mbit, rtt):
        sizes = [4 * result["prompt_tokens"] + 32 * len(result["ids"]) for result in self.results]
        return self.compute + rtt / 1000 + mean(sizes) * 8 / (mbit * 1e6)


def serve(options, cloud):
    server = pinned(1, [options.cleave, "serve", cloud, "--listen", "127.0.0.1:0", "--threads", "1",
                        "--json", "--log-level", "error"])
    return server, json.loads(server.stdout.readline())["port"]


def row(options, edge, server, port, prompts, peer, more):
    before = cpu_seconds(server)
    cloud = [] if more is None else ["--cloud", f"127.0.0.1:{port}", *more]
    results = [generate(options, 0, edge, prompt, cloud) for prompt in prompts]
    tokens = sum(len(result["ids"]) for result in results)
    clouds = [result["cloud"] or {} for result in results]
    total = lambda key: sum(cloud.get(key, 0) for cloud in clouds)
    return {
        "seconds": mean([result["seconds"] for result in results]),
        "cloud": (cpu_seconds(server) - before) / len(results),
        "waited": total("seconds_waited") / len(results),
        "kb": sum(result["bytes_up"] for result in results) / 1000 / len(results),
        "asked": 100 * sum(result["sources"].get("cloud", 0) for result in results) / tokens,
        "guesses": 100 * total("guesses_right") / max(1, total("guesses")),
        "quality": mean([
            f_measure(result["ids"], whole["ids"])
            for result, whole in zip(results, peer.results)]),
    }


def relayed(port, mbit, rtt):
    """A relay to a server, and its port."""
    relay = subprocess.Popen(
        ["python3", str(pathlib.Path(__file__).with_name("relay.py")), str(port), "--rtt", str(rtt),
         "--mbit", str(mbit)], stdout=subprocess.PIPE, text=True)
    return relay, relay.stdout.readline().strip()


def cell(options, mbit, rtt, edge, servers, prompts, peer):
    """Every mode over one link. `servers`: of the cloud bundle, and of the one that takes tokens."""
    relays = [relayed(port, mbit, rtt) for _, port in servers]
    whole = peer.seconds(mbit, rtt)
    print(f"\n{mbit} Mbit/s, {rtt} ms round trip; seconds a response of {options.tokens} tokens or fewer")
    print(f"{'':24}{'total':>8}{'/peer':>7}{'wait':>8}{'cloud':>8}{'/peer':>7}{'kB up':>8}"
          f"{'asked%':>8}{'guess%':>8}{'ROUGE-L':>9}")
    print(f"{'cloud-only (peer)':24}{whole:8.3f}{1:7.2f}{'':8}{peer.compute:8.3f}{1:7.2f}")
    found = []
    for index, (name, more, _) in [(0, mode) for mode in MODES] + [(1, mode) for mode in TOKEN_MODES]:
        if options.quick and "look-ahead" not in name and "naive" not in name:
            continue
        r = row(options, edge, servers[index][0], relays[index][1], prompts, peer, more)
        found.append({"mode": name, "mbit": mbit, "rtt": rtt, "peer": whole, **r})
        print(f"{name:24}{r['seconds']:8.3f}{r['seconds'] / whole:7.2f}{r['waited']:8.3f}"
              f"{r['cloud']:8.3f}{r['cloud'] / peer.compute:7.2f}{r['kb']:8.1f}{r['asked']:8.1f}"
              f"{r['guesses']:8.1f}{r['quality']:9.3f}", flush=True)
    for relay, _ in relays:
        relay.kill()
        relay.wait()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cleave", required=True)
    parser.add_argument("--model", required=True, help="a model with exits")
    parser.add_argument("--prompts", required=True, help="FILE:FIELD of a jsonl file")
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--mbit", default="10,30,100")
    parser.add_argument("--rtt", default="10,40,100")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", help="write what was found there")
    options = parser.parse_args()
    path, field = options.prompts.rsplit(":", 1)
    with open(path) as lines:
        prompts = [json.loads(line)[field] for line, _ in zip(lines, range(options.count))]
    with tempfile.TemporaryDirectory() as place:
        edge = f"{place}/edge"
        for blocks in ["rest", "all"]:
            subprocess.run([options.cleave, "partition", options.model, "--edge", edge, "--force",
                            "--cloud", f"{place}/{blocks}", "--cloud-blocks", blocks],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peer = Peer(options, prompts)
        servers = [serve(options, f"{place}/{blocks}") for blocks in ["rest", "all"]]
        try:
            found = []
            for rtt in options.rtt.split(","):
                for mbit in options.mbit.split(","):
                    found += cell(options, float(mbit), float(rtt), edge, servers, prompts, peer)
        finally:
            for server, _ in servers:
                server.terminate()
                server.wait()
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(found, indent=1))
    print("\ngoals: total 0.60 and cloud 0.10 of the peer at equal quality (ROUGE-L >= 0.99);"
          " lossless at 40 ms no slower than the peer")


if __name__ == "__main__":
    main()
