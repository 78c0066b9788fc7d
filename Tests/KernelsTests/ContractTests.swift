import CleaveKernels
import Testing

@Suite struct ContractTests {
  @Test func lanesAreSixteen() { #expect(CK_LANES == 16) }
}
