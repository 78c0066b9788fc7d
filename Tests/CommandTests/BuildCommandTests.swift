import CleaveStorage
import Foundation
import TestSupport
import Testing

/// `cleave build`, `cache` and `recipe` as a CI job uses them.
@Suite(.serialized) struct BuildCommandTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    _ = try scratch.copy(directory: Golden.path("tiny-llama3-f32"), to: "checkpoint")
    for name in Scratch.entries(scratch("checkpoint")) where name.hasSuffix(".gguf") {
      try scratch.remove("checkpoint/\(name)")
    }
    try scratch.write("The small dog\nOnce upon a time\n", to: "prompts.txt")
    try scratch.write(Self.recipe, to: "tiny.yaml")
  }

  private static let recipe = """
    cleave: 1
    source: {checkpoint: checkpoint}
    exits: {at: [2], threshold: 0.2}
    verify: {prompts: prompts.txt, max_tokens: 3}
    exports: [{name: model.gguf, format: gguf}]

    """

  private func build(_ more: String..., cache: String = "cache") throws -> Command {
    try Command(["build", scratch("tiny.yaml"), "--cache", scratch(cache)] + more)
  }

  @Test func aDryRunWritesNothing() throws {
    let before = Scratch.entries(scratch.path)
    let forecast = try build("--dry-run", "--json")
    #expect(forecast.status == 0, "\(forecast.errors)")
    let stages = try forecast.json().required("stages").elements()
    #expect(
      try stages.map { try $0.required("name").string() } == [
        "import", "exits", "partition", "verify", "export model.gguf",
      ])
    let table = try build("--dry-run").output
    #expect(table.contains("stage") && table.contains("of disk in the cache"), "\(table)")
    #expect(Set(Scratch.entries(scratch.path)).subtracting(before) == ["cache"])
  }

  /// What stages keep is predicted beyond what the process has, and not by a bound for all of them.
  @Test func memoryIsPredicted() throws {
    #expect(try build("-q").status == 0)
    let record = try FileSystem.readJSON(scratch("tiny.build/build.json"))
    for stage in try record.required("stages").elements() {
      let name = try stage.required("name").string()
      let fact = try stage.required("anonymous_bytes").int()
      let predicted = try stage.required("prediction").required("anonymous_bytes").int()
      // Threads have heaps of their own, and machines have different numbers of them.
      #expect(abs(predicted - fact) <= 32_000_000, "\(name): \(predicted) for \(fact)")
    }
  }

  @Test func aBuildIsMadeOnceAndHeldAgainstItsLock() throws {
    let first = try build("-q")
    #expect(first.status == 0 && first.errors.isEmpty, "\(first.errors)")
    #expect(first.output.hasSuffix("\nVERIFIED\n"), "\(first.output)")
    #expect(FileSystem.exists(scratch("tiny.build/edge/manifest.json")))
    #expect(FileSystem.exists(scratch("tiny.build/exports/model.gguf")))
    let again = try build("--locked", "--json", "--output", scratch("again"))
    #expect(again.status == 0, "\(again.errors)")
    let stages = try again.json().required("stages").elements()
    #expect(try stages.allSatisfy { try $0.required("reused").bool() })
    // What a lock differs in is a failed check; a directory of somebody else is not touched.
    try scratch.write("Another text\n", to: "prompts.txt")
    let differs = try build("--locked")
    #expect(differs.status == 1 && differs.errors.contains("verify.prompts: prompts.txt: found"))
    let mine = try build("--output", scratch("checkpoint"))
    #expect(mine.status == 2 && mine.errors.contains("something that is no build's output"))
  }

  @Test func aRecipeThatIsWrongIsRefused() throws {
    for (set, status, text) in [
      ("exits.at=[9]", 2, "--set exits.at: "), ("exits.at=[9]", 2, "found depth 9"),
      ("verify.prompts=none.txt", 2, "verify.prompts: found \"none.txt\", and nothing there"),
      ("nothing=1", 2, "found the unknown key \"nothing\""),
    ] as [(String, Int32, String)] {
      for more in [["--dry-run"], []] {
        let command = try Command(
          ["build", scratch("tiny.yaml"), "--cache", scratch("cache"), "--set", set] + more)
        #expect(command.status == status && command.output.isEmpty)
        #expect(command.errors.contains(text), "\(command.errors)")
      }
    }
    try scratch.edit("tiny.yaml", "at: [2]", "at: [2, 6]")
    let deep = try build("--dry-run")
    #expect(deep.status == 2)
    #expect(
      deep.errors.contains("tiny.yaml: line 3, column 17: exits.at[1]: found depth 6; expected"),
      "\(deep.errors)")
    #expect(Scratch.entries(scratch.path).allSatisfy { $0 != "tiny.build" && $0 != "tiny.lock" })
  }

  @Test func anExportThatFailsIsToldAtTheEnd() throws {
    let config = String(
      decoding: try readFile(scratch("checkpoint/config.json")), as: UTF8.self)
    let theta = try #require(config.firstMatch(of: /"rope_theta": ([0-9.]+)/))
    try scratch.write(
      config.replacing(theta.output.0, with: "\"rope_theta\": 10000.1"),
      to: "checkpoint/config.json")
    let failed = try build()
    #expect(failed.status == 1, "\(failed.errors)")
    #expect(failed.output.contains("FAILED  export model.gguf: "), "\(failed.output)")
    #expect(failed.output.hasSuffix("VERIFIED, NOT COMPLETE\n"))
    #expect(FileSystem.exists(scratch("tiny.build/cloud/manifest.json")))
    #expect(!FileSystem.exists(scratch("tiny.lock")))
  }

  /// The directory in which the first stage works, held as by another build.
  private func busy() throws -> FileLock {
    let first = try build("-q", "--json", cache: "other")
    let key = try first.json().required("stages").elements()[0].required("key").string()
    _ = try scratch.makeDirectory("cache")
    for name in ["stages", "work", "recordings", "work/\(key)"] {
      _ = try scratch.makeDirectory("cache/\(name)")
    }
    return try #require(FileLock(scratch("cache/work/\(key)")))
  }

  @Test func anotherBuildIsWaitedForAsLongAsAllowed() throws {
    let lock = try busy()
    let refused = try build("--max-wait", "0")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("found another build that works there"), "\(refused.errors)")
    let waiting = try Command.start(
      "build", scratch("tiny.yaml"), "--cache", scratch("cache"))
    let errors = try #require(waiting.standardError as? Pipe).fileHandleForReading
    var text = ""
    while !text.contains("waiting for another build") {
      let bytes = errors.availableData
      guard !bytes.isEmpty else { break }
      text += String(decoding: bytes, as: UTF8.self)
    }
    waiting.interrupt()
    waiting.waitUntilExit()
    #expect(waiting.terminationReason == .exit && waiting.terminationStatus == 130, "\(text)")
    withExtendedLifetime(lock) {}
  }

  @Test func theCacheIsListedAndPruned() throws {
    #expect(try build("-q").status == 0)
    func items() throws -> [JSONNode] {
      try Command("cache", "list", "--cache", scratch("cache"), "--json").json().elements()
    }
    let stages = try items().map { try $0.required("stage").string() }
    #expect(Set(stages) == ["import", "exits", "partition", "verify", "export model.gguf"])
    let table = try Command("cache", "list", "--cache", scratch("cache")).output
    #expect(table.contains("import") && table.contains("all "), "\(table)")
    let all = try Command("cache", "prune", "--cache", scratch("cache"), "--all")
    #expect(all.output.hasPrefix("removed 5 entries, "), "\(all.output)")
    #expect(try items().isEmpty)
    // Outputs are whole without the cache.
    #expect(
      try Command(
        "verify", scratch("tiny.build/edge"), scratch("tiny.build/cloud"), "--model",
        scratch("tiny.build/model-exits"), "--max-tokens", "2"
      ).status == 0)
    let other = try Command("cache", "list", "--cache", scratch("checkpoint"))
    #expect(other.status == 2 && other.errors.contains("expected a cache of builds"))
  }

  @Test func aRecipeIsDraftedThatCanBeBuilt() throws {
    let draft = try Command("recipe", "init", scratch("checkpoint"), "-o", scratch("new.yaml"))
    #expect(draft.status == 0, "\(draft.errors)")
    #expect(
      try Command("recipe", "init", scratch("checkpoint"), "-o", scratch("new.yaml")).status == 2)
    let forecast = try Command(
      "build", scratch("new.yaml"), "--dry-run", "--cache", scratch("cache"))
    #expect(forecast.status == 0 && forecast.output.contains("train"), "\(forecast.errors)")
    let schema = try Command("recipe", "schema").output
    let specified = try readFile(Golden.path("../../specs/recipe.schema.json"))
    let isAsSpecified = Array(schema.utf8) == specified
    #expect(isAsSpecified, "write specs/recipe.schema.json again: cleave recipe schema")
  }
}
