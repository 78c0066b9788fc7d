import CleaveModel
import CleaveStorage
import Glibc
import TestSupport
import Testing

/// Staging directories beside the target, and which of them may be removed.
@Suite struct ArtifactStagingTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func writer(_ name: String, _ registry: StagingRegistry = .shared) throws
    -> ArtifactWriter
  {
    try ArtifactWriter(target: scratch(name), sources: [], force: true, registry: registry)
  }

  /// Ready to be placed.
  private func sealed(
    _ name: String, of artifact: Artifact, _ registry: StagingRegistry = .shared
  ) throws -> ArtifactWriter {
    let writer = try writer(name, registry)
    for file in artifact.manifest.files { try writer.link(file.path, from: artifact) }
    _ = try writer.seal(artifact.manifest)
    return writer
  }

  private func inode(_ path: String) -> UInt64 {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
  }

  // MARK: Leftovers

  /// A locked staging directory belongs to a living process, in whatever PID namespace; a name says nothing.
  @Test func onlyUnlockedLeftoversAreRemoved() throws {
    for name in ["dead00", "lives0", "notes0", "longer-name"] {
      _ = try scratch.makeDirectory(".out.staging-\(name)")
    }
    _ = try scratch.makeDirectory(".other.staging-dead00")
    _ = try scratch.makeDirectory(".out.staging-dead00/weights")
    try scratch.write("half", to: ".out.staging-dead00/weights/head.safetensors")
    try scratch.write("a person's own", to: ".out.staging-notes0/note")
    let descriptor = open(scratch(".out.staging-lives0"), O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    do { _ = try writer("out") }
    #expect(
      Scratch.entries(scratch.path) == [
        ".other.staging-dead00", ".out.staging-lives0", ".out.staging-longer-name",
        ".out.staging-notes0",
      ])
  }

  @Test func twoWritersOfOneTargetDoNotMeet() throws {
    let artifact = try TinyArtifact.make(in: scratch)
    let first = try sealed("new", of: artifact)
    let second = try sealed("new", of: artifact)
    let staged = Scratch.entries(scratch.path).filter { $0.hasPrefix(".new.staging-") }
    #expect(staged.count == 2)
    for name in staged {
      let descriptor = open(scratch(name), O_RDONLY | O_DIRECTORY)
      defer { close(descriptor) }
      #expect(flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    }
    try ArtifactWriter.publish([first])
    try ArtifactWriter.publish([second])  // with force: the first is replaced
    #expect(Scratch.entries(scratch.path) == ["artifact", "new"])
    #expect(try Artifact(opening: scratch("new")).damagedFiles() == [])
  }

  /// An artifact's directory has the permissions that mkdir gives: every user who may read its parent may
  /// read it.
  @Test func aNewDirectoryHasTheUsualPermissions() throws {
    let usual = try scratch.makeDirectory("usual")
    let artifact = try TinyArtifact.make(in: scratch)
    var (expected, found) = (stat(), stat())
    #expect(stat(usual, &expected) == 0 && stat(artifact.path, &found) == 0)
    #expect(found.st_mode == expected.st_mode)
  }

  // MARK: All or none

  @Test func whatWasPlacedIsTakenBack() throws {
    let artifact = try TinyArtifact.make(in: scratch)
    do {
      let edge = try sealed("edge", of: artifact)
      let cloud = try sealed("cloud", of: artifact)
      _ = try scratch.makeDirectory("cloud")
      #expect(throws: InputError.self) { try ArtifactWriter.publish([edge, cloud]) }
    }
    #expect(Scratch.entries(scratch.path) == ["artifact", "cloud"])
  }

  @Test func whatWasReplacedStandsAgain() throws {
    let artifact = try TinyArtifact.make(in: scratch)
    let old = try TinyArtifact.make(in: scratch, "edge")
    let before = inode(old.path)
    do {
      let edge = try sealed("edge", of: artifact)
      let cloud = try sealed("cloud", of: artifact)
      _ = try scratch.makeDirectory("cloud")
      #expect(throws: InputError.self) { try ArtifactWriter.publish([edge, cloud]) }
    }
    #expect(inode(old.path) == before)
    #expect(try old.damagedFiles() == [])
    #expect(Scratch.entries(scratch.path) == ["artifact", "cloud", "edge"])
  }

  // MARK: Abandoning

  @Test func everythingIsAbandoned() throws {
    let registry = StagingRegistry()
    let artifact = try TinyArtifact.make(in: scratch)
    let half = try writer("half", registry)
    try half.write([1, 2, 3], to: "weights/head.safetensors")
    let whole = try sealed("whole", of: artifact, registry)
    let others = try writer("others")
    try ArtifactWriter.publish([try sealed("placed", of: artifact, registry)])
    #expect(Scratch.entries(scratch.path).count == 5)
    registry.abandonAll()
    let left = Scratch.entries(scratch.path)
    #expect(left.count == 3 && left[0].hasPrefix(".others.staging-"))
    #expect(left[1...] == ["artifact", "placed"])
    // The working thread may go on for a moment: it makes nothing any more.
    #expect(throws: OutputError.self) { try half.write([1], to: "weights/embedding.safetensors") }
    #expect(throws: OutputError.self) { try ArtifactWriter.publish([whole]) }
    #expect(throws: OutputError.self) { try writer("late", registry) }
    #expect(Scratch.entries(scratch.path) == left)
    withExtendedLifetime(others) {}
  }
}
