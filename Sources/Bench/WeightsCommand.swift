import ArgumentParser
import CleaveKernels
import CleaveRuntime
import CleaveStorage

struct WeightsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights",
    abstract: "How fast weights of each type are read by one token, beside what bounds that.",
    discussion: """
      A matrix times one vector, as a decode step has it: from memory, and from the cache, where \
      arithmetic alone counts. The bound is the lower of that and of the rate at which as many threads \
      read memory from end to end.
      """)

  @Option(help: "Threads to compute with.")
  var threads: Int

  @Option(help: "Megabytes of each matrix that comes from memory; caches should hold little of it.")
  var megabytes = 128

  @Option(help: "Runs of each, of which the median counts.")
  var runs = 9

  @Argument(help: "Types to measure; all that are multiplied as integers if none is named.")
  var types: [String] = []

  func validate() throws {
    guard (1...1024).contains(threads), (1...4096).contains(megabytes), runs > 0 else {
      throw ValidationError("expected 1 to 1024 threads, 1 to 4096 megabytes and at least one run")
    }
  }

  func run() async throws {
    let chosen = try measuredTypes()
    let memory = StreamedMemory(bytes: megabytes * 2_000_000)
    var reads: [Double] = []
    for _ in 0..<runs { reads.append(await memory.secondsToRead(threads: threads)) }
    let read = Double(memory.bytes) / 1e9 / median(reads)
    try Channel.reply(
      "\(threads) threads, \(String(cString: ck_isa_name())); memory read from end to end: "
        + "\(rounded(read)) GB/s (medians of \(runs))")
    try Channel.reply(row(["type", "from memory", "from cache", "of memory", "of the bound"]))
    let pool = try ThreadPool(threads: threads)
    for type in chosen {
      let cold = WeightsMeasurement(type, bytes: megabytes * 1_000_000, pool: pool)
      // Half of a second-level cache.
      let hot = WeightsMeasurement(type, bytes: threads * 256_000, pool: pool)
      let rates = (cold: cold.rate(runs: runs), hot: hot.rate(runs: runs))
      try Channel.reply(
        row([
          type.rawValue, rounded(rates.cold), rounded(rates.hot), percent(rates.cold / read),
          percent(rates.cold / min(read, rates.hot)),
        ]))
    }
  }

  private func measuredTypes() throws -> [TensorType] {
    guard !types.isEmpty else { return TensorType.allCases.filter { $0.isQuantized } }
    return try types.map { name in
      guard let type = TensorType(rawValue: name), type.isQuantized else {
        throw ValidationError("\(name): expected a type of blocks, as Q4_0 or IQ4_NL")
      }
      return type
    }
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
  private func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
  private func percent(_ value: Double) -> String { "\(Int((value * 100).rounded())) %" }

  private func row(_ cells: [String]) -> String {
    cells.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined()
  }
}
