#if Network
  import ArgumentParser
  import CleaveGenerate
  import CleaveModel
  import CleaveNetwork
  import CleaveService
  import CleaveStorage

  extension ServeCommand {
    /// Serves an edge, or a model that runs whole, to clients of OpenAI's interface.
    func serveAPI() async throws {
      try Descriptors.requireForNetwork()
      let artifact = try Artifact(opening: bundle)
      try trust.check(artifact)
      if behind.threshold == nil, let doubt = artifact.manifest.doubt(engine.numerics) {
        printError("cleave: warning: \(doubt)")
      }
      let server = try await UsageError.naming([
        .listenerEncryption: "--api", .thresholds: "--threshold", .longestWait: "--max-wait",
        .chosenEncoding: "--codec auto", .cloudEncryption: "--cloud",
      ]) {
        let model = try ServedModel(artifact, settings: try serviceSettings())
        try await model.checkCloud()
        return try APIServer(
          model, options: try apiOptions(),
          logger: ServerLog.logger(level: logLevel, json: json))
      }
      Interruption.stopGently()
      let watch = Task {
        while !Interruption.isRequested { try await Task.sleep(for: .milliseconds(50)) }
        server.stop()
      }
      defer { watch.cancel() }
      try await server.run { try announceAPI($0) }
    }

    private func serviceSettings() throws -> ServiceSettings {
      var settings = ServiceSettings()
      settings.name = api.modelName
      settings.numerics = engine.numerics
      settings.threads = engine.threads
      settings.thresholds = try behind.given()
      settings.conversationBytes = api.cacheMiB << 20
      guard let cloud = behind.cloud else { return settings }
      let address = try CloudAddress(cloud)
      guard address.isServer || !behind.isRemoteGiven else {
        throw ValidationError("--cloud \(cloud) is a bundle: expected HOST:PORT with --cloud-...")
      }
      if case .bundle(let bundle) = address { try trust.check(bundle) }
      settings.cloud = address
      settings.encoding = api.collaboration.encoding
      settings.session = api.collaboration.sessionOptions(isServer: address.isServer)
      settings.draft = api.collaboration.draft
      settings.access = try behind.access()
      return settings
    }

    private func apiOptions() throws -> APIServer.Options {
      // Checked in validate().
      guard let address = api.address.flatMap({ HostAndPort($0) }) else {
        preconditionFailure("an address")
      }
      var options = APIServer.Options(address: address)
      options.keys = try api.keyFile.map(Tokens.init(file:))
      options.insecurePlaintext = insecurePlaintext
      options.running = api.running
      options.waiting = api.waiting
      options.drain = .seconds(drain)
      return options
    }

    private func announceAPI(_ address: HostAndPort) throws {
      guard json else {
        return printError("cleave: serving \(bundle) on http://\(address)/v1")
      }
      let line: JSON = [
        "address": .string(address.host), "port": .integer(Int64(address.port)),
        "api": .string("http://\(address)/v1"),
      ]
      try Terminal.print(line.text(pretty: false))
    }
  }
#endif
