import CleaveCalibrate
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Against scipy and confseq (tools/golden/risk_tests.py).
@Suite struct RiskTestGoldenTests {
  private let golden: JSONNode

  init() throws {
    let name = "risk-tests/expected.json"
    golden = try JSONNode(parsing: try Golden.bytes(name), file: name)
  }

  private func cases(_ name: String) throws -> [JSONNode] {
    let cases = try golden.required(name).elements()
    #expect(cases.count >= 15)
    return cases
  }

  @Test func binomialTailsAreScipys() throws {
    for node in try cases("binomial") {
      let expected = try node.required("p").number()
      let tail = Binomial(
        count: try node.required("count").int(), probability: try node.required("risk").number()
      ).cumulative(try node.required("hits").int())
      #expect(abs(tail - expected) <= 1e-9 * expected, "\(node.path): \(tail), \(expected)")
    }
  }

  @Test(arguments: [
    ("bounded", CalibrationPromise.Procedure.hoeffdingBentkus), ("betting", .betting),
  ])
  func pValuesAreTheirs(name: String, procedure: CalibrationPromise.Procedure) throws {
    for node in try cases(name) {
      let test = RiskTest(
        procedure: procedure, risk: try node.required("risk").number(), delta: 0.1)
      let expected = try node.required("p").number()
      let pValue = test.pValue(try node.numbers("losses"), prior: try node.numbers("prior"))
      #expect(abs(pValue - expected) <= 1e-7 * expected, "\(node.path): \(pValue), \(expected)")
      #expect(
        test.passes(try node.numbers("losses"), prior: try node.numbers("prior"))
          == (expected <= 0.1))
    }
  }

  @Test func upperBoundsAreTheirs() throws {
    for node in try cases("upper") {
      let bound = UpperBound.of(
        try node.numbers("losses"), delta: try node.required("delta").number(),
        procedure: try #require(
          CalibrationPromise.Procedure(rawValue: try node.required("procedure").string())),
        prior: try node.numbers("prior"))
      let expected = try node.required("bound").number()
      #expect(abs(bound - expected) <= 1e-9, "\(node.path): \(bound), \(expected)")
    }
  }
}

extension JSONNode {
  fileprivate func numbers(_ name: String) throws -> [Double] {
    try optional(name)?.elements().map { try $0.number() } ?? []
  }
}
