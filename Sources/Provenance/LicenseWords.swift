import CleaveModel
import CleaveStorage

/// A licence as documents write it.
struct LicenseWords {
  private let license: StatedLicense

  init(_ license: StatedLicense) { self.license = license }

  /// The identifiers of SPDX by the spelling that model hubs have for them. What is not here has no identifier there.
  private static let identifiers = [
    "apache-2.0": "Apache-2.0", "mit": "MIT", "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause", "cc-by-4.0": "CC-BY-4.0", "cc-by-sa-4.0": "CC-BY-SA-4.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0", "cc-by-nc-sa-4.0": "CC-BY-NC-SA-4.0", "cc0-1.0": "CC0-1.0",
    "gpl-3.0": "GPL-3.0-only", "agpl-3.0": "AGPL-3.0-only", "lgpl-3.0": "LGPL-3.0-only",
    "mpl-2.0": "MPL-2.0", "isc": "ISC", "unlicense": "Unlicense", "artistic-2.0": "Artistic-2.0",
  ]

  /// SPDX's identifier; nil for a licence without one.
  var spdx: String? { Self.identifiers[license.identifier.lowercased()] }

  /// The licence in words.
  var text: String {
    let more = [license.name, license.link].compactMap(\.self)
    return (spdx ?? license.identifier) + (more.isEmpty ? "" : " (\(more.joined(separator: ", ")))")
  }

  /// The list of licences of a CycloneDX component.
  var cycloneDX: JSON {
    var entry = JSONObject()
    if let spdx {
      entry["id"] = .string(spdx)
    } else {
      entry["name"] = .string(license.name ?? license.identifier)
    }
    if let link = license.link, link.hasPrefix("https://") { entry["url"] = .string(link) }
    return [["license": .object(entry)]]
  }
}
