import CleaveStorage

/// A command was given options that cannot be used, as only its run could tell.
struct UsageError: ExitStatusError {
  let description: String
  var exitStatus: ExitStatus { .badInput }

  /// Runs `body` and names the option behind a setting that it cannot use.
  ///
  /// - Parameter options: the options that give settings. A setting that is not among them is
  ///   reported by its own name.
  static func naming<Result>(
    _ options: [SettingError.Setting: String], _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let error as SettingError {
      throw UsageError(error, options)
    }
  }

  /// Runs `body` and names the option behind a setting that it cannot use.
  static func naming<Result>(
    _ options: [SettingError.Setting: String], _ body: () async throws -> Result
  ) async throws -> Result {
    do { return try await body() } catch let error as SettingError {
      throw UsageError(error, options)
    }
  }

  private init(_ error: SettingError, _ options: [SettingError.Setting: String]) {
    description = error.description(naming: options[error.setting] ?? error.setting.description)
  }
}
