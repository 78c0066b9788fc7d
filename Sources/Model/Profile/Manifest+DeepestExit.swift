import CleaveStorage

extension Manifest {
  /// The memory that an edge bundle takes up to one of its exits: its files, which are mapped, and the keys and values of
  /// a session.
  ///
  /// - Throws: what `upToExit` throws.
  package func memory(upToExit depth: Int, positions: Int, file: String) throws -> Int {
    let used = try upToExit(at: depth, file: file)
    return used.totalBytes + used.kvBytes.total(tokens: positions)
  }

  /// The deepest exit of an edge bundle up to which it fits into the memory of a device.
  ///
  /// - Parameters:
  ///   - positions: of a session, at most.
  ///   - file: the bundle's path, for errors.
  /// - Returns: its depth, and the bytes that it takes.
  /// - Throws: `InputError` for another artifact than an edge bundle, and where not even the first exit fits.
  package func deepestExit(
    on device: DeviceProfile, positions: Int, file: String
  ) throws -> (depth: Int, bytes: Int) {
    let fits = try exits.map {
      (depth: $0.depth, bytes: try memory(upToExit: $0.depth, positions: positions, file: file))
    }
    if let deepest = fits.last(where: { $0.bytes <= device.memoryBytes }) { return deepest }
    guard let first = fits.min(by: { $0.bytes < $1.bytes }) else {
      throw InputError(
        file: file, location: "exits", found: "none", expected: "an edge bundle with exits")
    }
    throw InputError(
      file: file, location: "exits",
      found: "\(first.bytes) bytes up to exit \(first.depth) with \(positions) positions",
      expected: "at most the \(device.memoryBytes) bytes of \(device.name)",
      advice: "Quantize the model to fewer bits, generate fewer tokens, or give --exits.")
  }
}
