import CleaveStorage
import CleaveTrain
import Glibc
import TestSupport
import Testing

/// A store that is not whole, or holds what cannot be, is refused by name.
@Suite struct CaptureStoreTests {
  private let fixture: TrainFixture
  private let scratch: Scratch
  private let store: CaptureStore

  init() throws {
    fixture = try TrainFixture()
    scratch = fixture.scratch
    var data = try fixture.settings(["one", "two", "three"])
    data.heldOutOneIn = 3
    var plan = CapturePlan(
      model: try fixture.model().path, directory: scratch("store"), data: data, depths: [1, 4])
    plan.topK = 5
    plan.threads = 1
    store = try Capture(plan).run()
  }

  private func expectRefusal(
    _ text: String, _ comment: String = "", _ body: (CaptureStore) throws -> Void = { _ in }
  ) {
    #expect(Comment(rawValue: comment)) {
      try body(try CaptureStore(opening: scratch("store")))
    } throws: {
      $0 is InputError && "\($0)".contains(text)
    }
  }

  private func damage(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
    var bytes = try readFile(scratch("store/\(name)"))
    change(&bytes)
    try scratch.write(bytes, to: "store/\(name)")
  }

  @Test func whatWasWrittenIsRead() throws {
    let again = try CaptureStore(opening: scratch("store"))
    #expect(again.configuration == store.configuration && again.sequences == store.sequences)
    #expect(again.configuration.depths == [1, 4] && again.configuration.topK == 5)
    #expect(again.tokenCount == again.sequences.reduce(0) { $0 + $1.length })
    for index in again.sequences.indices {
      let sequence = try again.read(index)
      #expect(sequence == (try store.read(index)))
      let length = again.sequences[index].length
      #expect(sequence.states.map(\.count) == [length * 48, length * 48])
      #expect(sequence.topIDs.count == 5 * length && sequence.logSumExp.count == length)
    }
    #expect(try again.damagedFiles().isEmpty)
  }

  @Test func whatIsNoStoreIsRefused() throws {
    #expect(throws: InputError.self) { try CaptureStore(opening: scratch("nothing")) }
    #expect(throws: InputError.self) { try CaptureStore(opening: scratch("prompts.jsonl")) }
    #expect(throws: InputError.self) { try CaptureStore(opening: scratch("model")) }
  }

  @Test(arguments: [
    "capture.json", "sequences.bin", "tokens.bin", "states.bin", "exponents.bin", "teacher.bin",
  ])
  func aFileThatIsMissingOrOfAnotherSizeIsRefused(_ name: String) throws {
    let whole = try readFile(scratch("store/\(name)"))
    for bytes in [Array(whole.dropLast(3)), whole + [65], []] {
      try scratch.write(bytes, to: "store/\(name)")
      expectRefusal(name, "\(bytes.count) bytes")
    }
    try scratch.remove("store/\(name)")
    expectRefusal(name, "missing")
  }

  @Test(arguments: [
    (#""schema": "cleave.capture""#, #""schema": "cleave.artifact""#, "schema"),
    (#""version": 2"#, #""version": 1"#, "version: found 1; expected version 2"),
    (#""hidden_size": 48"#, #""hidden_size": 32"#, "files.states.bin.bytes"),
    (#""hidden_size": 48"#, #""hidden_size": 0"#, "hidden_size: found 0"),
    (#""hidden_size": 48"#, #""hidden_size": 9223372036854775807"#, "hidden_size"),
    (#""top_k": 5"#, #""top_k": 6"#, "files.teacher.bin.bytes"),
    (#""top_k": 5"#, #""top_k": 0"#, "top_k"),
    (#""vocabulary_size": 320"#, #""vocabulary_size": 4"#, "top_k: found 5; expected an integer"),
    (#""sequences": 3"#, #""sequences": 2"#, "files.sequences.bin.bytes"),
    (#""sequences": 3"#, #""sequences": -1"#, "sequences"),
    (#""tokens": "#, #""tokens": 1"#, "bytes"),
    (#""tokens": "#, #""tokens": -"#, "tokens"),
    (#""block_count": "#, #""block_count": -"#, "block_count"),
    (#""model_id": ""#, #""model": ""#, "no \"model_id\""),
    (#""key": ""#, #""keys": ""#, "no \"key\""),
    (#""teacher.bin": {"#, #""teachers.bin": {"#, "no \"teacher.bin\""),
  ])
  func numbersThatCannotBeAreRefused(_ old: String, _ new: String, _ message: String) throws {
    try scratch.edit("store/capture.json", old, new)
    expectRefusal(message)
  }

  @Test(arguments: ["[4, 1]", "[1, 1]", "[]", "[1, 99]", "[-1, 4]", "7"])
  func depthsThatCannotBeAreRefused(_ depths: String) throws {
    let text = String(decoding: try readFile(scratch("store/capture.json")), as: UTF8.self)
    let parts = text.split(separator: "\"depths\":", maxSplits: 1)
    let rest = try #require(parts[1].firstIndex(of: "]"))
    try scratch.write(
      "\(parts[0])\"depths\": \(depths)\(parts[1][parts[1].index(after: rest)...])",
      to: "store/capture.json")
    expectRefusal("depths")
  }

  /// The digest in the manifest is mended: the numbers themselves are looked at.
  @Test(
    arguments: [
      (32, [0, 0, 0, 0], "record 0, length: found 0"),
      (36, [255, 255, 255, 0], "record 0, prompt length"),
      (40, [2, 0, 0, 0], "record 0, split: found 2"),
      (32, [255, 255, 255, 255], "sequences of"),
    ] as [(Int, [UInt8], String)])
  func recordsThatCannotBeAreRefused(_ at: Int, _ bytes: [UInt8], _ message: String) throws {
    let before = FileDigest(of: try readFile(scratch("store/sequences.bin"))).sha256
    try damage("sequences.bin") { $0.replaceSubrange(at..<(at + 4), with: bytes) }
    expectRefusal("sequences.bin: found SHA-256")
    let after = FileDigest(of: try readFile(scratch("store/sequences.bin"))).sha256
    try scratch.edit("store/capture.json", before, after)
    expectRefusal(message)
  }

  @Test func contentsThatCannotBeAreRefusedWhenRead() throws {
    let length = store.sequences[0].length
    let tokens = store.sequences.reduce(0) { $0 + $1.length }
    let damages: [(file: String, at: Int, bytes: [UInt8], message: String)] = [
      ("tokens.bin", 4, [64, 1, 0, 0], "sequence 0: found the id 320; expected ids below 320"),
      ("tokens.bin", 4 * tokens - 1, [255], "sequence 2: found the id"),
      ("states.bin", 1, [0x7C], "sequence 0: found a state that is not finite"),
      ("exponents.bin", 0, [114], "sequence 0: found the exponent 114; expected at most 113"),
      ("teacher.bin", 3, [1], "sequence 0: found the id"),
      ("teacher.bin", 4 * 5 * length, [0, 0, 0xC0, 0x7F], "sequence 0: found a number"),
      ("teacher.bin", 8 * 5 * length, [0, 0, 0x80, 0xFF], "sequence 0: found a number"),
    ]
    for (file, at, bytes, message) in damages {
      let whole = try readFile(scratch("store/\(file)"))
      try damage(file) { $0.replaceSubrange(at..<(at + bytes.count), with: bytes) }
      expectRefusal(message, "\(file) at \(at)") { store in
        for index in store.sequences.indices { _ = try store.read(index) }
      }
      #expect(try CaptureStore(opening: scratch("store")).damagedFiles() == [file])
      try scratch.write(whole, to: "store/\(file)")
    }
  }

  /// It was whole when it was opened.
  @Test func aFileThatBecomesShorterIsAnError() throws {
    let opened = try CaptureStore(opening: scratch("store"))
    #expect(truncated("store/states.bin"))
    #expect {
      for index in opened.sequences.indices { _ = try opened.read(index) }
    } throws: {
      $0 is InputError && "\($0)".contains("states.bin: found an end at byte")
    }
  }

  private func truncated(_ name: String) -> Bool {
    let path = scratch(name)
    return chmod(path, 0o644) == 0 && truncate(path, 100) == 0
  }

  @Test func damagedManifestsAreInputErrors() throws {
    let whole = try readFile(scratch("store/capture.json"))
    var mutator = Mutator(seed: 11)
    expectInputErrorsOnly(300) { _ in
      try scratch.write(mutator.mutate(text: whole), to: "store/capture.json")
      let store = try CaptureStore(opening: scratch("store"))
      for index in store.sequences.indices { _ = try store.read(index) }
    }
  }
}
