import ArgumentParser

struct BandwidthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bandwidth",
    abstract: "Measures how fast memory is read from one end to the other.",
    discussion: """
      Says "ready BYTES", the buffer's size. Then a line "read PASSES" of standard input is answered \
      by the SECONDS of the fastest of so many passes.
      """)

  @Option(help: "Threads that share each pass.")
  var threads: Int

  @Option(help: "Buffer size; caches should hold little of it.")
  var megabytes = 256

  func validate() throws {
    guard (1...1024).contains(threads), (1...65536).contains(megabytes) else {
      throw ValidationError("expected 1 to 1024 threads and 1 to 65536 megabytes")
    }
  }

  func run() async throws {
    let memory = StreamedMemory(bytes: megabytes * 1_000_000)
    try Channel.reply("ready \(memory.bytes)")
    while let line = readLine() {
      let words = line.split(separator: " ")
      guard words.count == 2, words[0] == "read", let passes = Int(words[1]), passes > 0 else {
        throw ValidationError("request \"\(line)\": expected one of --help")
      }
      var fastest = Double.infinity
      for _ in 0..<passes { fastest = min(fastest, await memory.secondsToRead(threads: threads)) }
      try Channel.reply("\(fastest)")
    }
  }
}
