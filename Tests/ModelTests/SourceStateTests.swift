import CleaveModel
import CleaveStorage
import Glibc
import TestSupport
import Testing

/// Sources that change while an output is made of them.
@Suite struct SourceStateTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func objection(to state: SourceState) -> InputError? {
    do { try state.requireUnchanged() } catch { return error as? InputError }
    return nil
  }

  /// What is in directories counts too.
  @Test func anOverwrittenFileIsNamed() throws {
    _ = try scratch.makeDirectory("source")
    _ = try scratch.makeDirectory("source/weights")
    for name in ["source/manifest", "source/weights/block"] { try scratch.write("old", to: name) }
    let state = SourceState(of: [scratch("source")])
    #expect(objection(to: state) == nil)
    let path = scratch("source/weights/block")
    // The same bytes at another time: a reader may have seen what was there between.
    #expect(Scratch.setBack(path))
    #expect(objection(to: state)?.file == path)
    #expect(objection(to: state)?.found == "a file that changed")
  }

  @Test func aFileThatIsGoneIsNamed() throws {
    let path = try scratch.write("old", to: "model.gguf")
    let state = SourceState(of: [path, scratch("never-there")])
    #expect(objection(to: state) == nil)
    unlink(path)
    #expect(objection(to: state)?.file == path)
    #expect(objection(to: state)?.found == "nothing there any more")
  }

  @Test func anArtifactOfAChangedSourceIsNotSealed() throws {
    let artifact = try TinyArtifact.make(in: scratch)
    let writer = try ArtifactWriter(
      target: scratch("new"), sources: [artifact.path], force: false)
    for file in artifact.manifest.files { try writer.link(file.path, from: artifact) }
    // Links alone change nothing of their source.
    let state = SourceState(of: [artifact.path])
    #expect(objection(to: state) == nil)
    let manifest = try FileSystem.read("\(artifact.path)/manifest.json", limit: 1 << 20)
    try scratch.write(manifest, to: "artifact/manifest.json")
    let error = #expect(throws: InputError.self) { try writer.seal(artifact.manifest) }
    #expect(error?.file == "\(artifact.path)/manifest.json")
  }
}
