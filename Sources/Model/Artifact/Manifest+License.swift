/// The licence that a model's source states.
package struct StatedLicense: Equatable, Sendable {
  /// As the source spells it, as `apache-2.0`.
  package let identifier: String
  package let name: String?
  package let link: String?

  package init(identifier: String, name: String? = nil, link: String? = nil) {
    (self.identifier, self.name, self.link) = (identifier, name, link)
  }
}

extension Manifest {
  /// The licence that the checkpoint stated when it was imported; nil where it stated none.
  package var sourceLicense: StatedLicense? {
    let settings = provenance.first { $0.step == "import" }?.settings ?? []
    func value(_ name: String) -> String? { settings.first { $0.name == name }?.value }
    return value("license").map {
      StatedLicense(identifier: $0, name: value("license_name"), link: value("license_link"))
    }
  }
}
