"""Has llama.cpp run what `cleave export gguf` writes of every family, by hand.

    LLAMA_PYTHON tools/golden/check_export_families.py CLEAVE Tests/Golden [NAME...]

Needs llama-cpp-python. For every prompt of expected.json within the exported context, feeds llama.cpp the
prompt and transformers' 48 greedy tokens one after another and counts at how many of them its best token
is the expected one; where it is not, the gap of its own two best says how near a tie it was. llama.cpp
rounds activations to the matrices' type (BF16, F16), so that gaps of some hundredths decide nothing.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import llama_cpp


def check(path, rows):
    model = llama_cpp.Llama(
        str(path), n_ctx=512, logits_all=True, verbose=False, type_k=0, type_v=0, n_threads=2,
        flash_attn=False,
        # As the file has them, not as this package's defaults.
        yarn_attn_factor=-1.0, yarn_beta_fast=-1.0, yarn_beta_slow=-1.0)
    # As the file has it: where llama.cpp computes no window, no longer than that.
    context = next(
        int(value) for key, value in model.metadata.items() if key.endswith(".context_length"))
    equal = total = left_out = 0
    worst = 0.0
    for row in rows:
        ids = row["ids"] + row["greedy"]
        if len(ids) > context:
            left_out += 1
            continue
        model.reset()
        model.eval(ids[:-1])
        scores = np.array(model.scores[: len(ids) - 1])
        for step, expected in enumerate(row["greedy"]):
            logits = scores[len(row["ids"]) - 1 + step]
            total += 1
            if int(logits.argmax()) == expected:
                equal += 1
            else:
                worst = max(worst, float(logits.max() - logits[expected]))
    return equal, total, worst, left_out


def main():
    cleave, golden = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    all_names = sorted(path.parent.name for path in golden.glob("families/*/config.json"))
    for name in sys.argv[3:] or all_names:
        rows = json.loads((golden / "families" / name / "expected.json").read_text())["prompts"]
        with tempfile.TemporaryDirectory() as scratch:
            at = Path(scratch)
            for arguments in (
                ["import", golden / "families" / name, "-o", at / "model", "-q"],
                ["export", "gguf", at / "model", "-o", at / "model.gguf", "-q"],
            ):
                done = subprocess.run([str(cleave), *map(str, arguments)], capture_output=True, text=True)
                if done.returncode:
                    print(name, "refused:", done.stderr.strip()[-200:])
                    break
            else:
                equal, total, worst, left_out = check(at / "model.gguf", rows)
                print(f"{name}: {equal} of {total} tokens, largest gap where not {worst:.4f}, "
                      f"{left_out} prompts beyond the context", flush=True)


if __name__ == "__main__":
    main()
