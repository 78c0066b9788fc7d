import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// The gradients of every family's blocks, against torch's autograd through transformers' own modules
/// (tools/golden/family_gradients.py).
@Suite struct FamilyGradientTests {
  private let golden: JSONNode
  private let scratch: Scratch

  init() throws {
    let path = "family-gradients.json"
    golden = try JSONNode(parsing: Golden.bytes(path), file: path)
    scratch = try Scratch()
  }

  /// The numbers of the script's formula: a mix of index and seed, in -1 ..< 1.
  private static func numbers(_ count: Int, seed: UInt32) -> [Float] {
    (0..<UInt32(count)).map { index in
      var z = index &+ seed &* 0x9E37_79B1
      z ^= z >> 16
      z = z &* 0x85EB_CA6B
      z ^= z >> 13
      z = z &* 0xC2B2_AE35
      z ^= z >> 16
      return Float(z >> 8) / 0x1p23 - 1
    }
  }

  private static func dot(_ one: [Float], _ other: [Float]) -> Double {
    zip(one, other).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  @Test(arguments: TinyModel.trained) func ofTheLastBlocks(tiny: TinyModel) throws {
    let name = String(tiny.checkpoint.dropFirst("families/".count))
    let expected = try golden.required("families").required(name)
    let network = try network(tiny)
    let lengths = try expected.members().map { try $0.node.required("length").number() }
    // What is 0 in exact arithmetic, as the gradient of keys' biases without RoPE, is rounding on both sides.
    let rounding = 1e-6 * (lengths.max() ?? 0)
    var seen = 0
    for entry in network.parameters.entries {
      let suffix = try #require(
        entry.name.firstRange(of: "tail.") ?? entry.name.firstRange(of: "norm."))
      let wanted = try expected.required(String(entry.name[suffix.lowerBound...]))
      let gradient = network.parameters.gradients.array(entry.range)
      let length = try wanted.required("length").number()
      let found = Self.dot(gradient, gradient).squareRoot()
      #expect(abs(found - length) <= 1e-3 * length + rounding, "\(entry.name)")
      for (index, product) in try wanted.required("products").elements().enumerated() {
        let vector = Self.numbers(gradient.count, seed: UInt32(10 + index))
        let difference = Self.dot(gradient, vector) - (try product.number())
        let width = Self.dot(vector, vector).squareRoot()
        #expect(
          abs(difference) <= (1e-3 * length + rounding) * width,
          "\(entry.name), product \(index)")
      }
      seen += 1
    }
    #expect(seen == (try expected.members().count))
  }

  /// The network of the last blocks and the norm, after a backward pass of the script's loss.
  private func network(_ tiny: TinyModel) throws -> TrainableExits {
    let positions = try golden.required("positions").int()
    let blocks = try golden.required("blocks").int()
    let artifact = try tiny.withExits([1], into: scratch) {
      $0.placement.bodies = [.tail(blocks: blocks)]
      $0.tailStart = .last
    }
    let (exits, hidden) = (artifact.manifest.exits, artifact.manifest.configuration.hiddenSize)
    let network = TrainableExits(
      artifact.manifest.configuration, exits: exits, rows: positions,
      workers: Workers(try ThreadPool(threads: 2)), precision: .float32)
    try network.parameters.set(exits, to: .initial(.last), from: artifact)
    network.begin(BatchLayout(lengths: [positions]))
    let (states, wanted) = (
      FloatBuffer(positions * hidden), FloatBuffer(positions * hidden)
    )
    states.copy(Self.numbers(positions * hidden, seed: 1))
    wanted.copy(Self.numbers(positions * hidden, seed: 2))
    _ = network.forward(
      [states.matrix(positions, hidden)], rows: Array(0..<positions))
    network.backward([wanted.matrix(positions, hidden)])
    return network
  }
}
