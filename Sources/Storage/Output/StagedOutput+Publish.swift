extension StagedOutput {
  /// Puts the output in place, all of its files being finished.
  package func publish() throws { try Self.publish([self]) }

  /// Puts outputs in place, all or none: when one cannot be placed, those placed before it are taken
  /// back and what they replaced stands again.
  ///
  /// - Throws: `InputError` where something that may not be replaced stands at a target by now,
  ///   `OutputError` where renaming fails or a signal came first.
  package static func publish(_ outputs: [StagedOutput]) throws {
    guard let first = outputs.first else { return }
    for output in outputs { output.synchronize() }
    try first.registry.publish(first.target.shown) {
      for (index, output) in outputs.enumerated() {
        do {
          try output.putInPlace(isReversible: outputs.count > 1)
        } catch {
          for placed in outputs[..<index].reversed() { placed.takeBack() }
          throw error
        }
      }
    }
    for output in outputs { try output.settle() }
  }

  /// Writes a file and puts it in place.
  ///
  /// - Parameter body: writes the contents.
  /// - Returns: the digest of what was written.
  /// - Throws: what `init`, `body` and `publish` throw; nothing is left of the file then.
  @discardableResult
  package static func writeFile(
    _ shown: String, sources: [String], format: OutputFormat, force: Bool,
    registry: StagingRegistry = .shared, _ body: (inout FileSink) throws -> Void
  ) throws -> FileDigest {
    let output = try StagedOutput(
      shown, sources: sources, format: format, force: force, registry: registry)
    let digest = try output.write(body)
    try output.publish()
    return digest
  }
}
