import CleaveModel
import CleaveStorage

/// What a bill of materials says of a model: what it is, and how good.
struct ModelCardFigures {
  private let manifest: Manifest
  private let account: BuildAccount

  init(_ manifest: Manifest, _ account: BuildAccount) {
    self.manifest = manifest
    self.account = account
  }

  var json: JSON {
    var parameters = JSONObject([
      ("task", "text-generation"), ("architectureFamily", "transformer"),
      ("modelArchitecture", .string(manifest.configuration.architecture)),
    ])
    if !datasets.isEmpty { parameters["datasets"] = .array(datasets) }
    parameters["inputs"] = [["format": "text"]]
    parameters["outputs"] = [["format": "text"]]
    var card = JSONObject([("modelParameters", .object(parameters))])
    if !metrics.isEmpty { card["quantitativeAnalysis"] = ["performanceMetrics": .array(metrics)] }
    card["considerations"] = [
      "technicalLimitations": .array(BundleWords(manifest).limits.map { .string($0) })
    ]
    return .object(card)
  }

  private var datasets: [JSON] {
    account.inputs.enumerated().filter { !$1.isCheckpoint }.map {
      ["ref": .string(BillOfMaterials.reference($0.offset))]
    }
  }

  private var metrics: [JSON] {
    let exits = account.exits.flatMap { figure -> [JSON] in
      [
        ("agreement", figure.agreement), ("coverage at 95 % agreement", figure.coverage95),
        ("coverage at 90 % agreement", figure.coverage90),
      ].compactMap { name, value in
        value.map { metric(name, $0, "exit \(figure.depth), \(figure.place)") }
      }
    }
    guard let calibration = manifest.calibration else { return exits }
    let modes = [
      ("collaborative", calibration.collaborative), ("standalone", calibration.standalone),
    ]
    return exits
      + modes.flatMap { name, mode in
        [
          metric("risk (\(calibration.loss))", mode.risk, name),
          metric("share of the cloud", mode.cloudShare, name),
        ]
      }
  }

  private func metric(_ type: String, _ value: Double, _ slice: String) -> JSON {
    ["type": .string(type), "value": .string("\(value)"), "slice": .string(slice)]
  }
}
