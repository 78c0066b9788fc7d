"""python3 -m unittest discover -s tools/layout: the checks of the layout, on trees made up here."""

import importlib.util
import sys
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path

import folders
import includes
from metrics import functions, stored_properties
from swift_source import code_only, tokens


def load(name):
    """An executable of tools/ as a module."""
    path = Path(__file__).resolve().parent.parent / name
    loader = SourceFileLoader(name.replace("-", "_"), str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


check_layout = load("check-layout")

PACKAGE = """
let package = Package(
  name: "made-up",
  dependencies: [.package(url: "https://example.org/swift-log", from: "1.0.0")],
  targets: [
    .systemLibrary(name: "CJSON", pkgConfig: "json-c", providers: [.apt(["libjson-c-dev"])]),
    .target(name: "CleaveKernels", path: "Sources/Kernels"),
    .target(name: "CleaveModel", dependencies: ["CJSON"], path: "Sources/Model"),
    .target(
      name: "CleaveRuntime",
      dependencies: ["CleaveModel", .product(name: "Logging", package: "swift-log")],
      path: "Sources/Runtime"),
    .target(name: "CleaveTrain", dependencies: ["CleaveRuntime"], path: "Sources/Train"),
    .target(name: "CleaveQuantize", dependencies: ["CleaveModel"], path: "Sources/Quantize"),
  ])
"""
FILES = {
    "Package.swift": PACKAGE,
    "docs/architecture.md": """# Modules
```modules
Kernels:
Model:    CJSON
Runtime:  Model + Logging
Train:    Runtime
Quantize: Model
```
""",
    "Sources/Kernels/products/dot.c": '#include "isa/isa.h"\n',
    "Sources/Kernels/isa/isa.h": "int isa(void);\n",
    "Sources/Model/Files/Reader.swift": "import CJSON\nstruct Reader { struct Line {} }\n",
    "Sources/Model/Artifact/Artifact.swift": "struct Artifact { var reader: Reader }\n",
    "Sources/Runtime/Engine.swift": "import CleaveModel\nprivate import Logging\n",
    "Sources/Train/Trainer.swift": "import CleaveRuntime\nimport Foundation\n",
    "Sources/Quantize/Quantizer.swift": "import CleaveModel\n",
}


class Layout(unittest.TestCase):
    """Each test changes some files of a tree in which nothing is wrong."""

    def found(self, **changes):
        return self.found_in(changes)

    def found_in(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            for name, text in {**FILES, **changes}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return check_layout.check(root)

    def assert_one(self, changes, *words):
        found = self.found_in(changes)
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def test_nothing_wrong(self):
        self.assertEqual(self.found(), [])

    def test_undeclared_import(self):
        file = "Sources/Quantize/Quantizer.swift"
        self.assert_one(
            {file: "import CleaveModel\n@testable import Crypto\n"}, file, "Crypto", "declare")

    def test_import_in_a_comment_is_none(self):
        self.assertEqual(
            self.found_in({"Sources/Runtime/More.swift": "/* import Crypto\nimport A */\n"}), [])

    def test_unused_dependency(self):
        self.assert_one(
            {"Sources/Runtime/Engine.swift": "import CleaveModel\n",
             "docs/architecture.md": FILES["docs/architecture.md"].replace(" + Logging", "")},
            "CleaveRuntime", "Logging", "no file imports")

    def test_stage_imports_stage(self):
        found = self.found_in({
            "Package.swift": PACKAGE.replace('["CleaveRuntime"]', '["CleaveRuntime", "CleaveQuantize"]'),
            "Sources/Train/Trainer.swift": "import CleaveRuntime\nimport CleaveQuantize\n",
            "docs/architecture.md":
                FILES["docs/architecture.md"].replace("    Runtime\n", " Quantize Runtime\n")})
        self.assertEqual(found, ["CleaveTrain imports the stage CleaveQuantize"])

    def test_runtime_needs_a_stage_by_another_module(self):
        found = self.found_in({
            "Package.swift": PACKAGE.replace('["CJSON"]', '["CJSON", "CleaveTrain"]').replace(
                'name: "CleaveTrain", dependencies: ["CleaveRuntime"]', 'name: "CleaveTrain"'),
            "Sources/Model/Files/Reader.swift": "import CJSON\nimport CleaveTrain\n struct Reader {}",
            "Sources/Train/Trainer.swift": ""})
        self.assertTrue(any("CleaveRuntime needs" in m and "CleaveTrain" in m for m in found), found)

    def test_module_circle(self):
        found = self.found_in({
            "Package.swift": PACKAGE.replace('["CJSON"]', '["CJSON", "CleaveRuntime"]'),
            "Sources/Model/Files/Reader.swift": "import CJSON\nimport CleaveRuntime\nstruct Reader {}"})
        self.assertTrue(any("CleaveModel, CleaveRuntime import one another" in m for m in found), found)

    def test_folder_circle(self):
        self.assert_one(
            {"Sources/Model/Files/Reader.swift":
             "import CJSON\nstruct Reader { func read() -> Artifact? { nil } }\n"},
            "circle", "Artifact, Files", "Reader.swift:2 uses Artifact", "Artifact.swift:1 uses Reader")

    def test_a_name_in_a_comment_or_a_string_is_no_use(self):
        self.assertEqual(self.found_in({
            "Sources/Model/Files/Reader.swift":
            'import CJSON\nstruct Reader { let x = "Artifact" /* Artifact */ // Artifact\n}\n'}), [])

    def test_a_name_in_an_interpolation_is_a_use(self):
        self.assert_one(
            {"Sources/Model/Files/Reader.swift":
             'import CJSON\nstruct Reader { let x = "of \\(Artifact.count) files" }\n'}, "circle")

    def test_a_name_after_a_range_is_a_use(self):
        for code in ("1...Artifact.most", "0..<Artifact.most", "0.5 + Artifact.x", "x.0..<Artifact.y"):
            self.assert_one({
                "Sources/Model/Files/Reader.swift":
                f"import CJSON\nstruct Reader {{ let x = {code} }}\n"}, "circle")

    def test_another_type_of_that_name_is_no_use(self):
        for body in (
            "enum Artifact {}; var artifact: Artifact",
            "func read<Artifact: Sequence>(_ a: Artifact) {}",
            "func read(x: Other.Artifact) {}",
            "func read() { struct Artifact {}; _ = Artifact() }",
        ):
            self.assertEqual(self.found_in({
                "Sources/Model/Files/Reader.swift": f"import CJSON\nstruct Reader {{ {body} }}\n"}), [], body)

    def test_an_extension_needs_its_type_and_gives_it_nested_ones(self):
        self.assert_one(
            {"Sources/Model/Artifact/Reader+Page.swift": "extension Reader { struct Page {} }\n",
             "Sources/Model/Files/Pages.swift": "extension Reader { func page() -> Page? { nil } }\n"},
            "circle", "Reader.Page")

    def test_function_circle(self):
        files = {"Sources/Model/Artifact/Names.swift": "func names() -> Int { 1 }\n"}
        reader = "import CJSON\nstruct Reader {{ func read({}) {{ _ = names() }} }}\n"
        self.assert_one(
            {**files, "Sources/Model/Files/Reader.swift": reader.format("")}, "circle", "names()")
        self.assertEqual(self.found_in(
            {**files, "Sources/Model/Files/Reader.swift": reader.format("names: () -> Int")}), [])

    def test_include_circle_and_missing_include(self):
        self.assert_one(
            {"Sources/Kernels/isa/isa.h": '#include "isa/other.h"\n',
             "Sources/Kernels/isa/other.h": '#include "isa.h"\n'}, "isa.h", "other.h", "circle")
        self.assert_one(
            {"Sources/Kernels/isa/isa.h": '#include "../products/dot.h"\n',
             "Sources/Kernels/products/dot.h": "\n"}, "isa", "products", "circle")
        self.assert_one({"Sources/Kernels/isa/isa.h": '#include "gone.h"\n'}, "gone.h", "not there")

    def test_diagram(self):
        document = FILES["docs/architecture.md"]
        self.assert_one(
            {"docs/architecture.md": document.replace("Model + Logging", "Kernels Model + Logging")},
            "Runtime", "Model + Logging")
        self.assert_one({"docs/architecture.md": document.replace("Quantize: Model\n", "")}, "Quantize")
        self.assert_one(
            {"docs/architecture.md": document.replace("Quantize: Model\n", "Quantize: Model\n" * 2)},
            "Quantize", "written twice")
        self.assert_one({"docs/architecture.md": "nothing\n"}, "fenced block")

    def test_documents(self):
        self.assertEqual(self.found_in({
            "README.md": "`Sources/Model/*/Reader.swift`, [modules](docs/architecture.md#modules),"
            " [elsewhere](https://example.org), `Sources/Model`\n"}), [])
        self.assert_one({"README.md": "\n`Sources/Gone.swift`\n"}, "README.md:2", "Gone")
        self.assert_one({"docs/cli.md": "[here](architecture.md) [there](gone.md)\n"}, "gone.md")

    def test_words(self):
        file = "Sources/Runtime/Words.swift"
        self.assert_one({file: "/// Of a batch, the rows.\nstruct A {}\n"}, file + ":1", "Of")
        self.assert_one({file: 'let e = Failure(expected: "it")\n'}, file + ":1", "it")
        self.assert_one({file: "struct A {\n  public var x = 1\n}\n"}, file + ":2", "public")
        self.assertEqual(self.found_in({
            file: "/// The rows.\n/// Of a batch.\n// public\nlet a = \"public var x\"\n",
            "Sources/Runtime/Generated/Wire.swift": "public struct Wire {}\n"}), [])


class Source(unittest.TestCase):
    def test_code_only(self):
        self.assertEqual(code_only("a /* b /* c */ d */ e // f").split(), ["a", "e"])
        self.assertEqual(code_only('"a \\"b" + c').split(), ['""', "+", "c"])
        self.assertEqual(code_only('#"a \\(b)"# + c').split(), ['""', "+", "c"])
        self.assertEqual(code_only('"""\n a "b" \\(c("d"))\n"""\ne').count("\n"), 3)

    def test_lines(self):
        self.assertEqual([(t.text, t.line) for t in tokens('/*\n*/ a\n"""\n\n""" b')],
                         [("a", 2), ('"', 3), ('"', 3), ("b", 5)])


class Metrics(unittest.TestCase):
    def test_functions(self):
        source = """
protocol P { func required(); var x: Int { get } }
struct S {
  init() {
  }
  func long(_ f: () -> Void = {}) -> Int {
    let a = { 1 }
    return a()
  }
}
"""
        self.assertEqual(sorted(functions(tokens(source))), [2, 4])

    def test_stored_properties(self):
        source = """
final class Session {
  var a = 1, b = 2
  private var c = 3
  package private(set) var d = 4
  var e: Int { 5 }
  var f = 6 { didSet { } }
  static var g = 7
  let h = 8
  func i() { var j = 9; j += 1 }
}
extension Session { struct Inner { var k: Int } }
"""
        self.assertEqual(
            stored_properties(tokens(source)), {"Session": ["a", "b", "f", "g"], "Session.Inner": ["k"]})


if __name__ == "__main__":
    unittest.main()
