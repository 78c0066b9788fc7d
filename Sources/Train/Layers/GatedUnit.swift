import CleaveKernels
import CleaveModel

/// A gated unit over rows: `activation(gate) * up` (Shazeer, arXiv 2002.05202).
struct GatedUnit: Sendable {
  let activation: BlockForm.Activation

  /// - Parameters:
  ///   - gateUp: `[rows, 2 * width]`, gate then up in each row.
  ///   - out: `[rows, width]`.
  func forward(_ gateUp: MatrixView, into out: MatrixView, _ workers: Workers) {
    let width = out.columns
    precondition(gateUp.columns == 2 * width && gateUp.rows == out.rows)
    workers.forEachRange(out.rows, atLeast: 16) { rows, _ in
      for row in rows {
        let gate = gateUp.base + row * gateUp.stride
        let out = out.base + row * out.stride
        switch activation {
        case .silu: ck_swiglu_forward(gate, gate + width, width, out)
        case .geluTanh: ck_geglu_forward(gate, gate + width, width, out)
        }
      }
    }
  }

  /// - Parameter dGateUp: receives the gradient, in the layout of `gateUp`.
  func backward(
    _ gateUp: MatrixView, dout: MatrixView, into dGateUp: MatrixView, _ workers: Workers
  ) {
    let width = dout.columns
    precondition(gateUp.columns == 2 * width && gateUp.rows == dout.rows)
    precondition(dGateUp.columns == 2 * width && dGateUp.rows == dout.rows)
    workers.forEachRange(dout.rows, atLeast: 16) { rows, _ in
      for row in rows {
        let gate = gateUp.base + row * gateUp.stride
        let gradient = dGateUp.base + row * dGateUp.stride
        let dout = dout.base + row * dout.stride
        switch activation {
        case .silu:
          ck_swiglu_backward(gate, gate + width, dout, width, gradient, gradient + width)
        case .geluTanh:
          ck_geglu_backward(gate, gate + width, dout, width, gradient, gradient + width)
        }
      }
    }
  }
}
