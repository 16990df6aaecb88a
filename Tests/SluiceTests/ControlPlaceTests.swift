import Testing

@testable import sluice

/// Where the control socket is when nobody says.
struct ControlPlaceTests {
  @Test(arguments: [
    (["RUNTIME_DIRECTORY": "/run/a:/run/b", "XDG_RUNTIME_DIR": "/run/user/7"], true, ["/run/a/control"]),
    (["XDG_RUNTIME_DIR": "/run/user/0"], true, ["/run/sluice/control", "/run/user/0/sluice/control"]),
    (["XDG_RUNTIME_DIR": "/run/user/7"], false, ["/run/user/7/sluice/control"]),
    (["RUNTIME_DIRECTORY": "", "XDG_RUNTIME_DIR": "relative"], false, []),
  ])
  func `the service manager's folder is first, then root's, then the user's`(
    environment: [String: String], isRoot: Bool, places: [String]
  ) {
    #expect(ControlPlace.candidates(environment, isRoot: isRoot) == places)
  }

  @Test func `a request is the same behind its line`() {
    let requests: [ControlRequest] = [
      .reload, .status(isJSON: false), .status(isJSON: true), .plan(paths: [], isJSON: false),
      .plan(paths: ["/a b/ü%.yaml", "/new\nline"], isJSON: true),
    ]
    for request in requests { #expect(ControlRequest(line: request.line) == request) }
    #expect(requests.allSatisfy { !$0.line.contains("\n") })
  }

  @Test func `an answer that is cut off is none`() {
    let answer = ControlAnswer(status: 1, "wrong\nü")
    #expect(ControlAnswer(bytes: answer.bytes) == answer)
    for count in 0..<answer.bytes.count { #expect(ControlAnswer(bytes: Array(answer.bytes[..<count])) == nil) }
  }
}
