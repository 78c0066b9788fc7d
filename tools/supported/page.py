"""The parts of docs/supported-models.md between `<!-- tests: NAME -->` and `<!-- end -->`."""

import re

import contents

PART = re.compile(r"(<!-- tests: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
ROW = re.compile(r"^\| `([\w.-]+)`", re.MULTILINE)


class PageError(Exception):
    pass


def written(text, run, models):
    """The page with the parts that this run of the tests says."""
    families = rows(text)
    parts = {"date": f"Run on {run.day}.", "families": table(run, models, families)}
    parts |= {part: listing(run, test) for part, test in contents.LISTS.items()}
    missing = parts.keys() - {match[2] for match in PART.finditer(text)}
    if missing:
        raise PageError(f"the page has no part for {', '.join(sorted(missing))}")

    def replaced(match):
        if match[2] not in parts:
            raise PageError(f"no test says what the part {match[2]} holds")
        return f"{match[1]}{parts[match[2]]}\n{match[4]}"

    return PART.sub(replaced, text)


def rows(text):
    """The families in the order of the rows that are written by hand."""
    return ROW.findall(PART.sub("", text).partition("\n## Families\n")[2])


def without_date(text):
    return PART.sub(lambda match: "" if match[2] == "date" else match[0], text)


def passed(run, test):
    """The arguments with which a test passed, which must be some."""
    if not run.passed.get(test):
        raise PageError(f"{test} did not pass; is its name in tools/supported/contents.py right?")
    return run.passed[test]


def listing(run, test):
    names = {argument.split(",")[0].strip(' ("') for argument in passed(run, test)}
    return ", ".join(f"`{name}`" for name in sorted(names))


def table(run, models, families):
    """A row for each model, in the order of the families."""
    unknown = sorted(set(models.family.values()) - set(families))
    if unknown:
        raise PageError(f"the families have no row for {', '.join(unknown)}")
    idle = sorted(set(families) - set(models.family.values()))
    if idle:
        raise PageError(f"no model of Tests/Golden/families is a {', '.join(idle)}")
    columns = {column: cells(run, models, column) for column in contents.COLUMNS}
    rows = ["| family | model | " + " | ".join(columns) + " |", "|---" * (len(columns) + 2) + "|"]
    for family in families:
        for model in sorted(name for name, its in models.family.items() if its == family):
            said = (found.get(model, "–") for found in columns.values())
            rows.append(f"| `{family}` | {model} | " + " | ".join(said) + " |")
    return "\n".join(rows)


def cells(run, models, column):
    """Model to what its cell says, where a test says something."""
    read = models.files if column == contents.GGUF else models.directories
    ran = [read(passed(run, test)) for test in contents.COLUMNS[column]]
    said = {model: "in part" for model in set.union(*ran)}
    said |= {model: "yes" for model in set.intersection(*ran)}
    if column in contents.REFUSALS:
        said |= {model: "refused" for model in read(passed(run, contents.REFUSALS[column]))}
    return said
