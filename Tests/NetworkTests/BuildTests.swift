import CleaveNetwork
import Testing

@Suite struct BuildTests {
  @Test func theTraitIsWhatTheBuildSays() {
    #if Network
      #expect(Network.isAvailable)
    #else
      #expect(!Network.isAvailable)
    #endif
  }
}
