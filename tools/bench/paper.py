#!/usr/bin/env python3
"""The work of the CE-CoLLM paper (Jin & Wu, arXiv 2411.02829), with its figures beside ours.

`make bench-paper` calls this; see README.md, "Same work as the paper".
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from child import Failure
from machine import Watch
from paper_table import references, summary, table

# Share of the processors that others may use before times are not to be trusted.
BUSY = 0.05
XSUM_FORMAT = r"Summarize the following article in one or two sentences:\n\n{document}"


@dataclass
class DataSet:
    name: str
    path: str
    prompt: str  # fields
    reference: str
    form: str


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cleave", required=True, help="the executable")
    parser.add_argument("--cleave-bench", required=True, help="the executable")
    parser.add_argument("--model", required=True, help="artifact with trained exits")
    parser.add_argument("--xsum", help="JSON lines with document and summary")
    parser.add_argument("--truthfulqa", help="JSON lines with question and answer")
    parser.add_argument("--xsum-format", default=XSUM_FORMAT, help="what is asked of an article")
    parser.add_argument("--count", type=int, default=100, help="prompts of each")
    parser.add_argument("--exclude-hashes", help="file of digests of texts to leave out")
    parser.add_argument("--max-tokens", type=int, default=100)
    parser.add_argument("--max-prompt-tokens", type=int, default=400)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--bandwidth", type=float, default=30, help="Mbit/s")
    parser.add_argument("--round-trip", type=float, default=20, help="milliseconds")
    parser.add_argument("--edge-slowdown", type=float, default=1)
    parser.add_argument("--cloud-speedup", type=float, default=1)
    parser.add_argument("--json", type=Path, help="file to write every figure and text to")
    options = parser.parse_args()
    if not options.xsum and not options.truthfulqa:
        parser.error("expected --xsum, --truthfulqa, or both")
    if options.count < 1:
        parser.error(f"--count {options.count}: expected at least 1")
    return options


def data_sets(options):
    sets = []
    if options.xsum:
        sets.append(DataSet("XSum", options.xsum, "document", "summary", options.xsum_format))
    if options.truthfulqa:
        sets.append(
            DataSet("TruthfulQA", options.truthfulqa, "question", "answer", "{question}"))
    return sets


def partition(options, scratch):
    """(edge, cloud)"""
    edge, cloud = scratch / "edge", scratch / "cloud"
    subprocess.run(
        [options.cleave, "partition", options.model, "--edge", edge, "--cloud", cloud],
        check=True, stdout=subprocess.DEVNULL)
    return edge, cloud


def command(options, data, bundles):
    words = [
        options.cleave_bench, "paper", *bundles, options.model,
        "--prompts", f"{data.path}:{data.prompt}#{options.count}:{data.form}"]
    for name in ("max_tokens", "max_prompt_tokens", "threads", "bandwidth", "round_trip",
                 "edge_slowdown", "cloud_speedup"):
        words += ["--" + name.replace("_", "-"), str(getattr(options, name))]
    return words + (
        ["--exclude-hashes", options.exclude_hashes] if options.exclude_hashes else [])


def measure(options, data, bundles):
    """(what cleave-bench says, summaries by mode, whether the naive split is the whole model)"""
    known = references(data.path, data.prompt, data.reference)
    print(f"measuring {data.name}", file=sys.stderr)
    run = subprocess.run(command(options, data, bundles), stdout=subprocess.PIPE, text=True)
    if run.returncode not in (0, 1) or not run.stdout:
        raise Failure(f"{data.name}: cleave-bench ended with status {run.returncode}")
    report = json.loads(run.stdout)
    modes = [mode["name"] for mode in report["modes"]]
    return report, {mode: summary(report, mode, known) for mode in modes}, run.returncode == 0


def show(data, report, summaries):
    count, setting = len(report["prompts"]), report["setting"]
    mean = sum(prompt["prompt_tokens"] for prompt in report["prompts"]) / count
    print(f"\n{data.name}: {count} prompts of {mean:.0f} tokens on the mean, at most"
          f" {setting['max_prompt_tokens']}; at most {setting['max_tokens']} new tokens;"
          f" {setting['threads']} threads. Means of a response.")
    print(table(summaries))
    for mode in report["modes"]:
        if mode["name"] in ("standalone", "collaborative_calibrated"):
            print(f"{mode['name']}: thresholds {', '.join(map(str, mode['thresholds']))}")
    if "collaborative_calibrated" not in summaries:
        print("The bundle has no calibration: no calibrated row; standalone has the thresholds it"
              " ships with.")


NOTES = """
Computing is measured: this machine plays both parts, the edge {slower:g} times slower and the cloud \
{faster:g} times
faster than it is. The paper's edge is slower than its cloud, which moves every column of time.
The link is modelled: {bandwidth:g} Mbit/s each way, {trip:g} ms there and back; connections are open \
before the clock
starts. States count with 2 bytes a number (F16) in every mode, though they are F32 in this process.
cloud only: the prompt's ids go up once, each token comes down when it is found, and the response is
whole when the last has come. comm: the edge waits and the cloud does not compute. time: beside cloud
only. cloud work off: 1 - cloud time / that of cloud only. cloud asked: of all tokens. same: places with
the whole model's token. The paper's figures are of another model on other machines."""


def notes(options):
    print(NOTES.format(
        slower=options.edge_slowdown, faster=options.cloud_speedup, bandwidth=options.bandwidth,
        trip=options.round_trip))


def main():
    options = arguments()
    watch, record, exact = Watch(), {}, True
    with tempfile.TemporaryDirectory(prefix="cleave-paper.") as scratch:
        bundles = partition(options, Path(scratch))
        for data in data_sets(options):
            report, summaries, is_exact = measure(options, data, bundles)
            show(data, report, summaries)
            record[data.name] = {**report, "summaries": summaries}
            exact = exact and is_exact
    notes(options)
    others, stolen = watch.shares()
    print(f"Other processes took {others:.0%} of the processors, the host {stolen:.0%}.", flush=True)
    if others + stolen > BUSY:
        print("bench-paper: WARNING: the machine was not quiet: measure again", file=sys.stderr)
    if options.json:
        options.json.write_text(json.dumps(record, indent=2) + "\n")
    if not exact:
        sys.exit("bench-paper: the naive split is not the whole model")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except (Failure, OSError) as error:
        print(f"bench-paper: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
