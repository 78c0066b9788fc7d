import CleaveKernels
import Glibc

/// AdamW (Loshchilov & Hutter, arXiv 1711.05101) over all parameters, gradients clipped to a global norm.
package struct AdamW: Sendable {
  var beta1: Float = 0.9
  var beta2: Float = 0.98
  var epsilon: Float = 1e-8
  /// The weight decay of matrices; vectors do not decay.
  var decay: Float
  var largestNorm: Double

  package init(decay: Float = 0.01, largestNorm: Double = 1) {
    self.decay = decay
    self.largestNorm = largestNorm
  }

  /// Updates all parameters once. The gradients are zero afterwards.
  ///
  /// - Parameters:
  ///   - step: the number of steps done before.
  ///   - norm: the norm of the gradients, from `gradientNorm`.
  package func step(
    _ parameters: Parameters, step: Int, rate: Double, norm: Double, _ workers: Workers
  ) {
    let power = Float(step + 1)
    for entry in parameters.entries {
      var rule = ck_adamw(
        rate: Float(rate) * entry.rateFactor, beta1: beta1, beta2: beta2, epsilon: epsilon,
        decay: entry.decays ? decay : 0, correction1: 1 - powf(beta1, power),
        correction2: 1 - powf(beta2, power),
        gradient_scale: norm > largestNorm ? Float(largestNorm / norm) : 1)
      update(entry.range, parameters, &rule, workers)
    }
  }

  private func update(
    _ range: Range<Int>, _ parameters: Parameters, _ rule: inout ck_adamw, _ workers: Workers
  ) {
    func part(_ buffer: FloatBuffer) -> MatrixView {
      buffer.matrix(range.count, 1, at: range.lowerBound)
    }
    let (w, g) = (part(parameters.values), part(parameters.gradients))
    let (m, v) = (part(parameters.firstMoments), part(parameters.secondMoments))
    let copy = rule
    workers.forEachRange(range.count, atLeast: 1 << 14) { rows, _ in
      var rule = copy
      ck_adamw_step(
        &rule, rows.count, w.rows(rows).base, g.rows(rows).base, m.rows(rows).base,
        v.rows(rows).base)
    }
  }

  /// The Euclidean norm of all gradients together.
  package func gradientNorm(_ parameters: Parameters, _ workers: Workers) -> Double {
    var sum = 0.0
    // Each entry is summed on one thread, so that the sum does not depend on how entries are divided.
    var sums = [Double](repeating: 0, count: parameters.entries.count)
    sums.withUnsafeMutableBufferPointer { sums in
      nonisolated(unsafe) let sums = sums
      let entries = parameters.entries
      let gradients = parameters.gradients
      workers.forEach(entries.count) { index, _ in
        let range = entries[index].range
        sums[index] = ck_sum_of_squares(
          gradients.matrix(range.count, 1, at: range.lowerBound).base, range.count)
      }
    }
    for part in sums { sum += part }
    return sum.squareRoot()
  }
}
