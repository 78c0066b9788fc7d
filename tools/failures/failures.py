"""What went wrong in a run of `swift test`, from its event stream."""

import json

# A comparison of two arrays may be megabytes.
LONGEST = 600


def failures(lines):
    """A line for each issue, and for each test that had begun when the run was cut off."""
    begun, said, complete = {}, [], False
    for line in lines:
        try:
            event = json.loads(line)["payload"]
        except ValueError:
            break  # The last line of a process that ended in the middle of it.
        kind, test = event.get("kind"), event.get("testID", "")
        argument = event.get("_testCase", {}).get("displayName", "")
        if kind == "issueRecorded" and not event.get("issue", {}).get("isKnown"):
            said.append(issue(event, test, argument))
        elif kind == "testCaseStarted":
            begun[test, argument] = None
        elif kind == "testCaseEnded":
            begun.pop((test, argument), None)
        elif kind == "runEnded":
            complete = True
    if not complete:
        said.append("the tests did not run to their end; these had begun:")
        said += [f"  {named(*case)}" for case in begun]
    return said


def issue(event, test, argument):
    place = event.get("issue", {}).get("sourceLocation", {})
    where = f"{place.get('fileID', '?')}:{place.get('line', '?')}"
    text = "; ".join(message["text"] for message in event.get("messages", []))
    return f"{named(test, argument)} at {where}: {text[:LONGEST]}"


def named(test, argument):
    """`Module.Suite/name` of an identifier, which goes on with a place in a file, and the argument."""
    name = test.rsplit("/", 1)[0] if ".swift:" in test else test
    return f"{name} with {argument}" if argument else name
