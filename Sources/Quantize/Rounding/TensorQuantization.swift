import CleaveKernels
import CleaveRuntime
import CleaveStorage

/// Converts one matrix to another type, a number of rows at a time.
package struct TensorQuantization: Sendable {
  let tensor: Tensor
  let type: TensorType
  let effort: QuantizationSettings.Effort
  /// The importance of each column, `[columns]`, or `[experts, columns]` for the matrices of several
  /// experts one after another; nil for equal importance.
  let importance: [Float]?
  let threads: ThreadPool

  package init(
    tensor: Tensor, type: TensorType, effort: QuantizationSettings.Effort, importance: [Float]?,
    threads: ThreadPool
  ) {
    self.tensor = tensor
    self.type = type
    self.effort = effort
    self.importance = importance
    self.threads = threads
  }

  /// The most elements converted at a time, which gives at most 32 MB of output. A longer row is
  /// converted by itself.
  private static let slabElements = 1 << 23

  /// - Parameter advance: called with the number of the tensor's bytes that have been converted.
  package func source(advance: @escaping @Sendable (Int) -> Void) -> WeightSource {
    WeightSource(name: tensor.name, type: type, shape: tensor.shape) { write in
      let rowBytes = tensor.rowElements / type.blockElements * type.blockBytes
      // A slab has one importance: those of experts end with each expert.
      let slabRows = max(1, Self.slabElements / max(1, tensor.rowElements))
      var slab = [UInt8](repeating: 0, count: min(slabRows, tensor.rows) * rowBytes)
      var first = 0
      while first < tensor.rows {
        let rows = min(slabRows, rowsOfImportance - first % rowsOfImportance)
        try quantize(first..<first + rows, into: &slab)
        try slab.withUnsafeBytes { try write(.init(rebasing: $0[..<(rows * rowBytes)])) }
        advance(rows * tensor.rowBytes)
        first += rows
      }
    }
  }

  /// The number of rows whose columns have the same importance.
  private var rowsOfImportance: Int {
    guard let importance else { return tensor.rows }
    return max(1, tensor.rows / max(1, importance.count / tensor.rowElements))
  }

  private func quantize(_ rows: Range<Int>, into slab: inout [UInt8]) throws {
    let start = rows.lowerBound / rowsOfImportance * tensor.rowElements
    let result = tensor.withBytes { bytes in
      slab.withUnsafeMutableBytes { out in
        (importance ?? []).withUnsafeBufferPointer { importance in
          ck_quantize_rows(
            threads.handle, tensor.type.kernelType,
            bytes.baseAddress! + rows.lowerBound * tensor.rowBytes, rows.count,
            tensor.rowElements, type.kernelType,
            self.importance == nil ? nil : importance.baseAddress! + start, effort.kernelEffort,
            out.baseAddress)
        }
      }
    }
    guard result.fault.rawValue == CK_FAULT_NONE.rawValue else {
      throw refuse(result, rows: rows)
    }
  }

  private func refuse(_ result: ck_quantization, rows: Range<Int>) -> InputError {
    let row = rows.lowerBound + result.element / tensor.rowElements
    let column = result.element % tensor.rowElements
    let tooLarge = result.fault.rawValue == CK_FAULT_TOO_LARGE.rawValue
    return InputError(
      file: tensor.file.path, location: "\(tensor.name)[\(row), \(column)]",
      found: "\(value(row, column))",
      expected: tooLarge
        ? "a weight whose block \(type.rawValue) can hold (float16 scales are at most 65504)"
        : "a finite number",
      advice: tooLarge
        ? "Give the tensor another type with --tensor." : "The checkpoint itself is damaged.")
  }

  private func value(_ row: Int, _ column: Int) -> Float {
    var values = [Float](repeating: 0, count: tensor.rowElements)
    tensor.withBytes {
      ck_dequantize(
        tensor.type.kernelType, $0.baseAddress! + row * tensor.rowBytes, &values, values.count)
    }
    return values[column]
  }
}
