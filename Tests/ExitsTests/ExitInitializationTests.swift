import CleaveExits
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// The weights of exits before any training.
@Suite struct ExitInitializationTests {
  private let scratch: Scratch
  private let model: Artifact

  init() throws {
    scratch = try Scratch()
    model = try TinyModel.llama3.imported(into: scratch)
  }

  private func value(_ weight: ExitWeight, _ exit: ExitRecord) throws -> InitialWeight {
    try ExitInitialization([exit], .last, model).value(of: weight, in: exit)
  }

  /// The signs as a program in Python computes them from the generator's definition.
  @Test(arguments: [
    (2, "+--++--++-++-+-+-----++-----+---"), (4, "---+-++-+++-+++----++--+--+---++"),
  ])
  func theSignsOfALowRankAreTheSameOnEveryMachine(depth: Int, signs: String) throws {
    let exit = ExitRecord(depth: depth, body: .affine(rank: 3), threshold: 0.9)
    let weight = try value(.affine(.down(rank: 3)), exit)
    let values = try #require(weight.generatedValues)
    let hidden = model.manifest.configuration.hiddenSize
    #expect(values.count == 3 * hidden)
    #expect(String(values.prefix(32).map { $0 > 0 ? "+" : "-" }) == signs)
    #expect(values.allSatisfy { abs($0) == 1 / Float(hidden).squareRoot() })
  }

  @Test func expertsAreNoNetworkToCopy() throws {
    let tiny = try #require(TinyModel.families.first { $0.checkpoint == "families/qwen3-moe" })
    let moe = try tiny.imported(into: scratch, name: "moe")
    let exit = ExitRecord(depth: 1, body: .mlp, threshold: 0.9)
    let error = #expect(throws: InputError.self) { try ExitInitialization([exit], .last, moe) }
    #expect(error?.found == "the body mlp at depth 1, of a mixture of experts")
  }

  @Test func whatABodyAddsIsZero() throws {
    let exit = ExitRecord(depth: 2, body: .affine(rank: 3), threshold: 0.9)
    for weight in [
      ExitWeight.affine(.up(rank: 3)), .affine(.bias), .readout(.matrix), .readout(.bias),
    ] {
      let values = try #require(try value(weight, exit).generatedValues)
      #expect(values.count == weight.shape(in: model.manifest.configuration).reduce(1, *))
      #expect(values.allSatisfy { $0 == 0 })
    }
  }

  /// The norm of every exit is a copy of the final norm.
  @Test func theNormIsACopy() throws {
    let exit = ExitRecord(depth: 3, threshold: 0.9)
    guard case .copy(let tensor) = try value(.norm, exit) else {
      Issue.record("no copy")
      return
    }
    #expect(tensor.name == WeightName.finalNorm.text)
  }
}
