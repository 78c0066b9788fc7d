import CleaveStorage

/// What a measurement of this machine is to cover.
package struct ProfileSettings: Sendable {
  /// Numbers of threads, rising.
  package var threads: [Int]
  package var types: [TensorType]
  /// Seconds that it may take, roughly.
  package var seconds: Double
  /// Rows of the synthetic matrices.
  package var rows = 2048

  /// The columns that products are measured with. The engine puts no more through a block together.
  package static let columns = [1, 2, 4, 8, 16, 32, 64, 128]

  package init(threads: [Int], types: [TensorType], seconds: Double) {
    precondition(!threads.isEmpty && zip(threads, threads.dropFirst()).allSatisfy(<))
    self.threads = threads
    self.types = types
    self.seconds = seconds
  }

  /// The types that cleave writes.
  package static let writtenTypes = TensorType.allCases.filter(\.isWritten)
}
