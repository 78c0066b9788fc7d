import CleaveModel
import CleaveProfile
import CleaveStorage
import Testing

/// Profiles that are measured: what is in them, and nothing of how fast the machine is.
@Suite struct DeviceMeasurementTests {
  @Test func hasARowForEverything() throws {
    var steps: [(Int, Int)] = []
    var settings = ProfileSettings(
      threads: [1, 2], types: [.q8_0, .f16, .iq4_XS], seconds: 0.001)
    settings.rows = 32
    let result = try DeviceMeasurement(settings) { steps.append(($0, $1)) }.run()
    guard case .measured(let rows) = result.profile.costs else {
      Issue.record("the profile is declared")
      return
    }
    #expect(rows.map(\.threads) == [1, 2])
    for row in rows {
      #expect(Set(row.products.keys) == [.q8_0, .f16, .iq4_XS])
      for table in row.products.values {
        #expect(table.columns == ProfileSettings.columns && table.spread != nil)
      }
    }
    #expect(steps.last?.0 == steps.last?.1)
    #expect(result.profile.memoryBytes > 0 && result.profile.threads > 0)
    let text = Array(result.profile.json.text().utf8)
    let back = try DeviceProfile(try JSONNode(parsing: text, file: "device.json"))
    #expect(back == result.profile)
  }
}
