import CleavePlan
import Testing

/// The spelling of links.
@Suite struct PlannedLinkTests {
  @Test func linksAreReadAsPeopleWriteThem() {
    #expect(
      PlannedLink(text: "30Mbit,40ms")
        == PlannedLink(upBitsPerSecond: 30e6, downBitsPerSecond: 30e6, roundTrip: 0.04))
    #expect(
      PlannedLink(text: "1/8Mbit,0.5s")
        == PlannedLink(upBitsPerSecond: 1e6, downBitsPerSecond: 8e6, roundTrip: 0.5))
    #expect(PlannedLink(text: "500kbit,0ms")?.upBitsPerSecond == 500e3)
    #expect(PlannedLink(text: "1/8Mbit,40ms")?.description == "1/8Mbit,40ms")
    // A rate that no integer has ended the process.
    #expect(PlannedLink(text: "1e300Mbit,40ms")?.description.hasSuffix("Mbit,40ms") == true)
  }

  @Test(arguments: [
    "", "30Mbit", "40ms", "30,40ms", "30Mbit,40", "0Mbit,40ms", "-1Mbit,40ms", "30Mbit,-1ms",
    "30Mbit,40ms,", "1/2/3Mbit,40ms", "infMbit,40ms", "30Mbit,nanms", "30Mbit,2h",
    "30Mbit,7200s", "/Mbit,4ms",
  ])
  func anythingElseIsNoLink(_ text: String) { #expect(PlannedLink(text: text) == nil) }
}
