import NIOCore
@testable import Serving
import Testing

struct HeadScreenTests {
  /// Looks at a head that comes in two pieces, or a byte at a time.
  private func verdict(_ text: String, cuts: [Int], bytes: Int = 1024, fields: Int = 4) -> HeadScreen.Verdict {
    var screen = HeadScreen(headBytes: bytes, fieldCount: fields)
    let all = Array(text.utf8)
    for cut in cuts + [all.count] {
      let verdict = screen.look(at: ByteBuffer(bytes: all[..<cut]).readableBytesView)
      if verdict != .more { return verdict }
    }
    return .more
  }

  private func everyCut(_ text: String, bytes: Int = 1024, fields: Int = 4) -> Set<String> {
    let count = text.utf8.count
    let single = (0..<count).map { verdict(text, cuts: [$0], bytes: bytes, fields: fields) }
    let trickle = verdict(text, cuts: Array(0..<count), bytes: bytes, fields: fields)
    return Set(
      (single + [trickle]).map { verdict in
        switch verdict {
        case .more: "more"
        case .whole(let length): "whole \(length)"
        case .refuse(let refusal, _): "\(refusal.status.code)"
        }
      })
  }

  // RFC 9112 sections 2.2 and 3
  @Test func `the verdict on a head does not depend on where it is cut`() {
    let line = "GET /x HTTP/1.1\r\n"
    #expect(everyCut(line + "Host: a\r\n\r\n") == ["whole 28"])
    #expect(everyCut("\r\n" + line + "\r\n") == ["whole 21"])
    #expect(everyCut(line + "Host: a\r\n") == ["more"])
    #expect(everyCut(line + "Host: a\n\r\n") == ["400"])
    #expect(everyCut("GET /x HTTP/1.1\nHost: a\r\n\r\n") == ["400"])
    #expect(everyCut("\n" + line + "\r\n") == ["400"])
    #expect(everyCut("GET  /x HTTP/1.1\r\n\r\n") == ["400"])
    #expect(everyCut("GET /x y HTTP/1.1\r\n\r\n") == ["400"])
    #expect(everyCut("GET /x\r\n\r\n") == ["400"])
    #expect(everyCut("GET /x RTSP/1.0\r\n\r\n") == ["400"])
    #expect(everyCut("GET /x HTTP/2.0\r\n\r\n") == ["505"])
    #expect(everyCut("\u{16}\u{3}\u{1}") == ["400"])
  }

  @Test func `what follows a head is not part of it`() {
    let head = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"
    #expect(verdict(head + "GET /y HTTP/1.1\n", cuts: []) == .whole(head.utf8.count))
  }

  // RFC 9110 section 15.5.15, RFC 6585 section 5
  @Test func `a head at its limits is taken, one beyond them is refused wherever it is cut`() {
    let head = "GET /x HTTP/1.1\r\nA: 1\r\nB: 2\r\n\r\n"
    let size = head.utf8.count
    #expect(everyCut(head, bytes: size, fields: 2) == ["whole \(size)"])
    #expect(everyCut(head, bytes: size, fields: 1) == ["431"])
    #expect(everyCut(head, bytes: size - 1) == ["431"])
    let path = String(repeating: "y", count: HeadScreen.lineBytes - "GET / HTTP/1.1".utf8.count)
    let longest = "GET /\(path) HTTP/1.1\r\n\r\n"
    #expect(verdict(longest, cuts: [], bytes: 1 << 20) == .whole(longest.utf8.count))
    #expect(
      verdict("GET /\(path)y HTTP/1.1\r\n\r\n", cuts: [], bytes: 1 << 20) == .refuse(.targetTooLong, .requestLine))
    #expect(verdict("GET /\(path)\(path)", cuts: [5000], bytes: 1 << 20) == .refuse(.targetTooLong, .requestLine))
  }
}
