import CleaveKernels
import CleaveModel

/// A gated unit over rows: `activation(gate) * up` (Shazeer, arXiv 2002.05202); or `activation(up)` without a gate.
struct GatedUnit: Sendable {
  let activation: BlockForm.Activation
  var isGated = true
  var clamp: GateClamp?

  /// - Parameters:
  ///   - gateUp: `[rows, 2 * width]`, gate then up in each row; `[rows, width]` without a gate.
  ///   - out: `[rows, width]`.
  func forward(_ gateUp: MatrixView, into out: MatrixView, _ workers: Workers) {
    let width = out.columns
    check(gateUp, out)
    let forward = kernels.forward
    workers.forEachRange(out.rows, atLeast: 16) { rows, _ in
      withOnes(width) { ones in
        for row in rows {
          let gate = gateUp.base + row * gateUp.stride
          forward(gate, ones ?? UnsafePointer(gate + width), width, out.base + row * out.stride)
        }
      }
    }
  }

  /// - Parameter dGateUp: receives the gradient, in the layout of `gateUp`.
  func backward(
    _ gateUp: MatrixView, dout: MatrixView, into dGateUp: MatrixView, _ workers: Workers
  ) {
    let width = dout.columns
    check(gateUp, dout)
    check(dGateUp, dout)
    let backward = kernels.backward
    workers.forEachRange(dout.rows, atLeast: 16) { rows, _ in
      withOnes(width) { ones in
        // Nobody reads the gradient of the ones.
        var ignored = [Float](repeating: 0, count: isGated ? 0 : width)
        ignored.withUnsafeMutableBufferPointer { ignored in
          for row in rows {
            let gate = gateUp.base + row * gateUp.stride
            let gradient = dGateUp.base + row * dGateUp.stride
            backward(
              gate, ones ?? UnsafePointer(gate + width), dout.base + row * dout.stride, width,
              gradient,
              ones == nil ? gradient + width : ignored.baseAddress)
          }
        }
      }
    }
  }

  private func check(_ gateUp: MatrixView, _ out: MatrixView) {
    precondition(gateUp.columns == (isGated ? 2 : 1) * out.columns && gateUp.rows == out.rows)
  }

  /// Lets the body read ones in the place of up, where there is no gate; nil where there is one.
  private func withOnes(_ width: Int, _ body: (UnsafePointer<Float>?) -> Void) {
    guard !isGated else { return body(nil) }
    [Float](repeating: 1, count: width).withUnsafeBufferPointer { body($0.baseAddress) }
  }

  private typealias Forward =
    @Sendable (
      UnsafePointer<Float>?, UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?
    ) -> Void
  private typealias Backward =
    @Sendable (
      UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int,
      UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?
    ) -> Void

  private var kernels: (forward: Forward, backward: Backward) {
    if let clamp {
      return (
        { ck_clamped_swiglu_forward($0, $1, clamp.slope, clamp.limit, $2, $3) },
        { ck_clamped_swiglu_backward($0, $1, $2, clamp.slope, clamp.limit, $3, $4, $5) }
      )
    }
    return switch activation {
    case .silu:
      (
        { ck_swiglu_forward($0, $1, $2, $3) }, { ck_swiglu_backward($0, $1, $2, $3, $4, $5) }
      )
    case .geluTanh:
      ({ ck_geglu_forward($0, $1, $2, $3) }, { ck_geglu_backward($0, $1, $2, $3, $4, $5) })
    case .gelu:
      (
        { ck_geglu_erf_forward($0, $1, $2, $3) },
        { ck_geglu_erf_backward($0, $1, $2, $3, $4, $5) }
      )
    }
  }
}
