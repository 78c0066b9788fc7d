"""Which cases of which tests passed, from the event stream of `swift test`."""

import json
from collections import defaultdict
from datetime import datetime, timezone


class Run:
    """The outcome of one run of `swift test`.

    passed  test to the arguments with which it passed, as tests describe them; `Module.Suite/name`,
            and an empty argument of a test that takes none
    day     when it began, in UTC
    """

    def __init__(self, lines):
        self.passed, self.day, complete = defaultdict(set), None, False
        ended, failed = defaultdict(set), defaultdict(set)
        for line in lines:
            record = json.loads(line)
            if record["kind"] != "event":
                continue
            event = record["payload"]
            kind, test = event["kind"], name(event.get("testID", ""))
            argument = event.get("_testCase", {}).get("displayName", "")
            if kind == "runStarted":
                seconds = event["instant"]["since1970"]
                self.day = datetime.fromtimestamp(seconds, timezone.utc).date().isoformat()
            elif kind == "runEnded":
                complete = True
            elif kind == "testCaseEnded":
                ended[test].add(argument)
            elif kind == "issueRecorded" and not event.get("issue", {}).get("isKnown"):
                failed[test].add(argument)
        if not complete or not self.day:
            raise ValueError("the tests did not run to their end")
        for test, arguments in ended.items():
            # An issue that belongs to no case makes all of them fail.
            if "" not in failed[test]:
                self.passed[test] = arguments - failed[test]


def name(identifier):
    """`Module.Suite/name` of an identifier, which goes on with parameters and a place in a file."""
    return identifier.split("(")[0]
