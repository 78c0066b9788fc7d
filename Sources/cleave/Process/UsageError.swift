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

  /// Runs `body`, which reads the value of an option, and names the option in what is wrong with it.
  static func naming<Result>(_ option: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as InputError {
      let place = error.location.isEmpty ? option : "\(option): \(error.location)"
      throw UsageError(
        description: "\(place): found \(error.found); expected \(error.expected)"
          + (error.advice.map { ". \($0)" } ?? ""))
    }
  }

  init(description: String) { self.description = description }

  private init(_ error: SettingError, _ options: [SettingError.Setting: String]) {
    description = error.description(naming: options[error.setting] ?? error.setting.description)
  }
}
