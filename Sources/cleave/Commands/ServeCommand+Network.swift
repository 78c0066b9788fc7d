#if Network
  import CleaveModel
  import CleaveNetwork
  import CleaveRuntime
  import CleaveStorage

  extension ServeCommand {
    func serve() async throws {
      try Descriptors.requireForNetwork()
      let artifact = try Artifact(opening: bundle)
      try trust.check(artifact)
      let server = try server(of: artifact, try host(of: artifact))
      Interruption.stopGently()
      let watch = Task {
        while !Interruption.isRequested { try await Task.sleep(for: .milliseconds(50)) }
        server.stop()
      }
      defer { watch.cancel() }
      try await server.run { try announce($0) }
    }

    private func host(of bundle: Artifact) throws -> any SessionHost {
      let role: Manifest.Role = behind.cloud == nil ? .cloud : .middle
      guard bundle.manifest.role == role else {
        throw InputError(
          file: bundle.path, location: "role", found: bundle.manifest.role.rawValue,
          expected: role.rawValue + (role == .middle ? ", with --cloud" : ""),
          advice: bundle.manifest.role == .middle
            ? "Name the server that it asks with --cloud HOST:PORT."
            : "Give the \(role.rawValue) bundle that cleave partition wrote.")
      }
      let pool = try ThreadPool(threads: engine.threads)
      guard role == .middle else {
        return CloudContextManager(
          try CloudModel(bundle), numerics: engine.numerics, pool: pool, limits: limits)
      }
      let thresholds = try behind.thresholds(of: bundle.manifest)
      return MiddleTier(
        try MiddleModel(bundle, thresholds: thresholds, numerics: engine.numerics), pool: pool,
        limits: limits, behind: try behind.opener(of: bundle.manifest, engine.numerics))
    }

    private func server(
      of bundle: Artifact, _ manager: any SessionHost
    ) throws -> CloudServer {
      try UsageError.naming([.listenerEncryption: "--listen"]) {
        try CloudServer(
          manager, manifest: bundle.manifest, numerics: engine.numerics, options: try options(),
          logger: ServerLog.logger(level: logLevel, json: json))
      }
    }

    private var limits: CloudLimits {
      var limits = CloudLimits()
      limits.sessions = maxSessions
      limits.sessionsPerClient = maxClientSessions
      limits.positionsPerSecond = clientRate
      limits.targetLatency = targetP95.map { .seconds($0 / 1000) }
      limits.bytes = memoryMiB << 20
      limits.idle = .seconds(idle)
      return limits
    }

    private func options() throws -> CloudServer.Options {
      // Checked in validate().
      guard let address = HostAndPort(listen ?? "127.0.0.1:7070") else {
        preconditionFailure("an address")
      }
      var options = CloudServer.Options(address: address)
      if let tlsCertificate, let tlsKey {
        options.tls = ServerTLS(
          certificate: tlsCertificate, key: tlsKey, clientAuthorities: clientCa)
      }
      options.tokens = try tokens.map(Tokens.init(file:))
      options.insecurePlaintext = insecurePlaintext
      options.drain = .seconds(drain)
      options.metrics = metrics.flatMap { HostAndPort($0) }
      return options
    }

    private func announce(_ listening: CloudServer.Listening) throws {
      guard json else {
        return printError(
          "cleave: serving \(bundle) on \(listening.address)"
            + (listening.metrics.map { "; metrics on http://\($0)/metrics" } ?? ""))
      }
      let line: JSON = [
        "address": .string(listening.address.host),
        "port": .integer(Int64(listening.address.port)),
        "metrics": listening.metrics.map { .string($0.description) } ?? .null,
      ]
      try Terminal.print(line.text(pretty: false))
    }
  }
#endif
