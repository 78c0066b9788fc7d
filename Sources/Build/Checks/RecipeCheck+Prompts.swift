import CleaveCalibrate
import CleavePrompts
import CleaveStorage
import CleaveTrain

extension RecipeCheck {
  /// Checks that no content is on two sides: nothing that was trained on is measured or calibrated on, and nothing
  /// that was calibrated on is held out; and that there are enough for the promise.
  func checkPrompts() throws {
    let trained = try trainedContents()
    _ = try contents("evaluate", "prompts", apartFrom: trained)
    let calibrated = try contents("calibrate", "prompts", apartFrom: trained)
    let tuned = try contents(
      "calibrate", "tuning", apartFrom: trained.merging(calibrated, uniquingKeysWith: first))
    if recipe.has("calibrate") {
      try check("calibrate", at: "calibrate.prompts") {
        try recipe.calibrationSettings().checkCount(prompts: calibrated.count)
      }
    }
    let seen = trained.merging(calibrated, uniquingKeysWith: first)
      .merging(tuned, uniquingKeysWith: first)
    _ = try contents("verify", "held_out", apartFrom: seen)
    try checkLines(apartFrom: seen)
  }

  /// The contents of prompts, with the key of the source that has them.
  private typealias Contents = [ContentDigest: String]

  private func first(_ one: String, _: String) -> String { one }

  /// The contents of the prompts that exits will learn from.
  private func trainedContents() throws -> Contents {
    guard recipe.has("train") else { return [:] }
    let data = try recipe.dataSettings()
    let lists = try data.promptContents()
    try RecipeFault.naming(recipe, stage: "train") { try data.checkSplit(lists.flatMap(\.self)) }
    var contents: Contents = [:]
    for (node, list) in zip(recipe.section("train").list("prompts"), lists) {
      for digest in list { contents[digest] = node.path }
    }
    return contents
  }

  /// The contents of a list of prompts.
  ///
  /// - Throws: `InputError` for one that stands elsewhere too, and where there is none at all.
  private func contents(
    _ section: String, _ key: String, apartFrom others: Contents
  ) throws -> Contents {
    guard let list = recipe.section(section)[key] else { return [:] }
    var reader = ContentReader(excluding: [])
    var contents: Contents = [:]
    for node in list.elements {
      let chosen = try reader.read(
        try recipe.prompt(node), references: recipe.section(section).text("references"),
        skipsEmpty: true)
      for candidate in chosen.candidates {
        if let other = others[candidate.digest] {
          throw refuse(node, candidate.text, candidate.digest, as: other)
        }
        contents[candidate.digest] = node.path
      }
    }
    guard !contents.isEmpty else {
      throw list.refuse(found: "no prompts in these files", expected: "at least one")
    }
    return contents
  }

  /// Checks the lines of `verify.prompts`, on which calibrated bundles are compared with the model.
  private func checkLines(apartFrom others: Contents) throws {
    guard let node = recipe.section("verify")["prompts"] else { return }
    let lines = try recipe.verificationSettings().prompts
    guard !lines.isEmpty else {
      throw node.refuse(found: "no lines in this file", expected: "a prompt on each line")
    }
    guard recipe.has("calibrate") else { return }
    for line in lines {
      let digest = ContentDigest(of: line)
      if let other = others[digest] { throw refuse(node, line, digest, as: other) }
    }
  }

  private func refuse(
    _ node: RecipeNode, _ text: String, _ digest: ContentDigest, as other: String
  ) -> InputError {
    let isTrained = other.hasPrefix("train.")
    return node.refuse(
      found:
        "\"\(text.shown(limit: 60))\" (SHA-256 \(digest.sha256.prefix(16))), which \(other) has too",
      expected: "prompts that nothing was \(isTrained ? "trained" : "calibrated") on",
      advice: isTrained
        ? "Name this file under train.exclude, or take the prompt out of one of them."
        : "Take the prompt out of one of them.")
  }
}
