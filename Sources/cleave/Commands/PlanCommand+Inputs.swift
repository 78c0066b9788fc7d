import ArgumentParser
import CleaveModel
import CleavePlan
import CleaveRuntime
import CleaveStorage

/// What `cleave plan` reads of the link and the server.
extension PlanCommand {
  /// The measured link and server of `--link` or `--cloud`; nil where neither names a file of `cleave profile --cloud`.
  func measuredLink() throws -> LinkProfile? {
    if let measured = try link.flatMap({ try LinkOption($0).measured() }) { return measured }
    return try LinkProfile.isProfile(path: cloud) ? try LinkProfile(path: cloud) : nil
  }

  /// What the model's steps take on the server: by the profile of its machine, or as it has answered.
  func cloudCosts(of manifest: Manifest) throws -> any StepCosts {
    guard try LinkProfile.isProfile(path: cloud) else {
      let server = try DeviceProfile(path: cloud)
      return try ModelCost(manifest, on: server, threads: cloudThreads ?? server.threads)
    }
    guard cloudThreads == nil else {
      throw UsageError(
        description: "--cloud-threads: found \(cloud), a measured server; expected the profile of a"
          + " machine, or no --cloud-threads")
    }
    return try AnsweredCosts(try LinkProfile(path: cloud), file: cloud, of: manifest)
  }

  func settings(_ device: DeviceProfile) throws -> PlanSettings {
    let measured = try measuredLink()
    guard
      let planned = try link.map({ try LinkOption($0).planned() }) ?? measured.map(PlannedLink.init)
    else {
      throw UsageError(
        description:
          "--link: found none; expected a rate and a round trip, as 30Mbit,40ms, or a file"
          + " of cleave profile --cloud there or at --cloud")
    }
    var settings = PlanSettings(link: planned)
    settings.middleLink = try middle.link()
    settings.clients = clients
    settings.think = think
    settings.objective = objective
    settings.maxMemory = maxMemory?.bytes ?? device.memoryBytes
    settings.maxRisk = maxRisk
    settings.thresholds = threshold
    settings.uploads = try uploads()
    settings.lookAheads = try lookAheads()
    settings.messageSeconds =
      messageMs.map { $0 / 1000 } ?? measured?.messageSeconds ?? settings.messageSeconds
    settings.requestSeconds =
      requestMs.map { $0 / 1000 } ?? measured.map(settings.requestSeconds) ?? 0
    return settings
  }
}
