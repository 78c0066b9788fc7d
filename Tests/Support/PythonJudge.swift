import Glibc
import Subprocess
import SystemPackage

/// A Python that has other people's implementations of what cleave writes and speaks (tools/golden/judges.txt), to judge by.
package struct PythonJudge: Sendable {
  /// What a script of tools/golden said.
  package struct Verdict: Sendable {
    package let isPassed: Bool
    package let text: String
  }

  private let python: String

  /// The judge that `make test` installs, or that `CLEAVE_JUDGES_PYTHON` names; nil where there is none.
  package static let installed = PythonJudge(variable: "CLEAVE_JUDGES_PYTHON")
  /// Why tests with it are skipped.
  package static let absence =
    "CLEAVE_JUDGES_PYTHON names no python3 that has tools/golden/judges.txt: tools/golden/install-judges.sh"

  private static let longestText = 1 << 22

  /// - Parameter variable: the environment variable that names the Python; nil if it is not set, or empty.
  package init?(variable: String) {
    guard let path = getenv(variable).map({ String(cString: $0) }), !path.isEmpty else {
      return nil
    }
    python = path
  }

  /// Runs a script of tools/golden to its end.
  ///
  /// - Throws: `SubprocessError` where the Python cannot be started.
  package func run(_ script: String, _ arguments: [String]) async throws -> Verdict {
    let result = try await Subprocess.run(
      .path(FilePath(python)),
      arguments: Arguments([Golden.path("../../tools/golden/\(script)")] + arguments),
      environment: .inherit.updating([
        // Two threads of torch on two busy cores wait for one another.
        "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "PYTHONDONTWRITEBYTECODE": "1",
      ]), output: .string(limit: Self.longestText), error: .combinedWithOutput)
    return Verdict(
      isPassed: result.terminationStatus.isSuccess, text: result.standardOutput)
  }
}
