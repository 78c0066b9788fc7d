"""Has transformers judge what `cleave export hf` writes, and records the bytes that it judged.

    python tools/golden/export_hf.py CLEAVE Tests/Golden [--only NAME]

For every family, or the model that --only names: imports, attaches exits, partitions and exports the
whole model, the edge at its first exit and the cloud part; loads the three with `transformers` and
checks, in float32,
  whole: the greedy tokens of expected.json;
  edge:  what the exit says at the end of each prompt, by expected.json;
  cloud: fed the states of the exported edge's last block as inputs_embeds, 48 greedy tokens of
         expected.json, token by token.
Writes Tests/Golden/export-hf.json: {family: {part: {file: SHA-256}}}. `make test` checks that an export
has those bytes. Texts of models with LongRoPE stay on one side of the original context, for transformers
chooses the factors by the length of a text. Made with transformers 5.23, torch 2.15.0.
"""

import argparse
import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

import golden_common as common  # first: it sets up torch and transformers
import torch
from families import VARIANTS
from transformers import AutoModelForCausalLM, AutoTokenizer


def run(*arguments):
    subprocess.run([str(part) for part in arguments], check=True, stdout=subprocess.DEVNULL)


def load(directory):
    model, report = AutoModelForCausalLM.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    for key in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        assert not report[key], (directory, key, report[key])
    return model.eval()


def states(edge, ids):
    """After the exported edge's last block, before its norm. [1, tokens, hidden]"""
    kept = []
    layers = getattr(edge.base_model, common.layers_name(edge.base_model))
    hook = layers[-1].register_forward_hook(
        lambda _module, _inputs, output: kept.append(
            output[0] if isinstance(output, tuple) else output))
    logits = edge(input_ids=torch.tensor([ids]), use_cache=False).logits[0]
    hook.remove()
    return kept[0], logits


def check(name, rows, whole, edge, cloud):
    for row in rows:
        tokens, _ = common.greedy(whole, row["ids"], len(row["greedy"]))
        assert tokens == row["greedy"], (name, row["name"], "whole")
        _, logits = states(edge, row["ids"])
        assert int(logits[-1].argmax()) == row["blocks"]["2"]["exit_argmax"], (name, "edge")
        probability = float(torch.softmax(logits[-1], -1).max())
        assert abs(probability - row["blocks"]["2"]["exit_probability"]) < 1e-4, (name, "edge")
        ids = list(row["ids"])
        for expected in row["greedy"]:
            kept, _ = states(edge, ids)
            logits = cloud(inputs_embeds=kept, use_cache=False).logits[0, -1]
            assert int(logits.argmax()) == expected, (name, row["name"], "cloud", len(ids))
            ids.append(expected)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cleave", type=Path)
    parser.add_argument("golden", type=Path)
    parser.add_argument(
        "--only", choices=VARIANTS, metavar="NAME",
        help="a model to judge; the record of the others is kept")
    options = parser.parse_args()
    cleave, golden = options.cleave.resolve(), options.golden
    path = golden / "export-hf.json"
    record = json.loads(path.read_text()) if options.only else {}
    for name in [options.only] if options.only else VARIANTS:
        source = golden / "families" / name
        rows = json.loads((source / "expected.json").read_text())["prompts"]
        with tempfile.TemporaryDirectory() as scratch:
            at = Path(scratch)
            run(cleave, "import", source, "-o", at / "model", "-q")
            run(cleave, "exits", "add", at / "model", "--at", "2", "-o", at / "exits")
            run(cleave, "partition", at / "exits", "--edge", at / "edge", "--cloud", at / "cloud")
            run(cleave, "export", "hf", at / "model", "-o", at / "hf-whole", "-q")
            run(cleave, "export", "hf", at / "edge", "--exit", "2", "-o", at / "hf-edge", "-q")
            run(cleave, "export", "hf", at / "cloud", "-o", at / "hf-cloud", "-q")
            parts = [load(at / f"hf-{part}") for part in ("whole", "edge", "cloud")]
            check(name, rows, *parts)
            tokenizer = AutoTokenizer.from_pretrained(at / "hf-edge")
            assert tokenizer.eos_token_id == 2
            record[name] = {
                part: {
                    file.name: hashlib.sha256(file.read_bytes()).hexdigest()
                    for file in sorted((at / f"hf-{part}").iterdir())
                }
                for part in ("whole", "edge", "cloud")
            }
        print(name, "judged", flush=True)
    path.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
