import ArgumentParser
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveTrain

/// Options of `cleave eval --leakage`.
struct LeakageOptions: ParsableArguments {
  @Flag(
    help: """
      Measure instead how many tokens of --data a reader of the uploaded hidden states recovers, by attacks \
      that are trained on --attack-data.
      """)
  var leakage = false

  @Option(help: "Text file that the attacker has: other text of the kind that is typed.")
  var attackData: String?

  @Option(help: "Windows of --attack-data to train on, from its beginning (default: all).")
  var attackWindows: Int?

  @Option(
    help:
      "Depths of the first exit, with commas, as 4,8,12 (default: that of the model's first exit).")
  var at: String?

  @Option(
    help: """
      Encodings of the uploads, with commas: \
      \(StatesEncoding.Format.ofStates.map(\.rawValue).joined(separator: ", ")).
      """)
  var codec = "f32,int8,int4"

  @Option(
    help: """
      Tokens to search for at each depth and encoding, by running the edge's blocks on guesses (default: \
      64; 0 for none).
      """)
  var search: Int?

  func validate() throws {
    guard leakage else {
      guard attackData == nil, attackWindows == nil, at == nil, search == nil else {
        throw ValidationError("--attack-data, --attack-windows, --at and --search need --leakage")
      }
      return
    }
    guard attackData != nil else {
      throw ValidationError(
        "--leakage needs --attack-data: a text that the attacks are trained on, other than --data")
    }
    if let attackWindows, attackWindows < 1 {
      throw ValidationError("--attack-windows \(attackWindows): expected at least 1")
    }
    if let search, search < 0 { throw ValidationError("--search \(search): expected 0 or more") }
    _ = try (depths(), formats())
  }

  /// The settings for a model.
  ///
  /// - Throws: `UsageError` where no depth is given and the model has no exit.
  func settings(_ manifest: Manifest) throws -> LeakageSettings {
    guard let depths = try depths() ?? manifest.exits.first.map({ [$0.depth] }) else {
      throw UsageError(
        description: "--at: found none, and a model without exits; expected depths, as 4,8,12")
    }
    var settings = LeakageSettings(depths: depths)
    settings.formats = try formats()
    settings.attackWindows = attackWindows
    settings.searchedTokens = search ?? settings.searchedTokens
    return settings
  }

  private func depths() throws -> [Int]? {
    try at.map { at in
      try at.split(separator: ",", omittingEmptySubsequences: false).map {
        guard let depth = Int($0), depth > 0 else {
          throw ValidationError("--at \(at): expected numbers of blocks, with commas, as 4,8,12")
        }
        return depth
      }
    }
  }

  private func formats() throws -> [StatesEncoding.Format] {
    try codec.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let format = StatesEncoding.Format(rawValue: String($0)), format != .tokens else {
        let names = StatesEncoding.Format.ofStates.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--codec \(codec): expected some of \(names), with commas")
      }
      return format
    }
  }
}
