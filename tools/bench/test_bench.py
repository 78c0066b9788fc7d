"""The table of the bench is shown whole, whatever was measured."""

import io
import unittest
from contextlib import redirect_stdout

import bench
from rows import Row


class Table(unittest.TestCase):
    def shown(self, row, peers):
        output = io.StringIO()
        with redirect_stdout(output):
            bench.show([row], ["a note"], peers, 2, others=0.01, stolen=0)
        return output.getvalue()

    def test_ratio_of_pairs(self):
        row = Row("decode", "tok/s")
        row.ours, row.peer = [30, 20, 40], [20, 10, 40]
        text = self.shown(row, ["llama.cpp"])
        self.assertIn("2 threads where not said otherwise; ", text)
        self.assertRegex(text, r"decode +30\.0 +20\.0 +1\.50 +1\.00 to 2\.00 +tok/s +3")
        self.assertIn("a note", text)

    def test_without_a_peer(self):
        row = Row("decode", "tok/s")
        row.ours = [30]
        text = self.shown(row, [None])
        self.assertIn("peer: none", text)
        self.assertRegex(text, r"decode +30\.0 +- +- +tok/s +1")


if __name__ == "__main__":
    unittest.main()
