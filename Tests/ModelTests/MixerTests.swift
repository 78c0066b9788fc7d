import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// What manifests say of blocks with a state.
@Suite struct MixerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let change: @Sendable (inout ModelConfiguration) -> Void
    let location: String
    let found: String
    var testDescription: String { "\(location): \(found)" }

    init(
      _ location: String, _ found: String,
      _ change: @escaping @Sendable (inout ModelConfiguration) -> Void
    ) {
      self.change = change
      self.location = location
      self.found = found
    }
  }

  private static let net = DeltaNet(
    keyHeads: 2, valueHeads: 4, keyDimension: 8, valueDimension: 16, kernel: 4, blocks: [1, 2])

  private func configuration(
    _ change: (inout ModelConfiguration) -> Void
  ) throws -> ModelConfiguration {
    var configuration = try TinyArtifact.manifest(exits: [ExitRecord]()).configuration
    change(&configuration)
    try configuration.validate(file: "m", location: "")
    return configuration
  }

  @Test(arguments: TinyModel.stateful) func settingsReadBack(_ tiny: TinyModel) throws {
    let scratch = try Scratch()
    let manifest = try tiny.imported(into: scratch).manifest
    let text = Array(manifest.json.text().utf8)
    let again = try Manifest(try JSONNode(parsing: text, file: "manifest.json"))
    #expect(again == manifest)
    #expect(manifest.configuration.hasStates && manifest.kvBytes.fixed > 0)
    let mixers = (0..<6).map(manifest.configuration.mixer(ofBlock:))
    let expected: [Mixer] =
      manifest.configuration.convolution == nil
      ? [.deltaNet, .deltaNet, .deltaNet, .attention, .deltaNet, .deltaNet]
      : [.convolution, .convolution, .attention, .convolution, .attention, .convolution]
    #expect(mixers == expected)
  }

  @Test(arguments: [
    Case("short_convolution.kernel", "1") {
      $0.convolution = ShortConvolution(kernel: 1, blocks: [0])
    },
    Case("short_convolution.kernel", "17") {
      $0.convolution = ShortConvolution(kernel: 17, blocks: [0])
    },
    Case("short_convolution.blocks", "[]") {
      $0.convolution = ShortConvolution(kernel: 3, blocks: [])
    },
    Case("short_convolution.blocks", "[6]") {
      $0.convolution = ShortConvolution(kernel: 3, blocks: [6])
    },
    Case("short_convolution.blocks", "1, which has a window") {
      $0.window = SlidingWindow(size: 8, blocks: [1])
      $0.convolution = ShortConvolution(kernel: 3, blocks: [1])
    },
    Case("delta_net.blocks", "2, which has a convolution") {
      $0.convolution = ShortConvolution(kernel: 3, blocks: [2])
      $0.deltaNet = net
    },
    Case("delta_net.key_heads", "3") {
      $0.deltaNet = net
      $0.deltaNet?.keyHeads = 3
    },
    Case("delta_net.key_dimension", "6") {
      $0.deltaNet = net
      $0.deltaNet?.keyDimension = 6
    },
    Case("delta_net.value_dimension", "8") {
      $0.deltaNet = net
      $0.deltaNet?.valueDimension = 8
    },
    Case("delta_net.value_heads", "65536 states") {
      $0.deltaNet = net
      $0.deltaNet?.valueHeads = 1 << 16
      $0.deltaNet?.keyDimension = 1 << 16
    },
    Case("delta_net.value_heads", "-4") {
      $0.deltaNet = net
      $0.deltaNet?.valueHeads = -4
    },
  ]) func isRefused(_ hostile: Case) throws {
    let error = #expect(throws: InputError.self) { try configuration(hostile.change) }
    #expect(error?.location == hostile.location, "\(error?.location ?? "")")
    #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
  }

  /// A state takes the same however long a session is.
  @Test func whatASessionKeeps() throws {
    let plain = try configuration { _ in }
    let mixed = try configuration {
      $0.deltaNet = Self.net
      $0.convolution = ShortConvolution(kernel: 3, blocks: [0])
    }
    let kinds = (0..<6).map(mixed.attention(ofBlock:))
    let bytes = mixed.kvBytes(kinds)
    #expect(bytes.perToken == plain.kvBytes((0..<6).map(plain.attention(ofBlock:))).perToken / 2)
    // Two states in three copies with 67 rows of inputs each, and 34 rows of a convolution.
    let net = 3 * 4 * 8 * 16 + 67 * (2 * 2 * 8 + 4 * 16 + 2 * 4)
    #expect(bytes.fixed == 4 * (2 * net + 34 * mixed.hiddenSize))
    #expect(bytes.total(tokens: 10) == bytes.fixed + 10 * bytes.perToken)
  }
}
