"""Writes what Jinja makes of small expressions: every filter, method, test and operator, with arguments of many kinds.

    python tools/golden/template_expressions.py Tests/Golden/templates

writes expressions.jsonl there, a line [template, text or null] for each, null where Jinja raises. The environment is the one that
tools/fuzz/compare.py has of transformers. Made with Jinja2 3.1.6.
"""

import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fuzz"))
from compare import templates  # noqa: E402

TEXTS = ["'  Hello wOrld, é\\tx '", "'a,b,,c'", "''", "'<b>&\"x\"'", "'12'", "'0x1f'", "' 3.7 '", "'one\\ntwo\\n\\n  three'", "'a\\nb\\n'"]
LISTS = ["[3,1,2]", "['b','A','c','a']", "[]", "[{'k':'B','n':{'v':2}},{'k':'a','n':{'v':1}}]", "[1.5,2,true]", "('a','b')"]
OTHERS = ["{10:1,9:2}", "{true:1,none:2}", "2.675", "{'b':1,'A':[1,{'z':none}],'c':'x'}", "{}", "3.14159", "-2.5", "7", "true", "none", "missing"]

TEXT_FILTERS = [
    "trim", "trim('x ')", "trim(chars=' ')", "trim(x=1)", "upper", "upper(1)", "lower", "title", "capitalize", "replace('l','L')",
    "replace('l','L',1)", "replace(old='l',new='L')", "replace('','-')", "indent", "indent(2)", "indent(width=2, first=true)",
    "indent(2,true,true)", "indent('>>')", "indent(none)", "trim(none)", "replace('a','b','1')"]
NUMBER_FILTERS = ["int", "int(5)", "int(default=4)", "float", "float(1.5)", "round", "round(1)", "round(2)", "round(none)", "round(2,'floor')",
                  "round(method='ceil')", "abs"]
LIST_FILTERS = [
    "join", "join(',')", "join(d='-')", "join(', ', attribute='k')", "join(sep=',')", "map('upper')|list", "map(attribute='k')|list",
    "map(attribute='n.v')|list", "map(attribute='zz',default='q')|list", "map(attribute=0)|list", "map('default','u')|list",
    "selectattr('k')|list", "selectattr('k','equalto','a')|list", "selectattr('n.v','defined')|list", "rejectattr('k','eq','B')|list",
    "select|list", "select('odd')|list", "reject('in',[1,2])|list", "unique|list", "unique(true)|list", "unique(attribute='k')|list",
    "sort", "sort(true)", "sort(case_sensitive=true)", "sort(attribute='k')", "sort(attribute='n.v')", "min", "max",
    "min(attribute='k')", "max(case_sensitive=true)", "sum", "sum(start=5)", "sum(attribute='n')", "reverse|list", "dictsort",
    "dictsort(true)", "dictsort(by='value')", "dictsort(reverse=true)", "items|list", "sort(attribute=none)", "unique(attribute=none)|list",
    "join(',', none)", "map(attribute=none)|list", "map(attribute='zz', default=none)|list", "selectattr|list"]
ANY_FILTERS = [
    "length", "length(1)", "first", "last", "default('d')", "default('d', true)", "default(default_value='z', boolean=true)", "string",
    "list", "tojson", "tojson(indent=2)", "tojson(true)", "tojson(ensure_ascii=false)", "tojson(separators=(',',':'))",
    "tojson(sort_keys=true)", "tojson(false,4)", "tojson(indnt=2)", "tojson(indent=' ')", "tojson(indent=2.5)", "tojson(indent=none)"]
METHODS = [
    "strip()", "strip('x ')", "strip(none)", "strip('a','b')", "lstrip()", "rstrip('c')", "split()", "split(',')", "split(',',1)",
    "split(',',maxsplit=1)", "split(sep=',')", "split(maxsplit=1)", "split(none,1)", "rsplit(',',1)", "rsplit(none,1)", "rsplit()",
    "splitlines()", "startswith('a')", "startswith(('a','H'))", "endswith('c')", "upper()", "lower(1)", "title()", "capitalize()",
    "replace('l','L')", "replace('l','L',1)", "find('l')", "find('zz')", "count('l')", "count('')", "join(['a','b'])", "join([1,2])",
    "index('l')", "isdigit()", "isspace()", "get('b')", "get('zz')", "get('zz','d')", "get('zz',default='d')", "get()",
    "items()|list", "keys()|list", "values()|list", "index(1)", "count(1)", "count('l',5)"]
TESTS = ["defined", "undefined", "none", "boolean", "true", "false", "string", "number", "integer", "float", "mapping", "iterable",
         "sequence", "callable", "equalto(7)", "eq 7", "sameas none", "ne 7", "lt 7", "le(7)", "gt 7", "ge 7", "in [7,'12']", "odd",
         "even", "divisibleby 3", "lower", "upper"]
OPERATORS = ["{} + 1", "{} ~ 1", "{} * 2", "{} - 1", "{} / 2", "{} // 2", "{} % 2", "{} ** 2", "-{}", "not {}", "{} == 7", "{} < 3",
             "{} in 'a7'", "1 in {}", "{} and 'x'", "{} or 'x'", "{}[0]", "{}[-1]", "{}[1:]", "{}[::-1]", "{}['k']", "{}.k",
             "'y' if {} else 'n'", "[{}, 1]"]


def expressions():
    values = [*TEXTS, *LISTS, *OTHERS]
    applied = [(values, ["({})|" + name for name in ANY_FILTERS]), (values, ["({}) is " + test for test in TESTS]),
               (values, [operator.replace("{}", "({})") for operator in OPERATORS]),
               ([*TEXTS, *OTHERS], ["({})|" + name for name in [*TEXT_FILTERS, *NUMBER_FILTERS]]),
               ([*LISTS, *OTHERS, "'aBa'"], ["({})|" + name for name in LIST_FILTERS]),
               ([*TEXTS, *LISTS[:2], *OTHERS[:2]], ["({})." + method for method in METHODS])]
    for some, patterns in applied:
        for pattern in patterns:
            for value in some:
                yield "{{ " + pattern.replace("{}", value) + " }}"


def main():
    environment, rows = templates(), {}
    for template in expressions():
        try:
            text = environment.from_string(template).render()
        except Exception:  # noqa: BLE001 - whatever it raises, it refuses
            text = None
        # How Python prints an iterator is nobody's text.
        if text is None or not re.search(r"<\w+ (object|iterator)|dict_items", text):
            rows[template] = text
    with open(pathlib.Path(sys.argv[1]) / "expressions.jsonl", "w", encoding="utf-8") as out:
        for row in rows.items():
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).replace("\u2028", "\\u2028") + "\n")
    print(len(rows), "expressions, of which", sum(text is None for text in rows.values()), "are refused")


if __name__ == "__main__":
    main()
