import CleaveEvaluate
import CleaveExits
import CleaveModel
import CleaveStorage

/// What the description cannot say: values that contradict one another.
extension BuildRecipe {
  func checkExits() throws {
    let exits = section("exits")
    let depths = exits.list("at").compactMap { $0.scalar.flatMap(RecipeScalar.integer) }
    for (index, node) in exits.list("at").enumerated().dropFirst()
    where depths[index] <= depths[index - 1] {
      throw node.refuse(expected: "more than the \(depths[index - 1]) blocks of the exit before it")
    }
    let bodies = exits.list("body")
    if let node = exits["body"], bodies.count != 1, bodies.count != depths.count {
      throw node.refuse(
        found: "\(bodies.count) bodies", expected: "one, or one for each of \(depths.count) exits")
    }
    let placement = placement
    if exits.flag("feedback") == true, placement.bodies.first?.tailBlocks == 0,
      let node = exits["feedback"]
    {
      throw node.refuse(
        found: "feedback to an exit with the body \(placement.bodies[0])",
        expected: "a tail there, which reads the states that come back")
    }
    if let node = exits["init"], !placement.hasTails {
      throw node.refuse(found: "init of exits without a tail", expected: "a body with a tail")
    }
    for key in ["vocabulary", "init"] where !has("train") {
      guard let node = exits[key], key == "vocabulary" || exits.text("init") == "auto" else {
        continue
      }
      throw node.refuse(
        found: key == "init" ? "init: auto without train" : "vocabulary without train",
        expected: "a train section, whose texts it is chosen by")
    }
  }

  func checkTraining() throws {
    guard has("train") else { return }
    let train = section("train")
    let exits = section("exits").list("at").count
    if let node = train["exit_weights"], node.elements.count != exits {
      throw node.refuse(
        found: "\(node.elements.count) weights", expected: "one for each of \(exits) exits")
    }
    if train.flag("fit") == true, !placement.hasMaps, !placement.hasAffineBodies,
      let node = train["fit"]
    {
      throw node.refuse(
        found: "a fit of exits without a map", expected: "an affine body or map in exits.body")
    }
    if let size = train.bytes("capture_limit"), size > 1_000_000_000_000_000,
      let node = train["capture_limit"]
    {
      throw node.refuse(expected: "at most 1000000G")
    }
    _ = try dataSettings()
  }

  func checkRest() throws {
    if has("quantize") { _ = try quantizationSettings() }
    let calibrate = section("calibrate")
    if let text = calibrate.text("loss"), let node = calibrate["loss"],
      let loss = PromptLoss(text: text)
    {
      if loss.needsReferences, calibrate["references"] == nil {
        throw node.refuse(expected: "references beside it, which it compares with")
      }
      if calibrate.text("procedure") == CalibrationPromise.Procedure.binomial.rawValue,
        !loss.isBinary
      {
        throw calibrate["procedure"]!.refuse(
          expected: "a loss of 0 and 1, as mismatch; \(loss) has other values")
      }
    }
    try checkHeldOut()
    for key in [
      ("calibrate", "prompts"), ("calibrate", "tuning"), ("evaluate", "prompts"),
      ("verify", "held_out"),
    ]
    where has(key.0) {
      _ = try prompts(section(key.0).list(key.1))
    }
    try checkExports()
  }

  /// Checks that the promise can be measured on prompts that are held out.
  private func checkHeldOut() throws {
    guard has("verify"), let node = section("verify")["held_out"] else { return }
    guard has("calibrate") else {
      throw node.refuse(
        found: "held-out prompts of exits that are not calibrated",
        expected: "a calibrate section, whose promise they are held against")
    }
    guard let loss = section("calibrate").text("loss").flatMap({ PromptLoss(text: $0) }) else {
      return
    }
    if case .command = loss {
      throw node.refuse(
        found: "held-out prompts of a loss that a program computes",
        expected: "another calibrate.loss: verification runs no program that an artifact names",
        advice: "Leave verify.held_out out.")
    }
    if loss.needsReferences, section("verify")["references"] == nil {
      throw node.refuse(
        found: "held-out prompts without references",
        expected: "references beside them, which \(loss) compares with")
    }
  }

  private func checkExports() throws {
    var names: Set<String> = []
    for export in root["exports"]?.elements ?? [] {
      guard let name = export.text("name"), names.insert(name).inserted else {
        throw export["name"]!.refuse(expected: "a name that no other export has")
      }
      try checkExit(of: export)
      let isGGUF = export.text("format") == "gguf"
      for (key, isRight) in [
        ("type", !isGGUF), ("split_size", isGGUF),
        ("of", !isGGUF || export.text("of") != "cloud"),
      ] where !isRight {
        guard let node = export[key] else { continue }
        throw node.refuse(
          found: "\(key): \(node.scalar ?? "")",
          expected: "the format \(isGGUF ? "hf" : "gguf") beside it")
      }
    }
  }

  /// An edge ends at one of its exits, which a model of the format must be able to express.
  private func checkExit(of export: RecipeNode) throws {
    let depths = section("exits").list("at").compactMap { $0.scalar.flatMap(RecipeScalar.integer) }
    guard let exit = export.integer("exit") else {
      guard export.text("of") == "edge", let node = export["of"] else { return }
      throw node.refuse(
        found: "of: edge without exit", expected: "exit: one of \(depths), where it ends")
    }
    guard let node = export["exit"], let index = depths.firstIndex(of: exit) else {
      guard let node = export["exit"] else { return }
      throw node.refuse(expected: "one of the exits, \(depths)")
    }
    let bodies = placement.bodies
    let body = bodies.count == 1 ? bodies[0] : bodies[index]
    guard body == .norm || (body.tailBlocks > 0 && body.map == nil && body.readout == nil) else {
      throw node.refuse(
        found: "an exit with the body \(body)",
        expected: "the body norm, or a tail without a map, which other programs can run")
    }
    if section("exits")["vocabulary"] != nil {
      throw node.refuse(
        found: "an exit that answers with exits.vocabulary tokens",
        expected: "an exit of all tokens, as an exported model has",
        advice: "Leave exits.vocabulary out, or export the whole model.")
    }
    if placement.replacesBlocks, bodies.count > 1,
      let mapped = bodies[..<index].firstIndex(where: { $0.map != nil })
    {
      throw node.refuse(
        found: "an exit behind the map of the exit at \(depths[mapped])",
        expected: "blocks that follow one another, as in a model of the same family")
    }
  }
}
