import CleaveModel
import CleaveStorage

/// The documents about a bundle that a build made: a model card for people, a bill of materials and the provenance for tools.
/// None has a date of its own, so the same build makes the same bytes.
package struct BundleDocuments {
  private let manifest: Manifest
  private let digest: FileDigest
  private let account: BuildAccount

  /// - Parameter digest: of the bundle's `manifest.json`.
  package init(_ manifest: Manifest, _ digest: FileDigest, _ account: BuildAccount) {
    self.manifest = manifest
    self.digest = digest
    self.account = account
  }

  /// The documents by their names in the bundle.
  package var files: [(name: String, bytes: [UInt8])] {
    let card = Array(ModelCard(manifest, account).text.utf8)
    let materials = Array((BillOfMaterials(manifest, digest, account).json.text() + "\n").utf8)
    var files = manifest.files.map { (name: $0.path, digest: $0.digest) }
    files.append((ArtifactLayout.manifest, digest))
    files.append((ArtifactLayout.modelCard, FileDigest(of: card)))
    files.append((ArtifactLayout.billOfMaterials, FileDigest(of: materials)))
    let statement = BuildStatement(
      subjects: files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }, account)
    return [
      (ArtifactLayout.modelCard, card), (ArtifactLayout.billOfMaterials, materials),
      (ArtifactLayout.buildProvenance, Array((statement.json.text() + "\n").utf8)),
    ]
  }
}
