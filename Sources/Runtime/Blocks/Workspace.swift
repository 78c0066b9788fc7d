import CleaveModel

/// The scratch memory of forward passes that run one after another. It grows to the largest batch seen, never
/// beyond `largestBatch` columns, so that decoding allocates nothing.
struct Workspace {
  /// The number of columns that go through a block together. Longer batches are cut, which bounds scratch
  /// memory; the results do not depend on where.
  static let largestBatch = 128

  let pool: ThreadPool
  let numerics: Numerics
  var rotary: RotaryTables
  /// The sequences of the batch.
  var spans = SpanTable()
  /// The sequences of the columns that the last block is wanted for, where these are not all.
  var wantedSpans = SpanTable()
  /// The states of these columns: `[.., hidden]`.
  var wanted: [Float] = []
  /// Takes the times of the parts; nil where nobody asks for them.
  var clock: PartClock?
  var normed: Activations  // [batch, hidden]
  /// What the input projections of a block give: of attention queries, keys and values, `[batch, heads *
  /// headDimension]` and twice `[batch, kvHeads * headDimension]`, and the gate of its output where there is one.
  var projected: [Float] = []
  var attended: Activations  // [batch, heads * headDimension]
  var states: StateWorkspace
  var gated: Activations  // [batch, intermediate]
  var experts: ExpertWorkspace
  /// The output of a part of a block before the norm that follows it, where there is one: `[batch, hidden]`.
  var branch: [Float] = []
  /// The hidden states after an exit's body, before its norm: `[batch, hidden]`.
  var exit: [Float] = []
  /// The vectors between the two matrices of an affine exit body, by rank: `[batch, rank]`.
  var lowRank: [Int: Activations] = [:]
  private let projectedWidth: Int
  private let configuration: ModelConfiguration

  init(_ configuration: ModelConfiguration, numerics: Numerics, pool: ThreadPool) {
    self.pool = pool
    self.numerics = numerics
    rotary = RotaryTables(configuration)
    experts = ExpertWorkspace(configuration, numerics: numerics)
    normed = Activations(width: configuration.hiddenSize, numerics: numerics)
    attended = Activations(width: configuration.querySize, numerics: numerics)
    states = StateWorkspace(configuration, numerics: numerics)
    gated = Activations(width: configuration.intermediateSize, numerics: numerics)
    projectedWidth = Mixer.allCases.map(configuration.projectedSize).max() ?? 0
    self.configuration = configuration
  }

  mutating func grow(batch: Int) {
    normed.grow(columns: batch)
    projected.grow(to: batch * projectedWidth)
    attended.grow(columns: batch)
    states.grow(batch: batch, configuration)
    gated.grow(columns: batch)
  }

  /// `x += part`, or `x += norm(part)` where a block has a norm after the part, either times the model's factor.
  ///
  /// - Parameter part: adds its output to the rows from the given one on.
  mutating func add(
    _ norm: Norm?, _ configuration: ModelConfiguration, to x: inout [Float], first: Int,
    count: Int, _ part: (_ output: inout [Float], _ first: Int, _ work: inout Workspace) -> Void
  ) {
    guard norm != nil || configuration.residualScale != 1 else { return part(&x, first, &self) }
    let width = configuration.hiddenSize
    var output: [Float] = []
    swap(&output, &branch)
    output.grow(to: count * width)
    for index in 0..<count * width { output[index] = 0 }
    part(&output, 0, &self)
    if let norm {
      VectorKernels.normalize(&output, offset: 0, rows: count, norm, pool: pool)
    }
    VectorKernels.add(
      output, times: configuration.residualScale, count: count * width, to: &x,
      offset: first * width)
    swap(&output, &branch)
  }

  /// What the output projection of a block with this mixer reads.
  func mixed(_ mixer: Mixer) -> Activations {
    switch mixer {
    case .attention: attended
    case .convolution: states.convolved
    case .deltaNet: states.recalled
    }
  }

  mutating func growLowRank(_ rank: Int, batch: Int) {
    let numerics = numerics
    lowRank[rank, default: Activations(width: rank, numerics: numerics)].grow(columns: batch)
  }
}
