"""The table of one data set: what each mode took and said, beside the paper's own figures."""

import hashlib
import json

from child import Failure
from paper_rouge import best_rouge_l, rouge_l

NAMES = {
    "cloud_only": "cloud only",
    "naive_split": "naive split",
    "standalone": "standalone",
    "collaborative_0.8": "collaborative, 0.8",
    "collaborative_0.9": "collaborative, 0.9",
    "collaborative_calibrated": "collaborative, calibrated",
}
HEADINGS = [
    "", "total s", "edge s", "cloud s", "comm s", "time", "cloud work off", "cloud asked",
    "B up", "B down", "ROUGE-L ref", "ROUGE-L whole", "same",
]
# Jin & Wu, arXiv 2411.02829: their best time, and what they report of offloading and requests.
PAPER = ["paper's collaborative", "", "", "", "", "-13.81 %", "69.5 / 84.5 %", "49.6 / 27.7 %",
         "", "", "", "", ""]


def digest(text):
    """As cleave tells contents apart."""
    return hashlib.sha256(text.strip().encode()).hexdigest()


def references(path, prompt, reference):
    """Of each prompt's digest, its references: a string, or a list of them."""
    found = {}
    with open(path, encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    record = json.loads(line)
                    texts = record[reference]
                    texts = [texts] if isinstance(texts, str) else texts
                    if not texts or not all(isinstance(text, str) for text in texts):
                        raise TypeError("expected a string, or a list of them that is not empty")
                    found.setdefault(digest(record[prompt]), texts)
                except (KeyError, TypeError, AttributeError, ValueError) as error:
                    raise Failure(
                        f"{path}: line {number}: fields {prompt} and {reference}: {error!r}"
                    ) from error
    return found


def same_tokens(tokens, truth):
    """Share of places where both say the same; what only one has differs."""
    longest = max(len(tokens), len(truth))
    return sum(a == b for a, b in zip(tokens, truth)) / longest if longest else 1.0


def summary(report, mode, known):
    """Means over the responses of a mode; shares are of sums."""
    pairs = [(prompt["sha256"], prompt["responses"]) for prompt in report["prompts"]]
    own = [responses[mode] for _, responses in pairs]
    whole = [responses["cloud_only"] for _, responses in pairs]
    mean = lambda values: sum(values) / len(pairs)
    total = lambda key, of=own: sum(response[key] for response in of)
    figures = {key: total(key) / len(pairs) for key in (
        "total_seconds", "edge_seconds", "cloud_seconds", "communication_seconds", "bytes_up",
        "bytes_down")}
    figures["time_change"] = total("total_seconds") / total("total_seconds", whole) - 1
    figures["offloaded"] = 1 - total("cloud_seconds") / total("cloud_seconds", whole)
    figures["request_rate"] = total("requests") / sum(len(one["tokens"]) for one in own)
    figures["rouge_reference"] = mean(
        [best_rouge_l(one["text"], known[sha]) for (sha, _), one in zip(pairs, own)])
    figures["rouge_whole"] = mean(
        [rouge_l(one["text"], truth["text"]) for one, truth in zip(own, whole)])
    figures["same_tokens"] = mean(
        [same_tokens(one["tokens"], truth["tokens"]) for one, truth in zip(own, whole)])
    return figures


def cells(name, figures):
    if figures is None:
        return [NAMES[name]] + ["-"] * (len(HEADINGS) - 1)
    seconds = [f"{figures[key]:.3f}" for key in (
        "total_seconds", "edge_seconds", "cloud_seconds", "communication_seconds")]
    return [
        NAMES[name], *seconds, f"{100 * figures['time_change']:+.1f} %",
        f"{100 * figures['offloaded']:.1f} %", f"{100 * figures['request_rate']:.1f} %",
        f"{figures['bytes_up']:.0f}", f"{figures['bytes_down']:.0f}",
        f"{figures['rouge_reference']:.3f}", f"{figures['rouge_whole']:.3f}",
        f"{100 * figures['same_tokens']:.1f} %",
    ]


def table(summaries):
    """`summaries`: of each mode's name its figures; a mode that the bundle does not have is "-"."""
    lines = [HEADINGS] + [cells(name, summaries.get(name)) for name in NAMES] + [PAPER]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.rjust(width) if i else cell.ljust(width)
                  for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in lines)
