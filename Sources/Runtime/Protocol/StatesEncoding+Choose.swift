import CleaveModel

extension StatesEncoding {
  /// The share of a round trip that the upload of one position may take.
  static let uploadShare = 0.1
  /// The seconds that the upload of one position may take however short the round trip is.
  static let leastUpload = 0.005

  /// Chooses the most exact encoding that uploads one position in at most a tenth of the round trip, or 5 ms where
  /// that is more; int4 where none does. Compressed encodings are never chosen: their size is not known
  /// beforehand.
  ///
  /// - Parameters:
  ///   - bandwidthBitsPerSecond: bits a second of the uplink; a value that is not above 0 counts as the slowest.
  ///   - roundTrip: seconds; a value that is not above 0 counts as 0.
  ///   - configuration: of the model. float16 is not chosen for one that scales its embeddings, as Gemma does: the
  ///     states of such models pass 65504.
  package static func choose(
    bandwidthBitsPerSecond: Double, roundTrip: Double, for configuration: ModelConfiguration
  ) -> StatesEncoding {
    let allowed = max(leastUpload, roundTrip.isFinite ? uploadShare * roundTrip : 0)
    let fitting = Format.ofStates.first { format in
      guard format != .float16 || configuration.embeddingScale == 1 else { return false }
      let bytes = StatesCodec(format, hiddenSize: configuration.hiddenSize).positionBytes
      return 8 * Double(bytes) <= allowed * bandwidthBitsPerSecond
    }
    return StatesEncoding(fitting ?? .int4)
  }
}
