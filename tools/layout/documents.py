"""Documents name files and folders that exist."""

import re

NAMED = re.compile(r"`((?:Sources|Tests|tools|docs|specs|examples)/[^`\s]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)")


def problems(tree):
    found = []
    for document in sorted([*tree.glob("*.md"), *tree.glob("docs/*.md"), *tree.glob("specs/*")]):
        for number, line in enumerate(document.read_text().split("\n"), 1):
            where = f"{document.relative_to(tree)}:{number}"
            found += [
                f"{where}: {name} is not there"
                for name in NAMED.findall(line) if not list(tree.glob(name.rstrip("/")))
            ]
            found += [
                f"{where}: the link {link} leads nowhere"
                for link in LINK.findall(line)
                if ":" not in link and not (document.parent / link).exists()
            ]
    return found
