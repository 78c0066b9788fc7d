import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import Glibc
import TestSupport
import Testing

/// What the bodies of exits compute, against their formulas in doubles.
@Suite struct ExitFormulaTests {
  private let pool: ThreadPool

  init() throws { pool = try ThreadPool(threads: 2) }

  @Test(
    arguments: [ExitBody.norm, .affine(rank: nil), .affine(rank: 32), .mlp],
    [TensorType.f32, .q8_0])
  func anExitComputesItsFormula(_ body: ExitBody, type: TensorType) async throws {
    let scratch = try Scratch()
    let model = try TinyModel.sharded.withExits([2, 4], into: scratch) {
      $0.placement.bodies = [body]
    }
    let random = try RandomExits(model, type: type, into: scratch)
    _ = try TinyModel.partition(random.artifact, into: scratch)
    let edge = try EdgeModel(try Artifact(opening: scratch("edge")))
    for prompt in try TinyModel.sharded.expected() {
      for (index, exit) in model.manifest.exits.enumerated() {
        let session = EdgeSession(
          edge, policy: .init(thresholds: [index == 0 ? 0 : 2, 0], mode: .standalone),
          numerics: .exact, pool: pool)
        try await session.feed(prompt.ids)
        let answer = try await session.answer()
        let reference = Reference(
          exit, random.weights, configuration: model.manifest.configuration)
        let state = try state(of: random.artifact, prompt.ids, depth: exit.depth)
        let expected = try reference.answer(state, unembedding: unembedding(of: model))
        #expect(answer.token == expected.token)
        #expect(abs(Double(answer.confidence) - expected.probability) < 1e-4)
      }
    }
  }

  /// The last position's, after so many blocks.
  private func state(of artifact: Artifact, _ tokens: [Int], depth: Int) throws -> [Double] {
    let model = try LayerwiseModel(artifact, numerics: .exact, pool: pool)
    var states = try model.embed(tokens)
    for block in 0..<depth { try model.run(try model.block(block), &states) }
    return states.suffix(model.configuration.hiddenSize).map(Double.init)
  }

  private func unembedding(of model: Artifact) throws -> [[Double]] {
    let tensor = try #require(
      try model.tensors(in: ArtifactLayout.embedding)[WeightName.tokenEmbedding.text])
    try #require(tensor.type == .bf16)
    let bytes = tensor.withBytes { Array($0) }
    let values = stride(from: 0, to: bytes.count, by: 2).map {
      Float(bitPattern: UInt32(bytes[$0]) << 16 | UInt32(bytes[$0 + 1]) << 24)
    }
    return Reference.rows(values, columns: tensor.shape[1])
  }
}

/// Plain loops over doubles.
private struct Reference {
  let exit: ExitRecord
  let weights: [String: [Float]]
  let configuration: ModelConfiguration

  init(_ exit: ExitRecord, _ weights: [String: [Float]], configuration: ModelConfiguration) {
    self.exit = exit
    self.weights = weights
    self.configuration = configuration
  }

  func answer(
    _ state: [Double], unembedding: [[Double]]
  ) throws -> (token: Int, probability: Double) {
    let normed = norm(body(state), vector("norm.weight"))
    let logits = product(unembedding, normed)
    let token = try #require(logits.indices.max { logits[$0] < logits[$1] })
    let sum = logits.reduce(0) { $0 + exp($1 - logits[token]) }
    return (token, 1 / sum)
  }

  private func body(_ x: [Double]) -> [Double] {
    let hidden = configuration.hiddenSize
    var added: [Double]
    switch exit.body {
    case .norm, .tail: return x
    case .affine(nil):
      added = product(matrix("affine.weight", hidden), x)
    case .affine(let rank?):
      let down = product(matrix("affine.down.weight", hidden), x)
      added = product(matrix("affine.up.weight", rank), down)
    case .mlp:
      let n = norm(x, vector("mlp.norm.weight"))
      let gate = product(matrix("mlp.gate.weight", hidden), n)
      let up = product(matrix("mlp.up.weight", hidden), n)
      let gated = zip(gate, up).map { $0 / (1 + exp(-$0)) * $1 }
      return sum(x, product(matrix("mlp.down.weight", configuration.intermediateSize), gated))
    }
    added = sum(added, vector("affine.bias"))
    return sum(x, added)
  }

  private func vector(_ name: String) -> [Double] {
    weights["exits.\(exit.depth).\(name)"]!.map(Double.init)
  }

  private func matrix(_ name: String, _ columns: Int) -> [[Double]] {
    Self.rows(weights["exits.\(exit.depth).\(name)"]!, columns: columns)
  }

  static func rows(_ values: [Float], columns: Int) -> [[Double]] {
    stride(from: 0, to: values.count, by: columns).map {
      values[$0..<$0 + columns].map(Double.init)
    }
  }

  private func product(_ matrix: [[Double]], _ x: [Double]) -> [Double] {
    matrix.map { row in zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  private func sum(_ x: [Double], _ y: [Double]) -> [Double] { zip(x, y).map { $0 + $1 } }

  private func norm(_ x: [Double], _ weight: [Double]) -> [Double] {
    let square = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
    let scale = 1 / (square + Double(configuration.normEpsilon)).squareRoot()
    return zip(x, weight).map { $0 * scale * $1 }
  }
}
