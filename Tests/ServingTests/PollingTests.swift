@testable import Serving
import Streams
import Testing

struct PollingTests {
  // RFC 7240 sections 2 and 4.3
  @Test(arguments: [
    (["wait=10"], 10), (["respond-async, wait=10"], 10), (["Wait = \"7\""], 7), (["a=\"b\"", "wait=3; x=y"], 3),
    (["wait=0"], 0), (["wait=61"], 60), (["wait=99999999999999999999"], 60), (["wait=1, wait=2"], 1), ([], nil),
    (["wait"], nil), (["wait="], nil), (["wait=-1"], nil), (["wait=1s"], nil), (["return=minimal"], nil),
  ])
  func `how long to wait is read as RFC 7240 says`(fields: [String], seconds: Int?) {
    #expect(WaitPreference.seconds(fields) == seconds)
  }

  // RFC 8288 section 3.1, RFC 3986 section 4.2
  @Test(arguments: [
    ("/x", "/x?after=z-9"), ("/x?", "/x?after=z-9"), ("/x?a=b&after=z-1&c", "/x?a=b&c&after=z-9"),
    ("/x?last_event_id=q&%61fter=z-2&k=%20+", "/x?k=%20+&after=z-9"), ("http://host/x?a=1", "/x?a=1&after=z-9"),
    ("//evil.example/x", "/.//evil.example/x?after=z-9"), ("/a>b\"?<=é", "/a%3Eb%22?%3C=%C3%A9&after=z-9"),
  ])
  func `the next link keeps all but the position, and stays at this server`(target: String, next: String) {
    #expect(NextLink.target(of: target, after: ResumeToken(epoch: Epoch(35), last: Offset(9))) == next)
  }
}
