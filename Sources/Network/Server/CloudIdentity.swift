#if Network
  import CleaveModel
  import CleaveRuntime
  import FoundationEssentials

  /// The description of a cloud that `Describe` answers with.
  struct CloudIdentity: Sendable {
    let description: Cleave_Cloud_V1_DescribeResponse

    init(_ manifest: Manifest, _ numerics: Numerics) {
      let digits = Array(manifest.modelID)
      let modelID = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16)
      }
      description = .with {
        $0.version = Message.version
        $0.modelID = Data(modelID)
        $0.firstExit = UInt32(manifest.blocks.lowerBound)
        $0.hiddenSize = UInt32(manifest.configuration.hiddenSize)
        ($0.activations, $0.kvCache) = Wire.wire(numerics)
        $0.encodings = manifest.takenEncodings.map(Wire.wire)
        $0.contextLength = UInt32(manifest.configuration.contextLength)
      }
    }

    /// Bytes of the largest message that an edge may send.
    static func mostBytes(_ manifest: Manifest) -> Int {
      Message.mostBytes(hiddenSize: manifest.configuration.hiddenSize)
    }

    /// Bytes that may wait to be written to one edge: the states of its whole context, coming back with one answer, and
    /// a message more.
    static func mostWaitingBytes(_ manifest: Manifest) -> Int {
      let configuration = manifest.configuration
      return configuration.contextLength * configuration.hiddenSize * MemoryLayout<Float>.size
        + mostBytes(manifest)
    }
  }
#endif
