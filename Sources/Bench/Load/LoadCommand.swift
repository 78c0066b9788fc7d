import CleaveExits
import CleaveModel
import CleaveStorage

#if Network
  import ArgumentParser
  import CleaveModel
  import CleaveNetwork
  import CleaveRuntime

  struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "load",
      abstract: "Many edges at once on one `cleave serve`.",
      discussion: """
        Each edge is a device of its own, and so many do not fit on a core: texts are written once with \
        the cloud in this process, and what the edge sent, waited for and computed is written down. Then \
        clients play that back against the server: they sleep where the edge computed, send the same \
        messages, and check that each answer is the same. Prints JSON for each number of clients.
        """)

    @Argument(help: "Edge bundle.") var edge: String
    @Argument(help: "Cloud bundle.") var cloud: String
    @Option(help: "Port of its server on this machine.") var port: Int
    @Option(help: "Process of the server, whose core time is read.") var process: Int
    @Option(help: "Of every exit; above 1 switches exits off (default: the shipped ones).")
    var threshold: Double?
    @Option(help: "Tokens drafted before the cloud checks them; 0 believes the exits.")
    var draft = 0
    @Option(help: "Encoding of hidden states: \(StatesEncoding.names.joined(separator: ", ")).")
    var codec = "f32"
    @OptionGroup var options: LoadOptions

    func validate() throws {
      guard StatesEncoding(codec) != nil else {
        throw ValidationError(
          "--codec \(codec): expected one of \(StatesEncoding.names.joined(separator: ", "))")
      }
    }

    func run() async throws {
      let (traces, prompts) = try await record()
      let remote = try RemoteCloud(HostAndPort(host: "127.0.0.1", port: port))
      let asked = traces.flatMap(\.steps).count {
        if case .answer = $0.event { true } else { false }
      }
      let tokens = traces.flatMap(\.steps).count {
        if case .token = $0.event { true } else { false }
      }
      Channel.note("load  \(prompts) prompts, \(asked) answers for \(tokens) tokens")
      for clients in [1] + options.counts {
        let start = (try CoreTime.of(process: process), ContinuousClock.now)
        let figures = try await Replay(remote: remote, traces: traces)
          .run(clients: clients, texts: options.texts)
        let seconds = start.1.duration(to: .now) / .seconds(1)
        try Channel.reply(
          figures.json(
            clients: clients, seconds: seconds,
            core: try CoreTime.of(process: process) - start.0
          ).text())
      }
    }

    private func record() async throws -> ([Trace], prompts: Int) {
      let (edge, cloud) = (try Artifact(opening: edge), try Artifact(opening: cloud))
      let prompts = try options.load(edge)
      let (model, pool) = (try EdgeModel(edge), try ThreadPool(threads: 1))
      let manager = CloudContextManager(try CloudModel(cloud), pool: pool)
      var policy = ExitPolicy.shipped(edge.manifest, mode: .collaborative)
      if let threshold { policy.thresholds = policy.thresholds.map { _ in threshold } }
      var traces: [Trace] = []
      // The first wakes the machine.
      for prompt in prompts.prefix(1) + prompts {
        traces.append(
          try await Trace.record(
            model, manager, prompt: prompt, policy: policy,
            options: .init(longestDraft: draft), encoding: StatesEncoding(codec) ?? .float32,
            maxTokens: options.tokens, pool: pool))
      }
      return (Array(traces.dropFirst()), prompts.count)
    }
  }
#endif
