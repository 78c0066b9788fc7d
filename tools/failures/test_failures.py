"""python3 -m unittest discover -s tools/failures: what is said of runs made up here."""

import json
import sys
import unittest

sys.dont_write_bytecode = True

from failures import LONGEST, failures

TEST = "A.Suite/name(_:)/File.swift:1:4"


def event(kind, argument=None, **more):
    payload = {"kind": kind, "testID": TEST, **more}
    if argument:
        payload["_testCase"] = {"displayName": argument}
    return json.dumps({"kind": "event", "payload": payload})


def issue(text, known=False, **more):
    place = {"fileID": "A/File.swift", "line": 7}
    return event(
        "issueRecorded", messages=[{"text": text}, {"text": "why"}],
        issue={"isKnown": known, "sourceLocation": place}, **more)


class Failures(unittest.TestCase):
    def test_issues(self):
        lines = [
            event("testCaseStarted", "1"), issue("1 == 2", argument="1"),
            event("testCaseEnded", "1"), issue("nobody minds", known=True), event("runEnded")]
        self.assertEqual(
            failures(lines), ["A.Suite/name(_:) with 1 at A/File.swift:7: 1 == 2; why"])

    def test_none(self):
        self.assertEqual(failures([event("testCaseStarted"), event("runEnded")]), [])

    def test_long_texts_are_cut(self):
        said = failures([issue("x" * 10000), event("runEnded")])
        self.assertLess(len(said[0]), LONGEST + 100)

    def test_a_process_that_ended(self):
        lines = [
            event("testCaseStarted", "1"), event("testCaseStarted", "2"),
            event("testCaseEnded", "1"), '{"kind":"ev']
        self.assertEqual(failures(lines)[1:], ["  A.Suite/name(_:) with 2"])


if __name__ == "__main__":
    unittest.main()
