import CleaveModel
import CleaveRuntime

/// When exits answer, by which signal.
package struct Policy: Equatable {
  package var signal: ExitRecord.Signal
  /// One for each exit, in rising depth; above 1 it never answers.
  package var thresholds: [Double]
  /// The last exit answers whatever its threshold, and nobody else is asked.
  package var standalone: Bool

  package init(signal: ExitRecord.Signal, thresholds: [Double], standalone: Bool = false) {
    self.signal = signal
    self.thresholds = thresholds
    self.standalone = standalone
  }

  /// Every token is the whole model's.
  package static func off(exits: Int, signal: ExitRecord.Signal) -> Policy {
    Policy(signal: signal, thresholds: Array(repeating: ExitRecord.off, count: exits))
  }

  /// The first exit that is sure enough; nil asks the cloud.
  ///
  /// - Parameter confidence: of an exit, by the policy's signal.
  package func exit(_ confidence: (_ exit: Int) -> Float) -> Int? {
    let last = thresholds.count - 1
    return thresholds.indices.first { exit in
      (standalone && exit == last) || Double(confidence(exit)) >= thresholds[exit]
    }
  }
}

extension ExitRecord {
  /// A threshold that no confidence reaches.
  static let off = 2.0
}
