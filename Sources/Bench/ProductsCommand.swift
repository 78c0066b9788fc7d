import ArgumentParser
import COpenBLAS
import CleaveKernels
import CleaveRuntime

struct ProductsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "products",
    abstract: "Our float32 products beside OpenBLAS's sgemm on the same numbers.",
    discussion: """
      Paired in time: ours and the peer's runs alternate, so that a machine whose speed drifts still \
      gives an honest ratio.
      """)

  @Option(help: "Threads of both.")
  var threads: Int

  @Option(help: "Pairs of runs for each product.")
  var pairs = 41

  func validate() throws {
    guard (1...1024).contains(threads), pairs > 0 else {
      throw ValidationError("expected 1 to 1024 threads and at least one pair")
    }
  }

  func run() throws {
    openblas_set_num_threads(Int32(threads))
    let pool = try ThreadPool(threads: threads)
    try Channel.reply(
      "float32 products on \(threads) threads, \(String(cString: ck_isa_name())), GFLOP/s "
        + "(medians of \(pairs) pairs)")
    try Channel.reply(Self.row("product", ["ours", "OpenBLAS", "ratio"]))
    for product in Product.ofAModel {
      let measurement = ProductMeasurement(product, pool: pool)
      let measured = measurement.measure(pairs: pairs)
      try Channel.reply(
        Self.row(
          product.name,
          [
            measured.map { product.work / $0.ours }, measured.map { product.work / $0.peer },
            measured.map { $0.peer / $0.ours },
          ].map { Self.rounded(Self.median($0)) }))
    }
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  private static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

  private static func row(_ name: String, _ cells: [String]) -> String {
    func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
    return name + spaces(18 - name.count) + cells.map { spaces(10 - $0.count) + $0 }.joined()
  }
}
