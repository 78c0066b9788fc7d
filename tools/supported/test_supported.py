"""python3 -m unittest discover -s tools/supported: the page of supported models, from runs made up here."""

import json
import re
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True

import contents
import page
from events import Run
from families import Models

ROOT = Path(__file__).resolve().parents[2]
PAGE = """# Supported
<!-- tests: date -->
<!-- end -->

## Families

| `llama` (2, 3) | plain |
| `qwen2-moe` | experts |
<!-- tests: families -->
| `gone` | x |
<!-- end -->
<!-- tests: kinds -->
<!-- end -->
"""
WHOLE, BACK, NOT = "A.Whole/logits", "B.Export/back", "B.Export/isNotWritten"


def event(kind, test=None, argument=None, **more):
    payload = {"kind": kind, "instant": {"since1970": 86400.0 * 366}, **more}
    if test:
        payload["testID"] = f"{test}(_:)/File.swift:1:4"
    if argument:
        payload["_testCase"] = {"displayName": argument}
    return json.dumps({"kind": "event", "payload": payload, "version": 0})


def run(*cases, issues=()):
    """Lines of a run in which these cases end, some of them with an issue."""
    return [
        json.dumps({"kind": "test", "payload": {"id": "x"}}), event("runStarted"),
        *(event("issueRecorded", *case, issue={"isKnown": False}) for case in issues),
        *(event("testCaseEnded", *case) for case in cases), event("runEnded")]


CASES = [
    (WHOLE, "families/llama-a"), (WHOLE, "families/moe"), (WHOLE, "families/moe/moe.gguf"),
    (BACK, '"llama-a"'), (NOT, '"moe", "experts"'), ("C.Kinds/all", '"b"'), ("C.Kinds/all", '"a"')]


class Supported(unittest.TestCase):
    def setUp(self):
        columns = {"safetensors": (WHOLE,), "GGUF": (WHOLE,), "export": (WHOLE, BACK)}
        for name, value in [("COLUMNS", columns), ("REFUSALS", {"export": NOT}),
                            ("LISTS", {"kinds": "C.Kinds/all"})]:
            patch = mock.patch.object(contents, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, family in [("llama-a", "llama"), ("llama-b", "llama"), ("moe", "qwen2-moe")]:
            path = Path(folder.name) / "families" / name
            path.mkdir(parents=True)
            (path / "config.json").write_text(json.dumps({"model_type": family}))
        self.models = Models(Path(folder.name))

    def written(self, lines, text=PAGE):
        return page.written(text, Run(lines), self.models)

    def test_rows_and_lists(self):
        text = self.written(run(*CASES))
        self.assertIn("Run on 1971-01-02.", text)
        self.assertIn("| `llama` | llama-a | yes | – | yes |\n", text)
        self.assertIn("| `llama` | llama-b | – | – | – |\n", text)
        self.assertIn("| `qwen2-moe` | moe | yes | yes | refused |\n", text)
        self.assertIn("<!-- tests: kinds -->\n`a`, `b`\n<!-- end -->", text)
        self.assertNotIn("gone", text)
        self.assertEqual(self.written(run(*CASES), text), text)
        self.assertEqual(page.without_date(text).count("1971"), 0)

    def test_what_failed_is_not_green(self):
        text = self.written(run(*CASES, issues=[(WHOLE, "families/llama-a")]))
        self.assertIn("| `llama` | llama-a | – | – | in part |\n", text)
        with self.assertRaisesRegex(page.PageError, "C.Kinds/all did not pass"):
            self.written(run(*CASES, issues=[("C.Kinds/all",)]))

    def test_what_did_not_run_is_an_error(self):
        with self.assertRaisesRegex(page.PageError, WHOLE):
            self.written(run(*[case for case in CASES if case[0] != WHOLE]))
        with self.assertRaisesRegex(ValueError, "end"):
            Run(run(*CASES)[:-1])

    def test_rows_are_families(self):
        with self.assertRaisesRegex(page.PageError, "no row for qwen2-moe"):
            self.written(run(*CASES), PAGE.replace("| `qwen2-moe` | experts |\n", ""))
        with self.assertRaisesRegex(page.PageError, "is a olmo"):
            self.written(run(*CASES), PAGE.replace("| `llama`", "| `olmo` | |\n| `llama`"))

    def test_parts_are_known(self):
        with self.assertRaisesRegex(page.PageError, "no part for kinds"):
            self.written(run(*CASES), PAGE.replace("tests: kinds", "tests kinds"))
        with self.assertRaisesRegex(page.PageError, "the part more"):
            self.written(run(*CASES), PAGE + "<!-- tests: more -->\n<!-- end -->\n")


class Names(unittest.TestCase):
    def test_every_test_is_in_the_sources(self):
        for test in contents.tests():
            target, _, path = test.partition(".")
            sources = "\n".join(
                file.read_text() for file in (ROOT / "Tests" / target).rglob("*.swift"))
            for name in path.split("/"):
                self.assertTrue(re.search(rf"(struct|enum|func|extension) {name}\b", sources), test)


if __name__ == "__main__":
    unittest.main()
