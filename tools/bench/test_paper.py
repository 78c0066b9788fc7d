"""python3 -m unittest discover -s tools/bench: what the tables of bench-paper are made of."""

import json
import tempfile
import unittest

from child import Failure
from paper_rouge import best_rouge_l, rouge_l, words
from paper_table import digest, references, same_tokens, summary, table


class Rouge(unittest.TestCase):
    def test_words(self):
        self.assertEqual(words("It's 42, Não!"), ["it", "s", "42", "n", "o"])

    def test_by_hand(self):
        self.assertEqual(rouge_l("the cat sat", "The cat sat."), 1)
        self.assertEqual(rouge_l("", "a"), 0)
        self.assertEqual(rouge_l("!", "!"), 0)
        self.assertEqual(rouge_l("a b", "c d"), 0)
        # police kill the gunman / police killed the gunman: 3 in common of 4 and 4.
        self.assertAlmostEqual(rouge_l("police kill the gunman", "police killed the gunman"), 0.75)
        # the gunman kill police: "the gunman" or "police" in order, 2 of 4.
        self.assertAlmostEqual(rouge_l("the gunman kill police", "police killed the gunman"), 0.5)
        # 2 of 2 and 2 of 5: precision 1, recall 0.4.
        self.assertAlmostEqual(rouge_l("a c", "a b c d e"), 2 * 0.4 / 1.4)

    def test_nearest_reference(self):
        self.assertEqual(best_rouge_l("a b", ["c", "a b", "a"]), 1)


def response(tokens, text, total, cloud, requests):
    return {
        "tokens": tokens, "text": text, "requests": requests, "total_seconds": total,
        "edge_seconds": 0.5, "cloud_seconds": cloud, "communication_seconds": 0.1,
        "bytes_up": 100, "bytes_down": 10}


class Table(unittest.TestCase):
    report = {"prompts": [
        {"sha256": "x", "responses": {
            "cloud_only": response([1, 2, 3], "a b", 4, 4, 3),
            "standalone": response([1, 5], "a", 3, 1, 1)}},
        {"sha256": "y", "responses": {
            "cloud_only": response([1], "c", 4, 4, 1),
            "standalone": response([1], "c", 1, 0, 0)}}]}

    def test_summary(self):
        figures = summary(self.report, "standalone", {"x": ["a"], "y": ["d", "c e"]})
        self.assertEqual(figures["total_seconds"], 2)
        self.assertEqual(figures["time_change"], -0.5)
        self.assertEqual(figures["offloaded"], 1 - 1 / 8)
        self.assertAlmostEqual(figures["request_rate"], 1 / 3)
        self.assertAlmostEqual(figures["rouge_reference"], (1 + 2 / 3) / 2)
        self.assertAlmostEqual(figures["rouge_whole"], (2 / 3 + 1) / 2)
        self.assertAlmostEqual(figures["same_tokens"], (1 / 3 + 1) / 2)

    def test_a_mode_that_is_not_there(self):
        known = {"x": ["a"], "y": ["c"]}
        lines = table({"standalone": summary(self.report, "standalone", known)}).split("\n")
        self.assertIn("-50.0 %", next(line for line in lines if line.startswith("standalone")))
        self.assertEqual(
            set(next(line for line in lines if "calibrated" in line).split()[2:]), {"-"})
        self.assertIn("-13.81 %", lines[-1])

    def test_same_tokens(self):
        self.assertEqual(same_tokens([1, 2], [1, 2, 3, 4]), 0.5)
        self.assertEqual(same_tokens([], []), 1)


class References(unittest.TestCase):
    def read(self, *lines):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.write("\n".join(lines))
            file.flush()
            return references(file.name, "q", "a")

    def test_one_and_several(self):
        self.assertEqual(
            self.read('{"q": " x ", "a": "1"}', "", '{"q": "y", "a": ["2", "3"]}'),
            {digest("x"): ["1"], digest("y"): ["2", "3"]})

    def test_refusals_name_the_line(self):
        for line in ['{"q": "x"}', '{"q": 1, "a": "b"}', '{"q": "x", "a": []}', "[]", "{",
                     '{"q": "x", "a": [1]}', '{"q": "x", "a": null}']:
            with self.assertRaisesRegex(Failure, "line 2: fields q and a", msg=line):
                self.read(json.dumps({"q": "x", "a": "y"}), line)


if __name__ == "__main__":
    unittest.main()
