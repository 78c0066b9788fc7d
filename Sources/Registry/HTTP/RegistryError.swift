import CleaveStorage

/// A registry refused a request, or cannot be reached.
package struct RegistryError: ExitStatusError, Equatable, Sendable {
  /// The registry, with the repository where one was asked about.
  package let registry: String
  package let reason: String
  package let advice: String?

  package init(_ registry: String, _ reason: String, advice: String? = nil) {
    self.registry = registry
    self.reason = reason
    self.advice = advice
  }

  package var description: String {
    // Much of the reason may be the registry's own words.
    "\(registry): \(reason)".shown(limit: 2000) + (advice.map { ". \($0)" } ?? "")
  }

  package var exitStatus: ExitStatus { .cloudFailed }
}
