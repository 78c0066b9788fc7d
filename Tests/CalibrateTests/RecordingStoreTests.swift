import CleaveCalibrate
import CleavePrompts
import CleaveStorage
import TestSupport
import Testing

/// Recordings on the disk, whole, torn, damaged, and of something else.
@Suite struct RecordingStoreTests {
  private let scratch: Scratch
  private let key = String(repeating: "5a", count: 32)
  private let prompts = [[1, 2, 3], [4], [1, 2]]
  private var path: String { scratch("recording.bin") }

  init() throws { scratch = try Scratch() }

  private func open(_ exits: Int = 2) throws -> RecordingStore {
    try RecordingStore(path, key: key, exitCount: exits)
  }

  /// Some batches, the last of the second prompt.
  ///
  /// - Returns: the trees, those before the last batch, and the bytes of the file before each batch.
  private func fill(
    _ exits: Int = 2
  ) throws -> (trees: [TextTree], before: [TextTree], sizes: [Int]) {
    var random = SplitMix64(seed: 5)
    let store = try open(exits)
    var trees = prompts.map { _ in TextTree(exitCount: exits) }
    var (before, sizes) = (trees, [try readFile(path).count])
    for (prompt, nodes) in [(0, 3), (1, 1), (0, 2), (2, 4), (1, 3)] {
      before = trees
      let first = trees[prompt].count
      trees[prompt].grow(by: nodes, &random)
      try store.append(trees[prompt], from: first, prompt: prompts[prompt])
      sizes.append(try readFile(path).count)
    }
    return (trees, before, sizes)
  }

  private func expect(
    _ trees: [TextTree], in store: RecordingStore, _ comment: Comment? = nil
  ) {
    for (prompt, tree) in zip(prompts, trees) {
      #expect(tree.isSame(as: store.tree(of: prompt)), comment)
    }
  }

  @Test(arguments: [1, 2, 5]) func whatWasWrittenIsReadBack(exits: Int) throws {
    let (trees, _, sizes) = try fill(exits)
    let bytes = try readFile(path)
    #expect(sizes[0] == 19 + 64 + 1)
    for (batch, nodes) in [3, 1, 2, 4, 3].enumerated() {
      #expect(sizes[batch + 1] - sizes[batch] == 4 + 40 + nodes * (16 + 20 * exits) + 8)
    }
    do {
      let store = try open(exits)
      expect(trees, in: store)
      #expect(store.tree(of: [9]) == nil && store.tree(of: []) == nil)
      // Nothing new is nothing to write.
      try store.append(trees[0], from: trees[0].count, prompt: prompts[0])
    }
    #expect(try readFile(path) == bytes)
  }

  /// With feedback a node says whether the cloud was asked for its token.
  @Test func placesOfAskingAreReadBack() throws {
    var random = SplitMix64(seed: 7)
    var tree = TextTree(exitCount: 2, hasFeedback: true)
    tree.grow(by: 40, &random)
    func open(_ hasFeedback: Bool = true) throws -> RecordingStore {
      try RecordingStore(path, key: key, exitCount: 2, hasFeedback: hasFeedback)
    }
    try open().append(tree, from: 0, prompt: prompts[0])
    #expect(tree.asked.contains(true) && tree.asked.contains(false))
    #expect(tree.isSame(as: try open().tree(of: prompts[0])))
    // A recording without feedback has another header.
    #expect(throws: InputError.self) { try open(false) }
    // Where that is neither 0 nor 1 the batch is no batch.
    var bytes = try readFile(path)
    let asked = 19 + 64 + 1 + 4 + 40 + 8
    #expect(bytes[asked] <= 1)
    bytes[asked] = 2
    let body = Array(bytes[(19 + 64 + 1 + 4)..<(bytes.count - 8)])
    let check = ContentDigest(sha256: FileDigest(of: body).sha256)!.bytes.prefix(8)
    try scratch.write(Array(bytes.dropLast(8)) + check, to: "recording.bin")
    #expect(try open().tree(of: prompts[0]) == nil)
  }

  /// As a kill leaves it.
  @Test func aTornBatchIsCutOffAndWrittenAgain() throws {
    let (trees, before, sizes) = try fill()
    let bytes = try readFile(path)
    let start = sizes[sizes.count - 2]
    for size in start..<bytes.count {
      try scratch.write(Array(bytes.prefix(size)), to: "recording.bin")
      do {
        let store = try open()
        for (prompt, tree) in zip(prompts, before) {
          #expect(tree.isSame(as: store.tree(of: prompt)), "\(size) bytes")
        }
        try store.append(trees[1], from: before[1].count, prompt: prompts[1])
      }
      #expect(try readFile(path) == bytes)
    }
  }

  @Test func aTornHeaderIsNoRecordingYet() throws {
    let (_, _, sizes) = try fill()
    let bytes = try readFile(path)
    for size in 0...sizes[0] {
      try scratch.write(Array(bytes.prefix(size)), to: "recording.bin")
      #expect(try open().tree(of: prompts[0]) == nil)
      #expect(try readFile(path) == Array(bytes.prefix(sizes[0])))
    }
  }

  @Test func aDamagedBatchEndsTheRecording() throws {
    let (_, before, sizes) = try fill()
    let bytes = try readFile(path)
    let start = sizes[sizes.count - 2]
    for byte in start..<bytes.count {
      var damaged = bytes
      damaged[byte] ^= 1 << UInt8(byte % 8)
      try scratch.write(damaged, to: "recording.bin")
      expect(before, in: try open(), "byte \(byte)")
      #expect(try readFile(path) == Array(bytes.prefix(start)))
    }
  }

  /// What stands behind a damage goes too: it may go on from what is lost.
  @Test func whatIsBehindADamageIsCutOff() throws {
    let (_, _, sizes) = try fill()
    var bytes = try readFile(path)
    bytes[sizes[1] + 20] ^= 4
    try scratch.write(bytes, to: "recording.bin")
    let store = try open()
    #expect(store.tree(of: prompts[0])?.count == 3)
    #expect(store.tree(of: prompts[1]) == nil && store.tree(of: prompts[2]) == nil)
    #expect(try readFile(path).count == sizes[1])
  }

  /// A batch that is whole, but does not go on from what is before it.
  @Test func batchesThatDoNotFollowAreCutOff() throws {
    let (_, _, sizes) = try fill()
    let bytes = try readFile(path)
    let batches = zip(sizes, sizes.dropFirst()).map { Array(bytes[$0..<$1]) }
    for (order, kept) in [([0, 0], 1), ([2], 0), ([0, 1, 4, 4], 3)] {
      try scratch.write(
        Array(bytes.prefix(sizes[0])) + order.flatMap { batches[$0] }, to: "recording.bin")
      _ = try open()
      #expect(
        try readFile(path).count
          == sizes[0] + order.prefix(kept).map { batches[$0].count }.reduce(0, +))
    }
  }

  @Test func otherNumbersOfExitsAreNotReadAsTheirs() throws {
    _ = try fill(2)
    #expect(try open(3).tree(of: prompts[0]) == nil)
  }

  @Test func whatIsNotThisRecordingIsRefusedAndLeftAlone() throws {
    _ = try fill()
    let recording = try readFile(path)
    let other = String(repeating: "5b", count: 32)
    var damaged = recording
    damaged[3] ^= 1
    for (bytes, key, found) in [
      (recording, other, "a recording of other weights, exits or numerics"),
      (Array("A letter to nobody.\n".utf8), key, "no recording"), ([0], key, "no recording"),
      (damaged, key, "no recording"),
      (Array("cleave-recording 3\n\(key)\n".utf8), key, "no recording"),
    ] {
      try scratch.write(bytes, to: "recording.bin")
      let error = #expect(throws: InputError.self) {
        try RecordingStore(path, key: key, exitCount: 2)
      }
      #expect(error?.file == path && error?.found == found)
      #expect(error?.advice?.contains("--work") == true)
      #expect(try readFile(path) == bytes)
    }
  }

  @Test func onlyOneWritesAtATime() throws {
    let (trees, _, _) = try fill()
    let bytes = try readFile(path)
    var first: RecordingStore? = try open()
    let error = #expect(throws: OutputError.self) { try open() }
    #expect(error?.path == path && error?.reason.contains("another process") == true)
    #expect(try readFile(path) == bytes)
    #expect(first?.tree(of: prompts[0]) != nil)
    first = nil
    expect(trees, in: try open())
  }

  @Test func manyDamagesOpenOrAreRefused() throws {
    _ = try fill()
    let bytes = try readFile(path)
    var mutator = Mutator(seed: 9)
    for _ in 0..<300 {
      try scratch.write(mutator.mutate(bytes), to: "recording.bin")
      do {
        let store = try open()
        for prompt in prompts { #expect((store.tree(of: prompt)?.count ?? 0) <= 5) }
      } catch is InputError {}
    }
  }
}
