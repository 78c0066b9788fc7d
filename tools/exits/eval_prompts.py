"""Picks the prompts that exits are judged on, out of JSON-lines files: those whose text has the smallest
SHA-256. The choice depends on nothing else, so it can be made again, and `--exclude` of a training
keeps them out of its data.

    python3 tools/exits/eval_prompts.py xsum.jsonl document 150 eval-xsum.jsonl

The digest is that of cleave's training data: of the field's UTF-8, white space around it stripped.
"""

import argparse
import hashlib
import json


def digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", help="JSON-lines file")
    parser.add_argument("field", help="the field that holds the text")
    parser.add_argument("count", type=int, help="how many to pick")
    parser.add_argument("output", help="file to write: the lines as they are")
    arguments = parser.parse_args()

    lines = {}  # the first line of each content
    with open(arguments.source, encoding="utf-8", newline="\n") as source:
        for line in source:
            if line.strip():
                lines.setdefault(digest(json.loads(line)[arguments.field]), line.rstrip("\n"))
    if len(lines) < arguments.count:
        parser.error(f"{arguments.source} has {len(lines)} different texts")
    with open(arguments.output, "w", encoding="utf-8", newline="\n") as output:
        for key in sorted(lines)[: arguments.count]:
            output.write(lines[key] + "\n")


if __name__ == "__main__":
    main()
