import ArgumentParser
import CleaveModel
import CleaveNetwork
import CleaveProfile
import CleaveStorage

/// Measuring a server and the link to it.
extension ProfileCommand {
  func validateCloud() throws {
    guard let cloud else {
      guard !remote.isGiven else {
        throw ValidationError("TLS, tokens and --insecure-plaintext need --cloud HOST:PORT")
      }
      return
    }
    guard (HostAndPort(cloud)?.port ?? 0) > 0 else {
      throw ValidationError("--cloud \(cloud): expected HOST:PORT")
    }
    guard check == nil, profile == nil, threads == nil, types == nil else {
      throw ValidationError(
        "--check, --threads and --types are of this machine: expected no --cloud")
    }
  }

  func run(cloud: String) async throws {
    #if Network
      // Checked in validate().
      guard let address = HostAndPort(cloud) else { preconditionFailure("an address") }
      let access = try remote.access()
      let line = ProgressLine("profile", unit: .items("parts"), quiet: progress.quiet)
      defer { line.finish() }
      let profile = try await UsageError.naming([.cloudEncryption: "--cloud"]) {
        try await access.cloud(at: address).measure(seconds: time, deadline: access.deadline) {
          line.show($0, of: $1)
        }
      }
      line.finish()
      if let output {
        try ProfileFile.write(profile.json, to: output, force: outputOptions.force)
      }
      let name = output.map { "\($0): " } ?? ""
      try Terminal.print(outputOptions.json ? profile.json.text() : name + profile.text)
    #else
      throw NetworkMissing()
    #endif
  }
}
