import CleaveRegistry
import Testing

/// The header WWW-Authenticate.
@Suite struct ChallengeTests {
  private func list(_ header: String) -> [AuthenticationChallenge] {
    AuthenticationChallenge.list(header)
  }

  @Test func challengesAreRead() {
    #expect(
      list(#"Bearer realm="https://auth.example.com/token",service="a b",scope="x:y:pull,push""#)
        == [
          .init(
            scheme: "bearer",
            parameters: [
              "realm": "https://auth.example.com/token", "service": "a b", "scope": "x:y:pull,push",
            ])
        ])
    #expect(
      list(#"Basic realm="a \"quoted\" name", Bearer realm=x ,service=y"#) == [
        .init(scheme: "basic", parameters: ["realm": #"a "quoted" name"#]),
        .init(scheme: "bearer", parameters: ["realm": "x", "service": "y"]),
      ])
    #expect(list("Negotiate") == [.init(scheme: "negotiate", parameters: [:])])
  }

  @Test(arguments: [
    "", " ", "=", #"Bearer realm="open"#, "Bearer ,,,", "Bearer =x", #"""#, "é x=y",
  ])
  func whatIsNoneHasNoParameters(header: String) {
    #expect(list(header).allSatisfy { $0.parameters.isEmpty })
  }

  @Test func aHeaderLongerThanAnyIsNotRead() {
    #expect(list("Basic realm=" + String(repeating: "x", count: 9000)).isEmpty)
  }
}
