import CleaveModel
import CleaveStorage
import Testing

/// The cost of models, beside counts by hand.
@Suite struct ModelCostTests {
  private static let weight = 1e-10
  private static let costs = ThreadCosts(
    threads: 1,
    products: [
      .q8_0: ProductTable(columns: [1, 8], secondsPerWeight: [weight, 4 * weight]),
      .f32: ProductTable(columns: [1, 8], secondsPerWeight: [2 * weight, 8 * weight]),
    ], attention: 3e-10, value: 5e-9, logit: 7e-9, block: 1e-5)
  private static let device = DeviceProfile(
    name: "bench", processor: "one core", threads: 1, memoryBytes: 1 << 30,
    power: .init(idleWatts: 1, busyWatts: 10), costs: .measured([costs]))

  private static let manifest = Result {
    try TinyArtifact.manifest(exits: [
      ExitRecord(depth: 2, body: .tail(blocks: 1, map: AffineMap()), threshold: 0.9),
      ExitRecord(depth: 4, body: .mlp, threshold: 0.9),
    ])
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(a, b) }

  @Test func aTableIsLinearAndThenInProportion() {
    let table = ProductTable(columns: [1, 2, 8], secondsPerWeight: [1, 1.5, 6])
    let expected = [(0.5, 1.0), (1, 1), (1.5, 1.25), (2, 1.5), (5, 3.75), (8, 6), (16, 12)]
    for (columns, seconds) in expected { #expect(table.seconds(columns: columns) == seconds) }
  }

  @Test func blocksAndHeadByHand() throws {
    let manifest = try Self.manifest.get()
    let c = manifest.configuration
    let cost = try ModelCost(manifest, on: Self.device, threads: 1)
    let (h, q, kv, i) = (c.hiddenSize, c.querySize, c.kvSize, c.intermediateSize)
    func block(_ columns: Int, _ context: Int, perWeight: Double) -> Double {
      let weights = 2 * h * q + 2 * h * kv + 3 * h * i
      let values = columns * (2 * h + 2 * q + 2 * kv + i)
      let pairs = columns * (context + 1) * q
      let products = Double(weights) * perWeight
      return products + Double(pairs) * 3e-10 + Double(values) * 5e-9 + 1e-5
    }
    #expect(
      isClose(
        cost.blocks(1..<4, columns: 1, context: 9), 3 * block(1, 9, perWeight: Self.weight)))
    #expect(
      isClose(
        cost.blocks(0..<1, columns: 16, context: 4), block(16, 4, perWeight: 8 * Self.weight)))
    let logits = Double(c.vocabularySize)
    let row = Double(h) * 5e-9 + logits * 7e-9
    let head = logits * Double(h) * Self.weight + row
    #expect(isClose(cost.head(rows: 1), head))
    #expect(isClose(cost.head(rows: 8), logits * Double(h) * 4 * Self.weight + 8 * row))
    let map = Double(h * h) * Self.weight + Double(h) * 5e-9
    #expect(
      isClose(
        cost.exit(0, columns: 1, context: 9), map + block(1, 9, perWeight: Self.weight) + head))
    let mlp = Double(3 * h * i) * Self.weight + Double(h + i) * 5e-9
    #expect(isClose(cost.exit(1, columns: 5, context: 9), mlp + head))
    #expect(cost.exitHead(1, rows: 1) == cost.head(rows: 1))
    #expect(cost.energy(seconds: 3) == 30)
  }

  /// A block of a tail costs the same however many there are, and is looked for once among the tensors of all.
  @Test func aLongTailIsTheSumOfItsBlocks() throws {
    func seconds(_ blocks: Int) throws -> Double {
      let manifest = try TinyArtifact.manifest(exits: [
        ExitRecord(depth: 2, body: .tail(blocks: blocks), threshold: 0.9)
      ])
      let cost = try ModelCost(manifest, on: Self.device, threads: 1)
      return cost.exit(0, columns: 1, context: 9)
    }
    let (one, two) = (try seconds(1), try seconds(2))
    #expect(abs(try seconds(4096) - one - 4095 * (two - one)) <= 1e-6 * 4096 * two)
    #expect(two > one)
  }

  @Test func bytesAreThoseOfFiles() throws {
    let manifest = try Self.manifest.get()
    let c = manifest.configuration
    let cost = try ModelCost(manifest, on: Self.device, threads: 1)
    let files = Dictionary(uniqueKeysWithValues: manifest.files.map { ($0.path, $0.digest.bytes) })
    #expect(
      cost.blockBytes(0..<2)
        == files[ArtifactLayout.block(0)]! + files[ArtifactLayout.block(1)]!)
    #expect(cost.headBytes() == files[ArtifactLayout.head]! + files[ArtifactLayout.embedding]!)
    #expect(cost.exitBytes(0) == 384 && cost.exitVocabularyBytes() == 0)
    #expect(cost.kvBytes(0..<6, positions: 10) == 6 * 10 * c.kvSize * 4)
    #expect(cost.exitKVBytes(0, positions: 10) == 10 * c.kvSize * 4)
    #expect(cost.exitKVBytes(1, positions: 10) == 0)
  }

  @Test(arguments: [device, DeviceProfileTests.declared])
  func risesWithColumnsAndContext(_ device: DeviceProfile) throws {
    let cost = try ModelCost(try Self.manifest.get(), on: device, threads: 1)
    var last = 0.0
    for columns in [1, 2, 3, 7, 8, 9, 100, 512, 4096] {
      let now = cost.blocks(0..<6, columns: columns, context: 100)
      #expect(now > last)
      #expect(cost.blocks(0..<6, columns: columns, context: 101) > now)
      #expect(
        cost.exit(0, columns: columns, context: 101) > cost.exit(0, columns: columns, context: 100))
      last = now
    }
    #expect(cost.head(rows: 9) > cost.head(rows: 1))
    #expect(cost.blocks(2..<2, columns: 4, context: 4) == 0)
    #expect(cost.blocks(0..<6, columns: 0, context: 4) == 0)
  }

  @Test func declaredCostsAreBytesOrOperations() throws {
    let manifest = try Self.manifest.get()
    let c = manifest.configuration
    let weights = Double(c.vocabularySize * c.hiddenSize)
    let all = try ModelCost(manifest, on: DeviceProfileTests.declared, threads: 4)
    let one = try ModelCost(manifest, on: DeviceProfileTests.declared, threads: 1)
    let values = Double(c.hiddenSize + c.vocabularySize) * 8 / 12e9
    #expect(isClose(all.head(rows: 1), weights * 34 / 32 / 12e9 + values))
    #expect(isClose(all.head(rows: 64), weights * 128 / 150e9 + 64 * values))
    #expect(isClose(one.head(rows: 64), weights * 4 * 128 / 150e9 + 64 * values))
    #expect(all.energy(seconds: 1) == nil)
    #expect(throws: InputError.self) {
      try ModelCost(manifest, on: DeviceProfileTests.declared, threads: 5)
    }
  }

  @Test func namesWhatTheProfileLacks() throws {
    let manifest = try Self.manifest.get()
    var poor = Self.costs
    poor.products[.q8_0] = nil
    var device = Self.device
    device.costs = .measured([poor])
    let error = #expect(throws: InputError.self) {
      try ModelCost(manifest, on: device, threads: 1)
    }
    #expect(error?.found.contains("no row of Q8_0") == true && error?.file == "bench")
    let threads = #expect(throws: InputError.self) {
      try ModelCost(manifest, on: Self.device, threads: 2)
    }
    #expect(threads?.location == "threads" && threads?.expected.contains("1") == true)
  }

  /// A window ends what attention costs; experts that no token takes are not read.
  @Test func windowsAndExperts() throws {
    var manifest = try Self.manifest.get()
    manifest.exits = []
    manifest.configuration.window = SlidingWindow(size: 16, blocks: [0])
    let cost = try ModelCost(manifest, on: Self.device, threads: 1)
    #expect(
      cost.blocks(0..<1, columns: 1, context: 15) == cost.blocks(0..<1, columns: 1, context: 900))
    #expect(
      cost.blocks(1..<2, columns: 1, context: 15) < cost.blocks(1..<2, columns: 1, context: 900))

    var mixture = try Self.manifest.get()
    mixture.exits = []
    mixture.configuration.block.experts = Experts(count: 4, perToken: 1, normalized: true)
    let index = try #require(mixture.files.firstIndex { $0.path == ArtifactLayout.block(0) })
    mixture.files[index].tensors = [
      TensorRecord(name: "blocks.0.experts.gate.weight", type: .q8_0, shape: [4 * 64, 64])
    ]
    let experts = try ModelCost(mixture, on: Self.device, threads: 1)
    let c = mixture.configuration
    let values = 2 * c.hiddenSize + 2 * c.querySize + 2 * c.kvSize + c.intermediateSize
    let rest = Double(c.querySize) * 3e-10 + Double(values) * 5e-9 + 1e-5
    #expect(
      isClose(
        experts.blocks(0..<1, columns: 1, context: 0), 64 * 64 * Self.weight + rest))
  }
}
