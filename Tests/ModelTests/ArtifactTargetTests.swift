import CleaveModel
import CleaveStorage
import Glibc
import TestSupport
import Testing

/// Targets of artifacts: what `--force` must not remove, and where no artifact may be made.
@Suite struct ArtifactTargetTests {
  private let scratch: Scratch
  private let artifact: Artifact

  init() throws {
    scratch = try Scratch()
    artifact = try TinyArtifact.make(in: scratch)
  }

  private func refusal(_ target: String, force: Bool = true) -> InputError? {
    #expect(throws: InputError.self) {
      try ArtifactWriter(target: target, sources: [], force: force)
    }
  }

  @Test(arguments: [
    ("note", "note"), ("exits", "exits"), ("weights/notes.txt", "weights/notes.txt"),
    (".git/", ".git"), ("weights/mine.safetensors/", "weights/mine.safetensors"),
  ])
  func forceKeepsWhatNoArtifactHolds(entry: String, named: String) throws {
    if entry.hasSuffix("/") {
      _ = try scratch.makeDirectory("artifact/\(entry)")
    } else {
      try scratch.write("a person's own", to: "artifact/\(entry)")
    }
    let error = refusal(artifact.path)
    #expect(error?.file == artifact.path && error?.location == named)
    #expect(error?.expected == "an artifact's files only")
    #expect(FileSystem.exists("\(artifact.path)/\(named)"))
    #expect(Scratch.entries(scratch.path) == ["artifact"])
  }

  /// A file that a person puts into the old artifact while the new one is written.
  @Test func aFileThatAppearsMeanwhileIsKept() throws {
    do {
      let other = try TinyArtifact.make(in: scratch, "other")
      let writer = try ArtifactWriter(target: artifact.path, sources: [], force: true)
      for file in other.manifest.files { try writer.link(file.path, from: other) }
      try scratch.write("a person's own", to: "artifact/note")
      let error = #expect(throws: InputError.self) { try writer.finish(other.manifest) }
      #expect(error?.location == "note")
    }
    #expect(Scratch.entries(artifact.path).contains("note"))
    #expect(Scratch.entries(scratch.path) == ["artifact", "other"])
  }

  @Test func aDamagedArtifactIsReplaced() throws {
    let other = try TinyArtifact.make(in: scratch, "other")
    try scratch.remove("artifact/tokenizer.json")
    try scratch.write(
      "{\"schema\":\"cleave.artifact\",\"version\":9}", to: "artifact/manifest.json")
    try scratch.write("", to: "artifact/weights/block-9999.safetensors")
    let writer = try ArtifactWriter(target: artifact.path, sources: [], force: true)
    for file in other.manifest.files { try writer.link(file.path, from: other) }
    _ = try writer.finish(other.manifest)
    #expect(!FileSystem.exists("\(artifact.path)/weights/block-9999.safetensors"))
    #expect(try Artifact(opening: artifact.path).manifest == other.manifest)
  }

  @Test(arguments: ["artifact/new", "artifact/weights/new", "link/new"])
  func noArtifactInsideAnother(target: String) throws {
    #expect(symlink("artifact/weights", scratch("link")) == 0)
    for force in [false, true] {
      let error = refusal(scratch(target), force: force)
      #expect(error?.file == scratch(target))
      #expect(error?.found == "a target inside the artifact \(artifact.path)")
    }
  }

  @Test func pathsThatOverlap() throws {
    _ = try scratch.makeDirectory("there")
    #expect(symlink("there", scratch("link")) == 0)
    for (first, second) in [
      ("new", "new"), ("new", "./new/"), ("new", "new/a/b"), ("new", "there/../new"),
      ("there/new", "link/new"), ("there", "link"), ("new", "new/a/../b"), ("new", "no/../new"),
    ] {
      #expect(FileSystem.overlap(scratch(first), scratch(second)), "\(first) \(second)")
      #expect(FileSystem.overlap(scratch(second), scratch(first)), "\(second) \(first)")
    }
    for (first, second) in [
      ("new", "new2"), ("there/new", "new"), ("new/a", "new/b"), ("link", "new"),
    ] { #expect(!FileSystem.overlap(scratch(first), scratch(second)), "\(first) \(second)") }
    #expect(FileSystem.overlap("/", scratch("new")))
    #expect(FileSystem.overlap("new-relative", "./new-relative/inner"))
  }

  @Test func entriesThatTheManifestDoesNotList() throws {
    #expect(try artifact.strayEntries() == [])
    try scratch.write("", to: "artifact/note")
    try scratch.write("", to: "artifact/weights/block-0006.safetensors")
    _ = try scratch.makeDirectory("artifact/weights/deep")
    try scratch.write("", to: "artifact/weights/deep/file")
    _ = try scratch.makeDirectory("artifact/exits")
    #expect(symlink("..", scratch("artifact/loop")) == 0)
    #expect(
      try artifact.strayEntries() == [
        "exits", "loop", "note", "weights/block-0006.safetensors", "weights/deep",
        "weights/deep/file",
      ])
  }
}
