#!/usr/bin/env python3
"""Judges the documents that `cleave build` writes into bundles, and records the digests of those that it has judged.

    python tools/golden/provenance.py DIRECTORY [Tests/Golden/provenance/judged.json]

DIRECTORY holds README.md, bom.cdx.json and provenance.json: a bundle of a build, or what the tests write with

    CLEAVE_WRITE_DOCUMENTS=DIRECTORY swift test --traits Network --filter DocumentTests/theyAreWhatWasJudged

Tests/Golden/provenance/manifest.json, which these are about, is that of an edge bundle of Tests/Golden/tiny-llama3-f32 with a
licence and a calibration. Needs cyclonedx-python-lib, in-toto-attestation and PyYAML (judges.txt).
"""

import hashlib
import json
import pathlib
import sys

import yaml
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf.json_format import Parse, ParseDict
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

NAMES = ["README.md", "bom.cdx.json", "provenance.json"]


def judge_materials(text):
    errors = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert errors is None, errors
    bom = Bom.from_json(json.loads(text))
    assert bom.metadata.component.type.value == "machine-learning-model"
    assert all(list(component.hashes) for component in bom.components)
    return f"CycloneDX 1.6, {len(bom.components)} components"


def judge_statement(text):
    statement = Parse(text, statement_pb2.Statement())
    Statement.copy_from_pb(statement).validate()
    provenance = ParseDict(json.loads(text)["predicate"], provenance_pb2.Provenance())
    assert provenance.build_definition.build_type and provenance.run_details.builder.id
    assert provenance.build_definition.resolved_dependencies
    return f"in-toto statement of {len(statement.subject)} files, {statement.predicate_type}"


def judge_card(text):
    _, matter, body = text.split("---\n", 2)
    fields = yaml.safe_load(matter)
    assert fields["library_name"] == "cleave"
    return f"model card: {fields.get('license', 'no licence')}, {len(body.splitlines())} lines"


def judge_subjects(directory):
    """The digests of the statement are those of the files that are there."""
    for subject in json.loads((directory / "provenance.json").read_text())["subject"]:
        path = directory / subject["name"]
        if path.exists():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            assert digest == subject["digest"]["sha256"], subject["name"]


def main(directory, record=None):
    directory = pathlib.Path(directory)
    texts = {name: (directory / name).read_text() for name in NAMES}
    print(judge_card(texts["README.md"]))
    print(judge_materials(texts["bom.cdx.json"]))
    print(judge_statement(texts["provenance.json"]))
    judge_subjects(directory)
    if record:
        digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
        pathlib.Path(record).write_text(json.dumps(digests, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
