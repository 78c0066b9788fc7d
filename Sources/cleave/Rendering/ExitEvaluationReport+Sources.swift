import CleaveEvaluate
import CleavePrompts

extension ExitEvaluationReport {
  /// The agreements that coverage is shown for, source by source.
  private static let targets = [0.95, 0.90]

  /// A column for each source of prompts, and one for all together.
  var bySourceText: String {
    let labels = Self.labels(bySource.map(\.source.source))
    var columns = zip(labels, bySource).map { label, source in
      Self.column(label, source.prompts, source.tokens, source.exits, source.traffic)
    }
    if columns.count != 1 { columns.append(column("all")) }
    let names = rowNames
    // A source without prompts has no figures.
    let rows = names.indices.map { row in
      [names[row]] + columns.map { row < $0.count ? $0[row] : "-" }
    }
    let training = zip(labels, bySource).map { "\($0): \($1.trainingText)" }
    return (["By source:", table(rows), ""] + training).joined(separator: "\n")
  }

  private var rowNames: [String] {
    ["", "prompts", "tokens"]
      + exits.flatMap { exit in
        ["exit \(exit.depth) agrees"]
          + Self.targets.map { "exit \(exit.depth) at \($0.wholePercent)" }
      } + traffic.map { "bytes up a token, \($0.encoding)" } + ["bytes down a token"]
  }

  private func column(_ label: String) -> [String] {
    Self.column(label, prompts, tokens, exits, traffic)
  }

  private static func column(
    _ label: String, _ prompts: Int, _ tokens: Int, _ exits: [ExitStatistics],
    _ traffic: [ExitTraffic]
  ) -> [String] {
    [label, "\(prompts)", "\(tokens)"]
      + exits.flatMap { exit in
        [exit.agreement.percentText]
          + targets.map { target in
            exit.coverages.first { $0.target == target }?.share.percentText ?? "-"
          }
      } + traffic.map { $0.bytesUpPerToken.fixed(0) }
      + traffic.prefix(1).map { $0.bytesDownPerToken.fixed(0) }
  }

  /// The names of the files with their fields, and as many directories before them as tell the files apart.
  private static func labels(_ sources: [FieldSource]) -> [String] {
    let parts = sources.map { $0.path.split(separator: "/").map(String.init) }
    func label(_ index: Int, _ count: Int) -> String {
      parts[index].suffix(count).joined(separator: "/") + ":" + sources[index].field
    }
    return sources.indices.map { index in
      let count = (1..<max(2, parts[index].count)).first { count in
        sources.indices.allSatisfy { $0 == index || label($0, count) != label(index, count) }
      }
      return label(index, count ?? 1)
    }
  }
}

extension SourceStatistics {
  /// What the artifact's record says of the source's contents: facts about the file, not about where its texts are from.
  fileprivate var trainingText: String {
    guard let known else { return "the artifact does not record what its exits were trained on" }
    guard known.trained + known.heldOut > 0 else {
      return "none of its \(known.contents) contents had a part in training"
    }
    return "of its \(known.contents) contents, exits were trained on \(known.trained) and "
      + "\(known.heldOut) were held out; none of them is asked here"
  }
}
