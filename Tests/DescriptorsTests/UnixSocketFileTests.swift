import Descriptors
import Testing

struct UnixSocketFileTests {
  @Test func `a path that is too long is refused in one line`() {
    let path = "/tmp/" + String(repeating: "x", count: 200)
    let failure = #expect(throws: OpenFailure.self) { _ = try UnixSocketFile(binding: path) }
    #expect(failure?.message == "cannot listen on \(path): its path is too long for a socket")
  }
}
