import CleavePrompts
import CleaveStorage

/// What the files alone tell of the data, so that a build knows it before there is a model.
extension DataSettings {
  /// The contents that are left out because the model will be measured on them.
  ///
  /// - Throws: `InputError` for a file that cannot be used.
  func excludedContents() throws -> Set<ContentDigest> {
    try Set(
      excluded.flatMap {
        try JSONLines(path: $0.path).texts(of: $0.field).map { ContentDigest(of: $0) }
      })
  }

  /// The contents that are taken of each of `prompts`. Windows of text files, which are other contents, might repeat
  /// one of them.
  ///
  /// - Throws: `InputError` for a file that cannot be used.
  package func promptContents() throws -> [[ContentDigest]] {
    var reader = ContentReader(excluding: try excludedContents())
    return try prompts.map { try reader.read($0, skipsEmpty: true).candidates.map(\.digest) }
  }

  /// Checks that some prompts are trained on and some are held out. Windows of text files, and what the model will
  /// write itself, are not known: with text files nothing is checked, and of its own prompts only that one is held
  /// out on average.
  ///
  /// - Parameter contents: what `promptContents` found.
  /// - Throws: `SettingError` where nothing is left on one side.
  package func checkSplit(_ contents: [ContentDigest]) throws {
    guard texts.isEmpty else { return }
    let splits = contents.map { Split(of: $0, seed: seed, oneIn: heldOutOneIn) }
    if selfPrompts == nil, !splits.contains(.train) {
      throw SettingError(
        .trainingData, found: "\(splits.count) prompts, none to train on", expected: "at least one")
    }
    guard !splits.contains(.heldOut), (selfPrompts?.count ?? 0) < heldOutOneIn else { return }
    let own = selfPrompts.map { ", \($0.count) prompts of the model's own" } ?? ""
    throw SettingError(
      .heldOutShare,
      found: "none held out of \(splits.count) prompts\(own), at one in \(heldOutOneIn)",
      expected: selfPrompts == nil
        ? "at least one held out" : "at least \(heldOutOneIn) prompts of the model's own",
      advice: "Give more prompts, or hold out one in fewer.")
  }
}
