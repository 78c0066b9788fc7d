"""Makes ROUGE-L of pairs of texts that the tests compare `CleaveEvaluate`'s with.

    python tools/golden/rouge.py Tests/Golden

writes Tests/Golden/rouge/expected.json: pairs[] of a, b and f1, by Google's rouge_score 0.1.2 without its
stemmer. ASCII only: it knows no other letters. Deterministic.
"""

import itertools
import json
import random
import sys
from pathlib import Path

from rouge_score.rouge_scorer import RougeScorer

SENTENCES = [
    "",
    "The cat sat on the mat.",
    "the CAT sat; on the mat!",
    "On the mat sat the cat, the black one, the cat.",
    "cat",
    "the the the the the",
    "In 1969, Apollo 11 landed on the Moon (July 20th).",
    "Apollo-11 landed on the moon in July, 1969",
    "It's 3.14, isn't it? x_y=z; e-mail: a@b.c",
    "its 3 14 isnt it x y z e mail a b c",
    "line one\nline two\tline three\r\n",
    "  ...line three... line two... line one  ",
    "A quick brown fox jumps over the lazy dog while seven wizards box",
]

draw = random.Random(20261123)
pairs = list(itertools.pairwise(SENTENCES))
pairs += [(a, b) for a, b in itertools.product(SENTENCES, repeat=2) if draw.random() < 0.1]
# Long ones of few words, where a greedy match is not the longest.
for length in [5, 17, 64, 200]:
    for words in ["ab", "abcd", "abcdefghij"]:
        a, b = ([draw.choice(words) for _ in range(length + extra)] for extra in (0, length // 3))
        pairs.append((" ".join(a), ", ".join(b).upper()))

scorer = RougeScorer(["rougeL"], use_stemmer=False)
# Both without words is where cleave differs.
golden = [
    {"a": a, "b": b, "f1": scorer.score(a, b)["rougeL"].fmeasure}
    for a, b in dict.fromkeys(pairs) if a or b
]
target = Path(sys.argv[1]) / "rouge" / "expected.json"
target.parent.mkdir(exist_ok=True)
target.write_text(json.dumps({"pairs": golden}, indent=1) + "\n")
