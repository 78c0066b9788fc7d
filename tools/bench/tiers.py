"""make bench-tiers: three processes in a row against two, at equal risk.

The device is `cleave run`, the middle and the cloud are `cleave serve`, with a relay before each: --near to the
middle, --far on from there, and --near + --far to a cloud without a middle. "two tiers" is an edge with all the exits:
its text is that of the three tiers, token by token, which is checked, so the risk is the same. Seconds are from the fed
prompt to the last token; then the processor time of each server and the kB that were sent to it, for a response. The
servers share a core.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import urllib.request


def pinned(core, command):
    cores = sorted(os.sched_getaffinity(0))
    core = cores[min(core, len(cores) - 1)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}))


class Server:
    """A served bundle, behind a relay of its own."""

    def __init__(self, options, bundle, rtt, more=()):
        self.process = pinned(1, [
            options.cleave, "serve", bundle, "--listen", "127.0.0.1:0", "--threads", "1", "--json",
            "--log-level", "error", "--metrics", "127.0.0.1:0", *more])
        listening = json.loads(self.process.stdout.readline())
        self.metrics = listening["metrics"]
        self.relay = subprocess.Popen(
            ["python3", str(pathlib.Path(__file__).with_name("relay.py")), str(listening["port"]),
             "--rtt", str(rtt), "--mbit", str(options.mbit)], stdout=subprocess.PIPE, text=True)
        self.address = f"127.0.0.1:{self.relay.stdout.readline().strip()}"

    def counts(self):
        """Processor seconds, and kB received."""
        with urllib.request.urlopen(f"http://{self.metrics}/metrics") as page:
            lines = page.read().decode().splitlines()
        values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return (float(values["cleave_process_cpu_seconds_total"]),
                float(values["cleave_received_bytes_total"]) / 1000)

    def stop(self):
        for process in [self.relay, self.process]:
            process.terminate()
            process.wait()


def generate(options, edge, address, prompt):
    command = [options.cleave, "run", edge, "--cloud", address, "--prompt", prompt, "--max-tokens",
               str(options.tokens), "--threads", "1", "--json", "--look-ahead", options.look_ahead]
    if options.chat:
        command.append("--chat")
    process = pinned(0, command)
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"bench-tiers: {' '.join(command)}: exit status {process.returncode}")
    result = json.loads(out)
    count, rate = len(result["tokens"]), result["tokens_per_second"]
    result["seconds"] = result["seconds_to_first_token"] + ((count - 1) / rate if rate else 0)
    return result


def row(options, name, edge, servers, prompts):
    """A way to run: what each of the servers, the nearest first, did for a response."""
    before = [server.counts() for server in servers]
    results = [generate(options, edge, servers[0].address, prompt) for prompt in prompts]
    after = [server.counts() for server in servers]
    shares = {"exit": 0, "middle": 0, "cloud": 0}
    for result in results:
        for source, count in result["sources"].items():
            shares[source.split("_")[0]] += count
    tokens = max(1, sum(shares.values()))
    spent = [[(b - a) / len(results) for a, b in zip(*pair)] for pair in zip(before, after)]
    found = {
        "way": name, "seconds": sum(result["seconds"] for result in results) / len(results),
        "shares": {source: count / tokens for source, count in shares.items()},
        "cloud_seconds": spent[-1][0], "cloud_kb": spent[-1][1],
        "middle_seconds": spent[0][0] if len(spent) > 1 else 0,
        "middle_kb": spent[0][1] if len(spent) > 1 else 0}
    print(f"{name:20}{found['seconds']:8.3f}{found['cloud_seconds']:9.3f}{found['middle_seconds']:9.3f}"
          f"{found['cloud_kb']:9.1f}{found['middle_kb']:9.1f}"
          + "".join(f"{100 * found['shares'][source]:9.1f}" for source in shares), flush=True)
    return found, [[token["id"] for token in result["tokens"]] for result in results]


def cut(options, place):
    """Writes the bundles; the device has the exits up to --device, or the first alone."""
    inspected = json.loads(subprocess.run(
        [options.cleave, "inspect", options.model, "--json"], check=True, capture_output=True,
        text=True).stdout)
    depths = [exit["depth"] for exit in inspected["exits"]]
    blocks = inspected["blocks"]["count"]
    device, last = options.device or depths[0], depths[-1]
    if device not in depths[:-1]:
        raise SystemExit(f"bench-tiers: --device {device}: expected one of {depths[:-1]}")
    ways = {"three": f"device:0..{device},middle:{device}..{last},cloud:{last}..{blocks}",
            "two": f"edge:0..{last},cloud:{last}..{blocks}"}
    for name, tiers in ways.items():
        os.mkdir(f"{place}/{name}")
        subprocess.run([options.cleave, "partition", options.model, "--tiers", tiers, "--out",
                        f"{place}/{name}"], check=True, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cleave", required=True)
    parser.add_argument("--model", required=True, help="a model with at least two exits")
    parser.add_argument("--prompts", required=True, help="FILE:FIELD of a jsonl file")
    parser.add_argument("--device", type=int, help="depth of the device's last exit (default: the first exit's)")
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--near", type=float, default=5, help="milliseconds there and back to the middle")
    parser.add_argument("--far", type=float, default=40, help="and on from there to the cloud")
    parser.add_argument("--mbit", type=float, default=30)
    parser.add_argument("--look-ahead", default="8")
    parser.add_argument("--no-chat", dest="chat", action="store_false", help="prompts as they stand")
    parser.add_argument("--json", help="write what was found there")
    options = parser.parse_args()
    path, field = options.prompts.rsplit(":", 1)
    with open(path) as lines:
        prompts = [json.loads(line)[field] for line, _ in zip(lines, range(options.count))]
    with tempfile.TemporaryDirectory() as place:
        cut(options, place)
        servers = []
        try:
            def serve(bundle, rtt, more=()):
                servers.append(Server(options, f"{place}/{bundle}", rtt, more))
                return servers[-1]
            whole = options.near + options.far
            two = serve("two/cloud", whole)
            cloud = serve("three/cloud", options.far)
            middle = serve("three/middle", options.near, ["--cloud", cloud.address])
            print(f"{options.near:g} ms to the middle, {options.far:g} ms on, {options.mbit:g} Mbit/s;"
                  f" for a response of {options.tokens} tokens or fewer")
            print(f"{'':20}{'seconds':>8}{'cloud s':>9}{'middle s':>9}{'cloud kB':>9}{'mid. kB':>9}"
                  f"{'exit %':>9}{'middle %':>9}{'cloud %':>9}")
            ways = [("two tiers", "two/edge", [two]), ("three tiers", "three/device", [middle, cloud])]
            found = [row(options, name, f"{place}/{edge}", behind, prompts) for name, edge, behind in ways]
        finally:
            for server in reversed(servers):
                server.stop()
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps([row for row, _ in found], indent=1))
    if found[0][1] != found[1][1]:
        raise SystemExit("bench-tiers: the texts differ")
    print("\nthe same text, token by token")


if __name__ == "__main__":
    main()
