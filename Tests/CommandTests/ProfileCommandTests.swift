import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// `cleave profile` as a person runs it.
@Suite struct ProfileCommandTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func refusesWhatItCannotMeasure() throws {
    let out = scratch("device.json")
    for arguments in [
      ["--threads", "2,1"], ["--threads", "0"], ["--threads", "x"], ["--types", "q9_0"],
      ["--time", "0"], ["--check", "model"], ["device.json"], ["--cloud", "nowhere"],
      ["--cloud", "127.0.0.1:0"], ["--cloud", "127.0.0.1:1", "--threads", "1"], ["--tls"],
    ] {
      let command = try Command(["profile", "-o", out, "-q"] + arguments)
      #expect(command.status == 2, "\(arguments): \(command.errors)")
    }
    #expect(try Command("profile").status == 2)
    #expect(try Command("profile", "--check", "model", "d.json", "--threads", "1,2").status == 2)
    #expect(!FileSystem.exists(out))
  }

  @Test func checksAModelBesideAProfile() throws {
    let model = scratch("model")
    #expect(
      try Command("import", Golden.path("tiny-tied-bf16-sharded"), "-o", model, "-q").status == 0)
    let profile = DeviceProfile(
      name: "board", processor: "data sheet", threads: 1, memoryBytes: 1 << 30,
      costs: .declared(
        DeclaredCosts(
          bytesPerSecond: 1e10, int8OperationsPerSecond: 1e10, floatOperationsPerSecond: 1e10,
          block: 1e-5)))
    let path = try scratch.write(profile.json.text(), to: "device.json")
    let command = try Command("profile", "--check", model, path, "--json")
    #expect(command.status == 0, "\(command.errors)")
    let rows = try command.json().elements()
    #expect(try rows.last?.required("part").string() == "head")
    #expect(try rows.allSatisfy { try $0.required("measured_seconds").number() > 0 })
    let missing = try Command("profile", "--check", model, path, "--threads", "2")
    #expect(missing.status == 2 && missing.errors.contains("threads"))
  }
}
