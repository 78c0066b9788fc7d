import CleaveConvert
import CleaveModel
import CleaveStorage
import Glibc
import TestSupport
import Testing

/// A target is refused before any work, replaced only when it is an artifact, and never seen half.
@Suite struct ArtifactWriterTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func refusal(
    _ target: String, sources: [String] = [], force: Bool = false
  ) -> InputError? {
    #expect(throws: InputError.self) {
      try ArtifactWriter(target: target, sources: sources, force: force)
    }
  }

  private func inode(_ path: String) -> UInt64 {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
  }

  // MARK: Refusals

  @Test func somethingThereAlready() throws {
    let directory = try scratch.makeDirectory("out")
    let error = refusal(directory)
    #expect(error?.file == directory && error?.found == "something there already")
    #expect(error?.advice == "Use --force to replace it.")
    #expect(refusal(try scratch.write("text", to: "file"))?.found == "something there already")
    #expect(symlink("nowhere", scratch("link")) == 0)
    #expect(refusal(scratch("link"))?.found == "something there already")
    #expect(Scratch.entries(scratch.path) == ["file", "link", "out"])
  }

  /// Neither a directory, nor one whose manifest.json is somebody else's, nor a file.
  @Test(arguments: [
    "{}", "{\"schema\":\"other\"}", "{\"name\":\"web app\",\"schema\":1}", "[]", "not JSON", "",
  ])
  func forceReplacesOnlyArtifacts(manifest: String) throws {
    let directory = try scratch.makeDirectory("app")
    let expected = "something that is not an artifact"
    #expect(refusal(directory, force: true)?.found == expected)
    try scratch.write(manifest, to: "app/manifest.json")
    #expect(refusal(directory, force: true)?.found == expected)
    #expect(refusal(scratch("app/manifest.json"), force: true)?.found == expected)
    #expect(Scratch.entries(scratch.path) == ["app"])
    #expect(Scratch.entries(directory) == ["manifest.json"])
  }

  @Test func nesting() throws {
    let source = try scratch.makeDirectory("source")
    let inner = try scratch.makeDirectory("source/inner")
    let found = "a target that holds, or is inside, the source"
    #expect(refusal("\(source)/new", sources: [source])?.found.hasPrefix(found) == true)
    #expect(refusal("\(inner)/../new", sources: [source])?.found.hasPrefix(found) == true)
    #expect(refusal(source, sources: [inner], force: true)?.found.hasPrefix(found) == true)
    #expect(refusal(source, sources: [source], force: true)?.found.hasPrefix(found) == true)
    #expect(symlink(source, scratch("alias")) == 0)
    #expect(refusal(scratch("alias/new"), sources: [source])?.found.hasPrefix(found) == true)
    // A name that only begins alike is another directory.
    _ = try ArtifactWriter(target: scratch("source2"), sources: [source], force: false)
    #expect(Scratch.entries(source) == ["inner"] && Scratch.entries(inner).isEmpty)
  }

  @Test func noParentOrName() {
    let error = refusal(scratch("missing/out"))
    #expect(error?.file == scratch("missing") && error?.found == "nothing there")
    for target in [scratch("."), scratch(".."), "/"] {
      #expect(refusal(target)?.expected == "a new directory's name")
    }
  }

  // MARK: Replacing

  @Test func aDroppedWriterLeavesTheOldArtifact() throws {
    let artifact = try TinyArtifact.make(in: scratch)
    let before = try artifact.manifestDigest()
    do {
      let writer = try ArtifactWriter(target: artifact.path, sources: [], force: true)
      try writer.write([1, 2, 3], to: "tokenizer.json")
      #expect(Scratch.entries(scratch.path).count == 2)
    }
    #expect(Scratch.entries(scratch.path) == ["artifact"])
    let after = try Artifact(opening: artifact.path)
    #expect(try after.manifestDigest() == before && after.damagedFiles() == [])
  }

  @Test func forceReplacesAnArtifactWhole() throws {
    let old = try TinyArtifact.make(in: scratch)
    let oldInode = inode(old.path)
    var importer = Importer(source: TinyArtifact.source, target: old.path)
    importer.force = true
    _ = try importer.run()
    #expect(inode(old.path) != oldInode)
    #expect(Scratch.entries(scratch.path) == ["artifact"])
    #expect(
      Scratch.entries(old.path) == ["manifest.json", "tokenizer.bin", "tokenizer.json", "weights"])
    #expect(try Artifact(opening: old.path).damagedFiles() == [])
  }

  /// A link is replaced, not the artifact it leads to.
  @Test func forceOnALink() throws {
    let artifact = try TinyArtifact.make(in: scratch)
    #expect(symlink("artifact", scratch("link")) == 0)
    let before = inode(artifact.path)
    var importer = Importer(source: TinyArtifact.source, target: scratch("link"))
    importer.force = true
    _ = try importer.run()
    #expect(inode(artifact.path) == before && inode(scratch("link")) != before)
    #expect(try Artifact(opening: artifact.path).damagedFiles() == [])
    #expect(Scratch.entries(scratch.path) == ["artifact", "link"])
  }

  /// A directory that appears at the target during the work is not replaced, with `force` or without.
  @Test(arguments: [false, true])
  func aTargetThatAppearsMeanwhile(force: Bool) throws {
    let artifact = try TinyArtifact.make(in: scratch)
    do {
      let writer = try ArtifactWriter(
        target: scratch("new"), sources: [artifact.path], force: force)
      for file in artifact.manifest.files { try writer.link(file.path, from: artifact) }
      _ = try scratch.makeDirectory("new")
      try scratch.write("precious", to: "new/file")
      #expect(throws: (any Error).self) { try writer.finish(artifact.manifest) }
    }
    #expect(Scratch.entries(scratch("new")) == ["file"])
    #expect(Scratch.entries(scratch.path) == ["artifact", "new"])
  }

  @Test func anIncompleteArtifactIsNotPutInPlace() throws {
    let manifest = try TinyArtifact.manifest()
    do {
      let writer = try ArtifactWriter(target: scratch("out"), sources: [], force: false)
      try writer.write([1], to: "tokenizer.json")
      let error = #expect(throws: InputError.self) { try writer.finish(manifest) }
      #expect(error?.location == "files" && error?.found.hasSuffix("0 times") == true)
    }
    #expect(Scratch.entries(scratch.path).isEmpty)
  }

  // MARK: Links

  @Test func unchangedFilesAreHardLinks() throws {
    let artifact = try TinyArtifact.make(in: scratch)
    // As some tools keep large files: a link of relative text, which a link to it would not survive.
    let head = artifact.path + "/weights/head.safetensors"
    #expect(rename(head, scratch("elsewhere")) == 0)
    #expect(symlink("../../elsewhere", head) == 0)
    let writer = try ArtifactWriter(target: scratch("copy"), sources: [artifact.path], force: false)
    for file in artifact.manifest.files { try writer.link(file.path, from: artifact) }
    _ = try writer.finish(artifact.manifest)
    let copy = try Artifact(opening: scratch("copy"))
    for file in copy.manifest.files {
      #expect(inode("\(copy.path)/\(file.path)") == inode("\(artifact.path)/\(file.path)"))
    }
    #expect(unlink(head) == 0)
    #expect(try copy.damagedFiles() == [])
    let error = #expect(throws: InputError.self) {
      try ArtifactWriter(target: scratch("x"), sources: [], force: false)
        .link("weights/none", from: artifact)
    }
    #expect(error?.found == "no weights/none")
  }

  /// Stages share files by links: nobody may write through one.
  @Test func filesAreReadOnly() throws {
    let artifact = try TinyArtifact.make(in: scratch)
    for name in artifact.manifest.files.map(\.path) + ["manifest.json"] {
      var status = stat()
      #expect(stat("\(artifact.path)/\(name)", &status) == 0 && status.st_mode & 0o777 == 0o444)
    }
  }
}
