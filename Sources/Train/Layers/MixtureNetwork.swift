import CleaveKernels
import CleaveModel

/// A mixture of experts, as the runtime's `ExpertMixture` computes it: softmax over the router's scores, and each row
/// goes through its best experts, whose results are added by weight. The router learns with the experts, by the weights
/// that it gives; which experts it chooses has no gradient.
final class MixtureNetwork: FeedForwardNetwork {
  private let settings: Experts
  private let width: Int
  private let unit: GatedUnit
  private let router: Parameters.Weight  // [experts, hidden]
  private let routerBias: Parameters.Weight?  // [1, experts]
  private let experts: [Expert]
  private let shared: SharedExpert?
  private let scores, dScores: FloatBuffer  // [rows, experts]
  // The activations of the routes, one expert after another.
  private let gates: FloatBuffer  // [routes, 2 intermediate]
  private let activated: FloatBuffer  // [routes, intermediate]
  private let outputs: FloatBuffer  // [routes, hidden]
  private let gathered, dGathered, dOutputs: FloatBuffer  // [rows, hidden]
  private var routing = ExpertRouting(experts: 0)

  private struct Expert {
    let gate, up: Parameters.Weight  // [intermediate, hidden]
    let down: Parameters.Weight  // [hidden, intermediate]
    let gateBias, upBias: Parameters.Weight?  // [1, intermediate]
    let downBias: Parameters.Weight?  // [1, hidden]
  }

  /// - Parameter rows: the most rows of a batch.
  init(
    _ configuration: ModelConfiguration, _ settings: Experts, rows: Int,
    _ parameters: BlockParameters
  ) {
    self.settings = settings
    width = configuration.intermediateSize
    unit = GatedUnit(
      activation: configuration.block.activation, clamp: configuration.block.gateClamp)
    router = parameters[.router]
    routerBias = parameters.optional(.routerBias)
    let gate = parameters[.expertGate], up = parameters[.expertUp], down = parameters[.expertDown]
    let gateBias = parameters.optional(.expertGateBias)
    let upBias = parameters.optional(.expertUpBias)
    let downBias = parameters.optional(.expertDownBias)
    experts = (0..<settings.count).map {
      Expert(
        gate: gate.part($0, of: settings.count), up: up.part($0, of: settings.count),
        down: down.part($0, of: settings.count),
        gateBias: gateBias?.vectorPart($0, of: settings.count),
        upBias: upBias?.vectorPart($0, of: settings.count),
        downBias: downBias?.vectorPart($0, of: settings.count))
    }
    shared = settings.sharedSize.map {
      SharedExpert(configuration, width: $0, rows: rows, parameters)
    }
    let routes = rows * settings.perToken, hidden = configuration.hiddenSize
    scores = FloatBuffer(rows * settings.count)
    dScores = FloatBuffer(rows * settings.count)
    gates = FloatBuffer(routes * 2 * width)
    activated = FloatBuffer(routes * width)
    outputs = FloatBuffer(routes * hidden)
    gathered = FloatBuffer(rows * hidden)
    dGathered = FloatBuffer(rows * hidden)
    dOutputs = FloatBuffer(rows * hidden)
  }

  func forward(
    _ x: MatrixView, into output: MatrixView, adding: Bool, _ work: BatchContext
  ) {
    let scores = scores.matrix(x.rows, settings.count)
    // In float32 always: a small error sends a row to other experts.
    Product(workers: work.workers, precision: .float32)(
      x, router.value, bTransposed: true, into: scores)
    if let routerBias { scores.addToRows(routerBias.value) }
    routing = ExpertRouting(scores, settings)
    if !adding { output.clear() }
    for (expert, routes) in zip(experts, routing.experts) where !routes.rows.isEmpty {
      let place = routes.first..<routes.first + routes.rows.count
      let own = gathered.matrix(routes.rows.count, x.columns)
      own.gather(routes.rows, from: x)
      let gates = gates.matrix(place.upperBound, 2 * width).rows(place)
      let activated = activated.matrix(place.upperBound, width).rows(place)
      let outputs = outputs.matrix(place.upperBound, x.columns).rows(place)
      work.product(own, expert.gate.value, bTransposed: true, into: gates.columns(0..<width))
      work.product(own, expert.up.value, bTransposed: true, into: gates.columns(width..<2 * width))
      if let bias = expert.gateBias { gates.columns(0..<width).addToRows(bias.value) }
      if let bias = expert.upBias { gates.columns(width..<2 * width).addToRows(bias.value) }
      unit.forward(gates, into: activated, work.workers)
      work.product(activated, expert.down.value, bTransposed: true, into: outputs)
      if let bias = expert.downBias { outputs.addToRows(bias.value) }
      outputs.scatterAdd(routes.rows, times: routes.weights, to: output)
    }
    shared?.forward(x, addingTo: output, work)
  }

  func backward(
    _ x: MatrixView, _ gradient: MatrixView, into dx: MatrixView, _ work: BatchContext
  ) {
    let first = x.rows - gradient.rows
    dx.clear()
    var dWeights = routing.zeros
    for (index, all) in routing.experts.enumerated() {
      let routes = all.from(first)
      guard !routes.rows.isEmpty else { continue }
      dWeights[index] = expertBackward(experts[index], routes, first, x, gradient, dx, work)
    }
    let dScores = dScores.matrix(gradient.rows, settings.count)
    routing.backward(dWeights, from: first, into: dScores, settings)
    work.product(
      dScores, aTransposed: true, x.last(gradient.rows), into: router.gradient, adding: true)
    if let routerBias { dScores.addRows(to: routerBias.gradient) }
    work.product(dScores, router.value, into: dx, adding: true)
    shared?.backward(x, gradient, addingTo: dx, work)
  }

  /// - Returns: the gradient of the weight of each route.
  private func expertBackward(
    _ expert: Expert, _ routes: ExpertRouting.Routes, _ first: Int, _ x: MatrixView,
    _ gradient: MatrixView, _ dx: MatrixView, _ work: BatchContext
  ) -> [Float] {
    let count = routes.rows.count, hidden = x.columns
    let place = routes.first..<routes.first + count, rows = routes.rows.map { $0 - first }
    let own = gathered.matrix(count, hidden), dOwn = dGathered.matrix(count, hidden)
    let dOutputs = dOutputs.matrix(count, hidden)
    let outputs = outputs.matrix(place.upperBound, hidden).rows(place)
    own.gather(rows, from: gradient)
    var dWeights = [Float](repeating: 0, count: count)
    ck_row_dots(own.base, outputs.base, count, hidden, hidden, &dWeights, 1)
    dOutputs.clear()
    own.scatterAdd(Array(0..<count), times: routes.weights, to: dOutputs)
    own.gather(routes.rows, from: x)
    let activated = activated.matrix(place.upperBound, width).rows(place)
    let dActivated = work.wide.matrix(count, width), dGates = work.gates.matrix(count, 2 * width)
    work.product(
      dOutputs, aTransposed: true, activated, into: expert.down.gradient, adding: true)
    if let bias = expert.downBias { dOutputs.addRows(to: bias.gradient) }
    work.product(dOutputs, expert.down.value, into: dActivated)
    unit.backward(
      gates.matrix(place.upperBound, 2 * width).rows(place), dout: dActivated, into: dGates,
      work.workers)
    for (weight, bias, columns) in [
      (expert.gate, expert.gateBias, 0..<width), (expert.up, expert.upBias, width..<2 * width),
    ] {
      let part = dGates.columns(columns)
      if let bias { part.addRows(to: bias.gradient) }
      work.product(part, aTransposed: true, own, into: weight.gradient, adding: true)
      work.product(part, weight.value, into: dOwn, adding: columns.lowerBound > 0)
    }
    dOwn.scatterAdd(rows, to: dx)
    return dWeights
  }
}
