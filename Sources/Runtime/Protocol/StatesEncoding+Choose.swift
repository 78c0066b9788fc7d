extension StatesEncoding {
  /// Of a round trip, what the upload of a state may take beside it.
  static let uploadShare = 0.1
  /// Where a round trip is next to nothing, what the upload of a state may take all the same: seconds.
  static let leastUpload = 0.005

  /// The most exact encoding whose upload of one state takes at most a tenth of the round trip, or 5 ms
  /// where that is more; int4 where none does.
  ///
  /// Compressed ones are never chosen: how small zstd makes a state is not known beforehand.
  ///
  /// - Parameters:
  ///   - bandwidthBitsPerSecond: of the uplink; nothing above 0 counts as the slowest.
  ///   - roundTrip: in seconds; nothing above 0 counts as 0.
  package static func choose(
    bandwidthBitsPerSecond: Double, roundTrip: Double, hiddenSize: Int
  ) -> StatesEncoding {
    let allowed = max(leastUpload, roundTrip.isFinite ? uploadShare * roundTrip : 0)
    let fitting = Format.allCases.first { format in
      let bytes = StatesCodec(format, hiddenSize: hiddenSize).positionBytes
      return 8 * Double(bytes) <= allowed * bandwidthBitsPerSecond
    }
    return StatesEncoding(fitting ?? .int4)
  }
}
