#if Network
  import CleaveModel
  import CleaveRegistry
  import CleaveStorage
  import Synchronization

  /// Pushes and pulls of bundles, with a line of progress.
  enum Transfer {
    static func push(
      _ bundle: String, to reference: RegistryReference, _ settings: BundlePush.Settings,
      _ options: RegistryOptions, quiet: Bool
    ) async throws -> BundlePush.Outcome {
      let push = try BundlePush(try Artifact(opening: bundle), to: reference, settings: settings)
      return try await show("push", reference, options, quiet: quiet) {
        try await push.run($0, progress: $1)
      }
    }

    static func pull(
      _ reference: RegistryReference, into target: String, _ settings: BundlePull.Settings,
      _ options: RegistryOptions, quiet: Bool
    ) async throws -> BundlePull.Outcome {
      let pull = BundlePull(reference, into: target, settings: settings)
      return try await show("pull", reference, options, quiet: quiet) {
        try await pull.run($0, progress: $1)
      }
    }

    private static func show<Result>(
      _ label: String, _ reference: RegistryReference, _ options: RegistryOptions, quiet: Bool,
      _ body: (RegistryClient, TransferProgress) async throws -> Result
    ) async throws -> Result {
      let line = Mutex(ProgressLine(label, unit: .bytes, quiet: quiet))
      defer { line.withLock { $0.finish() } }
      let progress = TransferProgress { done, total in
        line.withLock { $0.show(done, of: total) }
      }
      return try await RegistryClient.with(reference, access: try options.access()) {
        try await body($0, progress)
      }
    }
  }
#endif
