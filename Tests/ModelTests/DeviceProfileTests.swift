import CleaveModel
import CleaveStorage
import Testing

/// Profiles of devices and links as files, and the ones that are refused.
@Suite struct DeviceProfileTests {
  static let measured = DeviceProfile(
    name: "bench", processor: "two cores", threads: 2, memoryBytes: 1 << 30,
    power: .init(idleWatts: 3, busyWatts: 12.5),
    costs: .measured([
      ThreadCosts(
        threads: 1,
        products: [
          .q8_0: ProductTable(
            columns: [1, 2, 8], secondsPerWeight: [1e-10, 1.5e-10, 4e-10], spread: 0.03),
          .f32: ProductTable(columns: [1], secondsPerWeight: [3e-10]),
        ], attention: 2e-10, value: 1e-9, logit: 2e-9, block: 1e-5)
    ]))
  static let declared = DeviceProfile(
    name: "board", processor: "data sheet", threads: 4, memoryBytes: 3_000_000_000,
    costs: .declared(
      DeclaredCosts(
        bytesPerSecond: 12e9, int8OperationsPerSecond: 150e9, floatOperationsPerSecond: 60e9,
        block: 2e-5)))
  static let link = {
    var link = LinkProfile(
      origin: .measured, method: "100 requests", roundTripMilliseconds: .init(p50: 40, p95: 44),
      upBitsPerSecond: 30e6)
    link.requestMilliseconds = .init(p50: 2, p95: 5)
    (link.upBitsPerSecondP95, link.downBitsPerSecondP95) = (25e6, 50e6)
    (link.downBitsPerSecond, link.messageSeconds) = (60e6, 1e-4)
    link.answers = [.init(columns: 1, seconds: 0.01), .init(columns: 8, seconds: 0.02)]
    link.server = .init(
      modelID: String(repeating: "a", count: 64), firstBlock: 12,
      head: [.init(columns: 1, seconds: 0.002)])
    return link
  }()

  private func node(_ text: String) throws -> JSONNode {
    try JSONNode(parsing: Array(text.utf8), file: "profile.json")
  }

  @Test(arguments: [measured, declared]) func readsBack(_ profile: DeviceProfile) throws {
    #expect(try DeviceProfile(try node(profile.json.text())) == profile)
  }

  @Test func aLinkReadsBack() throws {
    #expect(try LinkProfile(try node(Self.link.json.text())) == Self.link)
    let plain = LinkProfile(
      origin: .declared, method: "a data sheet", roundTripMilliseconds: .init(p50: 40, p95: 44),
      upBitsPerSecond: 30e6)
    #expect(try LinkProfile(try node(plain.json.text())) == plain)
  }

  /// A text with one place changed, and where the error is.
  struct Case: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let location: String

    init(_ old: String, _ new: String, _ location: String) {
      (self.old, self.new, self.location) = (old, new, location)
    }

    var testDescription: String { "\(location): \(new)" }

    func applied(to json: JSON) -> String {
      let text = json.text(pretty: false)
      guard let range = text.firstRange(of: old) else { return "" }
      return String(text[..<range.lowerBound]) + new + String(text[range.upperBound...])
    }
  }

  private func location(_ body: () throws -> Void) -> String? {
    do { try body() } catch let error as InputError { return error.location } catch {}
    return nil
  }

  @Test(arguments: [
    Case("device_profile", "profile", "schema"), Case(#""version":1"#, #""version":2"#, "version"),
    Case(#""name":"bench""#, #""name":"""#, "name"),
    Case(#""name":"bench""#, #""name":"a\nb""#, "name"),
    Case(#""name":"bench""#, #""nam":"bench""#, ""),
    Case(#""origin":"measured""#, #""origin":"guessed""#, "origin"),
    Case(#""origin":"measured""#, #""origin":"declared""#, ""),
    Case(#""threads":2"#, #""threads":0"#, "threads"),
    Case(#""memory_bytes":1"#, #""memory_bytes":-1"#, "memory_bytes"),
    Case(#""idle_watts":3"#, #""idle_watts":-3"#, "power.idle_watts"),
    Case(#""busy_watts":12.5"#, #""busy_watts":1e999"#, "power.busy_watts"),
    Case(#""busy_watts":12.5"#, #""busy_watts":2.5"#, "power.busy_watts"),
    Case(#""busy_watts":12.5"#, #""busy_watts":1e30"#, "power.busy_watts"),
    Case(#""idle_watts""#, #""watts""#, "power"),
    Case(#""measured":[{"#, #""measured":[],"x":[{"#, ""),
    Case(#""threads":1"#, #""threads":2000"#, "measured[0].threads"),
    Case(#""Q8_0""#, #""Q9_0""#, "measured[0].products.Q9_0"),
    Case("[1,2,8]", "[2,3,8]", "measured[0].products.Q8_0.columns[0]"),
    Case("[1,2,8]", "[1,2,2]", "measured[0].products.Q8_0.columns[2]"),
    Case("[1,2,8]", "[1,2]", "measured[0].products.Q8_0.seconds_per_weight"),
    Case("[1,2,8]", "[]", "measured[0].products.Q8_0.columns"),
    Case(#""spread":0.03"#, #""spread":-0.03"#, "measured[0].products.Q8_0.spread"),
    Case(#""spread":0.03"#, #""speed":0.03"#, "measured[0].products.Q8_0"),
    Case(#""attention_seconds":"#, #""attention_seconds":-"#, "measured[0].attention_seconds"),
    Case(#""block_seconds":"#, #""block_seconds":-"#, "measured[0].block_seconds"),
    Case(#""value_seconds""#, #""values_seconds""#, "measured[0]"),
  ])
  func refusesByPath(_ change: Case) {
    let text = change.applied(to: Self.measured.json)
    #expect(location { _ = try DeviceProfile(try node(text)) } == change.location)
  }

  @Test func refusesTablesThatFallAndNumbersThatAreNone() {
    func profile(_ seconds: String) -> String {
      #"{"schema":"cleave.device_profile","version":1,"name":"a","origin":"measured","processor":"b","#
        + #""threads":1,"memory_bytes":1,"measured":[{"threads":1,"products":{"F16":{"columns":[1,2],"#
        + #""seconds_per_weight":"# + seconds + #"}},"attention_seconds":1,"value_seconds":1,"#
        + #""logit_seconds":1,"block_seconds":0}]}"#
    }
    let path = "measured[0].products.F16.seconds_per_weight"
    #expect(location { _ = try DeviceProfile(try node(profile("[1,2]"))) } == nil)
    #expect(location { _ = try DeviceProfile(try node(profile("[2,1]"))) } == path + "[1]")
    #expect(location { _ = try DeviceProfile(try node(profile("[0,1]"))) } == path + "[0]")
    // A machine so fast or so slow has times of 0 or without end.
    #expect(location { _ = try DeviceProfile(try node(profile("[1e-30,1]"))) } == path + "[0]")
    #expect(location { _ = try DeviceProfile(try node(profile("[1,1e300]"))) } == path + "[1]")
    let slow = profile("[1,2]").replacing("\"block_seconds\":0", with: "\"block_seconds\":1e19")
    #expect(location { _ = try DeviceProfile(try node(slow)) } == "measured[0].block_seconds")
    #expect(location { _ = try DeviceProfile(try node(profile("[1,\"x\"]"))) } == path + "[1]")
    #expect(throws: InputError.self) { try DeviceProfile(try node(profile("[NaN,1]"))) }
    var none = Self.measured
    none.costs = .measured([])
    #expect(location { _ = try DeviceProfile(try node(none.json.text())) } == "measured")
    guard case .measured(let rows) = Self.measured.costs else { return }
    none.costs = .measured(rows + rows)
    #expect(
      location { _ = try DeviceProfile(try node(none.json.text())) } == "measured[1].threads")
  }

  @Test(arguments: [
    Case(#""threads":4"#, #""threads":4096"#, "threads"),
    Case(#""bytes_per_second":"#, #""bytes_per_second":-"#, "declared.bytes_per_second"),
    Case(
      #""int8_operations_per_second":"#, #""int8_operations_per_second":-"#,
      "declared.int8_operations_per_second"),
    Case(#""block_seconds":"#, #""block_second":"#, "declared"),
  ])
  func refusesDeclaredByPath(_ change: Case) {
    let text = change.applied(to: Self.declared.json)
    #expect(location { _ = try DeviceProfile(try node(text)) } == change.location)
  }

  @Test(arguments: [
    Case("link_profile", "device_profile", "schema"),
    Case(#""p95":44"#, #""p95":4"#, "round_trip_ms.p95"),
    Case(#""p50":"#, #""p50":-"#, "round_trip_ms.p50"), Case(#""p50""#, #""p51""#, "round_trip_ms"),
    Case(#""up_bits_per_second":"#, #""up_bits_per_second":-"#, "up_bits_per_second"),
    Case(#""down_bits_per_second":"#, #""down_bits_per_second":-"#, "down_bits_per_second"),
    Case(#""message_seconds":"#, #""message_seconds":-"#, "message_seconds"),
    Case(#""request_ms":{"p50":2"#, #""request_ms":{"p50":20"#, "request_ms.p95"),
    Case(#""up_bits_per_second_p95":"#, #""up_bits_per_second_p95":-"#, "up_bits_per_second_p95"),
    Case(
      #""down_bits_per_second_p95":"#, #""down_bits_per_second_p95":-"#,
      "down_bits_per_second_p95"),
    Case(#""model_id":"aa"#, #""model_id":"x"#, "server.model_id"),
    Case(#""first_block":"#, #""first_block":-"#, "server.first_block"),
    Case(#""head":[{"columns":1"#, #""head":[{"columns":2"#, "server.head"),
    Case(#""head":[{"#, #""head":[],"x":[{"#, "server"),
    Case(#""message_seconds""#, #""messages""#, ""),
    Case(#""columns":8"#, #""columns":1"#, "answers[1].columns"),
    Case(#""seconds":0.01"#, #""seconds":-0.01"#, "answers[0].seconds"),
  ])
  func refusesLinksByPath(_ change: Case) {
    let text = change.applied(to: Self.link.json)
    #expect(location { _ = try LinkProfile(try node(text)) } == change.location)
  }
}
