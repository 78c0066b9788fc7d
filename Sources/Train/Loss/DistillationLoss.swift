import CleaveKernels
import Glibc

/// The soft cross-entropy of an exit to the teacher over candidate tokens, and its gradient. specs/exits.md
/// has the formulas.
package final class DistillationLoss {
  let settings: LossSettings
  private let unembedding: TokenRows
  /// What logits are capped at; 0 for none.
  private let cap: Float
  private let work: BatchContext
  private var logits = FloatBuffer(0)
  /// The most floats of logits, and of the unembedding, that are held at once: 64 MB each.
  private static let most = 1 << 24

  package init(_ settings: LossSettings, unembedding: TokenRows, work: BatchContext) {
    self.settings = settings
    self.unembedding = unembedding
    cap = work.logitsCap
    self.work = work
  }

  /// - Parameters:
  ///   - normed: the normed hidden states that the unembedding reads, `[rows, hidden]`.
  ///   - scale: a factor of the gradient.
  ///   - gradient: `[rows, hidden]`, receives the gradient of `normed`; nil to compute the loss alone.
  /// - Returns: the loss, agreement and confidence of each row. A row whose most probable token cannot be
  ///   answered does not agree.
  package func callAsFunction(
    _ normed: MatrixView, _ teacher: TeacherTargets, _ candidates: CandidateSet, scale: Float = 1,
    gradient: MatrixView? = nil
  ) -> [ck_distilled] {
    let targets = TargetRows(teacher, candidates, settings)
    var results = [ck_distilled](repeating: ck_distilled(), count: teacher.rows)
    forEachChunk(normed, candidates) { z, rows, again in
      distill(z, rows, targets, candidates, scale: scale, into: &results)
      guard let gradient else { return }
      again { part, unembedding, isFirst in
        work.product(
          z.columns(part), unembedding, into: gradient.rows(rows), adding: !isFirst)
      }
    }
    return results
  }

  /// The mean negative log-likelihood of the teacher's most probable token at each of these temperatures. Rows in
  /// which that token cannot be answered count as 0.
  ///
  /// - Parameter all: all tokens that can be answered.
  func surprise(
    _ normed: MatrixView, _ teacher: TeacherTargets, _ all: CandidateSet, temperatures: [Float]
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: temperatures.count)
    let targets = TargetRows(teacher, all, settings)
    forEachChunk(normed, all) { z, rows, _ in
      var parts = [Float](repeating: 0, count: rows.count * temperatures.count)
      parts.withUnsafeMutableBufferPointer { parts in
        nonisolated(unsafe) let parts = parts
        work.workers.forEachRange(rows.count) { range, _ in
          for index in range {
            let row = rows.lowerBound + index
            guard let answer = targets.answer(row) else { continue }
            all.text?.hide(in: row, z.base + index * z.stride)
            ck_tempered(
              z.base + index * z.stride, z.columns, answer, temperatures, temperatures.count,
              parts.baseAddress! + index * temperatures.count)
          }
        }
      }
      for (index, part) in parts.enumerated() { sums[index % sums.count] += Double(part) }
    }
    return sums.map { $0 / Double(max(1, teacher.rows)) }
  }

  private typealias Parts = (
    _ body: (_ columns: Range<Int>, _ unembedding: MatrixView, _ isFirst: Bool) -> Void
  ) -> Void

  /// Computes the logits of some rows at a time. `again` visits the unembedding of the candidates a second
  /// time, for the gradient.
  private func forEachChunk(
    _ normed: MatrixView, _ candidates: CandidateSet,
    _ body: (_ z: MatrixView, _ rows: Range<Int>, _ again: Parts) -> Void
  ) {
    let width = candidates.tokens.count
    let rowChunk = min(256, max(1, Self.most / width))
    let tokenChunk = max(1, Self.most / unembedding.hidden)
    if logits.count < rowChunk * width { logits = FloatBuffer(rowChunk * width) }
    // The usual case: all candidates at once, gathered once.
    let whole = width <= tokenChunk ? unembedding(candidates.tokens[...]) : nil
    let parts: Parts = { [unembedding] use in
      if let whole { return use(0..<width, whole, true) }
      for first in stride(from: 0, to: width, by: tokenChunk) {
        let range = first..<min(first + tokenChunk, width)
        use(range, unembedding(candidates.tokens[range]), first == 0)
      }
    }
    for first in stride(from: 0, to: normed.rows, by: rowChunk) {
      let rows = first..<min(first + rowChunk, normed.rows)
      let z = logits.matrix(rows.count, width)
      parts { part, unembedding, _ in
        work.product(normed.rows(rows), unembedding, bTransposed: true, into: z.columns(part))
      }
      unembedding.addBiases(of: Array(candidates.tokens), to: z)
      if cap > 0 { z.cap(at: cap, work.workers) }
      body(z, rows, parts)
    }
  }

  private func distill(
    _ z: MatrixView, _ rows: Range<Int>, _ targets: TargetRows, _ candidates: CandidateSet,
    scale: Float, into results: inout [ck_distilled]
  ) {
    let (focus, cap) = (Float(settings.focus), cap)
    results.withUnsafeMutableBufferPointer { results in
      // Each thread writes the results of its own rows.
      nonisolated(unsafe) let results = results
      work.workers.forEachRange(rows.count) { part, _ in
        for index in part {
          let row = rows.lowerBound + index
          let logits = z.base + index * z.stride
          let capped = cap > 0 ? Array(UnsafeBufferPointer(start: logits, count: z.columns)) : []
          candidates.text?.hide(in: row, logits)
          results[row] = targets.withTarget(row, scale: scale, focus: focus) {
            ck_distill(logits, z.columns, candidates.named, candidates.correction, $0)
          }
          for (column, logit) in capped.enumerated() {
            logits[column] *= 1 - (logit / cap) * (logit / cap)
          }
        }
      }
    }
  }
}
