import Delivery
import NIOHTTP1
@testable import Serving
import Streams
import Testing
import Wire

struct NegotiationTests {
  private func answer(
    _ method: HTTPMethod = .GET, _ uri: String = "/x", _ headers: [(String, String)] = [],
    protocols: Set<EndpointProtocol> = [.websocket, .sse, .stream], version: HTTPVersion = .http1_1
  ) throws -> String {
    var table = RouteTable()
    try table.add(
      Endpoint(
        EndpointSettings(
          path: PathPattern("/x"), protocols: protocols, contentType: "text/plain; charset=utf-8", history: .none,
          replay: .none, slow: SlowConsumerPolicy(lag: 0, then: .skip), health: false, isBinary: false)
      ) { _ in throw Unavailable(reason: "not in this test") })
    let head = HTTPRequestHead(version: version, method: method, uri: uri, headers: HTTPHeaders(headers))
    switch Negotiation(table).answer(head) {
    case .refuse(let refusal):
      let extra = refusal.headers.map { " \($0.0): \($0.1)" }.joined(separator: ";")
      return "\(refusal.status.code)\(extra)"
    case .describe(let subscription): return "head \(subscription.format)"
    case .subscribe(let subscription):
      let token = subscription.resume.token.map { " after \($0)" } ?? (subscription.resume.isForeign ? " foreign" : "")
      return "\(subscription.format)\(token)"
    }
  }

  private let upgrade = [
    ("Connection", "keep-alive, Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
  ]

  @Test func `one URL speaks what the request asks for`() throws {
    #expect(try answer() == "streamChunked")
    #expect(try answer(.GET, "/x", [("Accept", "*/*")]) == "streamChunked")
    #expect(try answer(.GET, "/x", [("Accept", "text/event-stream")]) == "sseChunked")
    #expect(try answer(.GET, "/x", [("Accept", "text/html, text/event-stream;q=0.5")]) == "sseChunked")
    #expect(try answer(.GET, "/x", upgrade) == "webSocket")
    #expect(try answer(.GET, "/x", version: .http1_0) == "stream")
    #expect(try answer(.GET, "/x", [("Accept", "text/event-stream")], version: .http1_0) == "sse")
    #expect(try answer(.GET, "http://host/x?after=") == "streamChunked")
    #expect(try answer(.HEAD) == "head streamChunked")
  }

  // RFC 9110 sections 9.3.7, 15.5.5, 15.5.6, 15.5.7, 15.5.22
  @Test func `refusals have the right status and headers`() throws {
    #expect(try answer(.GET, "/y") == "404")
    #expect(try answer(.POST) == "405 Allow: GET, HEAD, OPTIONS")
    #expect(try answer(.POST, "/y") == "404")
    #expect(try answer(.OPTIONS) == "204 Allow: GET, HEAD, OPTIONS")
    #expect(try answer(.OPTIONS, "*") == "204 Allow: GET, HEAD, OPTIONS")
    #expect(try answer(.GET, "*") == "400")
    #expect(try answer(.GET, "x") == "400")
    #expect(try answer(.GET, "/%zz") == "400")
    #expect(try answer(.GET, "/x?after=nonsense") == "400")
    #expect(try answer(.GET, "/x", [("Accept", "image/png")]) == "406")
    #expect(try answer(.GET, "/x", [("Accept", "text/plain;q=0, image/png")]) == "406")
    #expect(try answer(.GET, "/x", protocols: [.websocket]) == "426 Upgrade: websocket; Connection: Upgrade")
    #expect(try answer(.GET, "/x", upgrade, protocols: [.sse]) == "406")
  }

  @Test func `an endpoint of one protocol is served to whoever takes everything`() throws {
    #expect(try answer(.GET, "/x", [("Accept", "*/*")], protocols: [.sse]) == "sseChunked")
    #expect(try answer(.GET, "/x", [("Accept", "text/event-stream, */*")], protocols: [.stream]) == "streamChunked")
    #expect(try answer(.GET, "/x", [("Accept", "text/event-stream")], protocols: [.stream]) == "406")
  }

  // RFC 6455 section 4.2.1 and 4.2.2
  @Test func `a broken handshake is refused`() throws {
    func changed(_ name: String, _ value: String?) -> [(String, String)] {
      upgrade.compactMap { $0.0 == name ? value.map { (name, $0) } : $0 }
    }
    let version = "426 Upgrade: websocket; Connection: Upgrade; Sec-WebSocket-Version: 13"
    #expect(try answer(.GET, "/x", changed("Sec-WebSocket-Version", "8")) == version)
    #expect(try answer(.GET, "/x", changed("Sec-WebSocket-Version", nil)) == version)
    #expect(try answer(.GET, "/x", changed("Sec-WebSocket-Key", nil)) == "400")
    #expect(try answer(.GET, "/x", changed("Sec-WebSocket-Key", "c2hvcnQ=")) == "400")
    #expect(try answer(.GET, "/x", changed("Connection", "keep-alive")) == "400")
    #expect(try answer(.GET, "/x", upgrade, version: .http1_0) == "400")
  }

  // RFC 6455 section 9.1, RFC 7692 section 5
  @Test func `the ways of compression that a client offers are kept for whoever chooses`() throws {
    func handshake(_ fields: [String]) throws -> WebSocketHandshake {
      let headers = upgrade + fields.map { ("Sec-WebSocket-Extensions", $0) }
      let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/x", headers: HTTPHeaders(headers))
      return try WebSocketHandshake(head, speaking: [])
    }
    #expect(try handshake([]).offers == [])
    #expect(
      try handshake(["permessage-deflate; server_max_window_bits=\"10\", x", "permessage-deflate"]).offers
        == [DeflateOffer(serverMaxWindowBits: 10), DeflateOffer()])
    #expect(try answer(.GET, "/x", upgrade + [("Sec-WebSocket-Extensions", "permessage-deflate;")]) == "400")
  }

  // RFC 9110 section 12.5.3
  @Test(
    arguments: [
      ("", false), ("gzip", true), ("GZip", true), ("x-gzip", true), ("deflate, br", false), ("*", true),
      ("gzip;q=0", false), ("gzip; q=0.000, *", false), ("gzip;q=0.1, *;q=0", true), ("*;q=0", false),
      ("identity", false), ("deflate, gzip;q=1.0, *;q=0.5", true), ("br ,\tgzip ; q=0.5", true),
    ])
  func `gzip is taken by who says so`(value: String, isTaken: Bool) {
    #expect(AcceptEncoding(value).admitsGzip == isTaken)
  }

  // RFC 6455 section 1.3
  @Test func `the accept value is the RFC's`() {
    #expect(WebSocketHandshake.accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test func `the last event id goes before 'after', and a foreign one is no error`() throws {
    #expect(try answer(.GET, "/x?after=a-1") == "streamChunked after a-1")
    #expect(try answer(.GET, "/x?after=a-1", [("Last-Event-ID", "b-2")]) == "streamChunked after b-2")
    #expect(try answer(.GET, "/x", [("Last-Event-ID", "whatever")]) == "streamChunked foreign")
    #expect(try answer(.GET, "/x", [("Last-Event-ID", "")]) == "streamChunked")
  }

  @Test func `an id that is not of the log's epoch may be one that a message has of its own`() throws {
    func id(_ headers: [(String, String)], _ uri: String = "/x") throws -> String? {
      let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: HTTPHeaders(headers))
      return try Resume(head, #require(RequestTarget(uri))).ownID(in: Epoch(35))
    }
    #expect(try id([("Last-Event-ID", "trade 7")]) == "trade 7")
    #expect(try id([("Last-Event-ID", "trade-7")]) == "trade-7")
    #expect(try id([], "/x?last_event_id=a%20b") == "a b")
    #expect(try id([("Last-Event-ID", "z-7")]) == nil)
    #expect(try id([("Last-Event-ID", String(repeating: "x", count: 257))]) == nil)
    #expect(try id([], "/x?after=a-1") == nil)
  }

  // RFC 9110 section 5.6.7
  @Test func `a date is IMF-fixdate`() { #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT") }

  @Test(arguments: [
    (":8080", ":8080"), ("8080", ":8080"), ("*:1", ":1"), ("127.0.0.1:9", "127.0.0.1:9"), ("[::1]:80", "[::1]:80"),
    ("localhost:0", "localhost:0"), ("unix:/run/s.sock", "unix:/run/s.sock"),
  ])
  func `a listen address is read`(text: String, written: String) {
    #expect(ListenAddress(text)?.description == written)
  }

  @Test(arguments: ["", ":", ":70000", "a:b", "::1:80", "[::1:80", "unix:", "a b:80", "http://x:80", "-1"])
  func `what is no listen address is refused`(text: String) { #expect(ListenAddress(text) == nil) }
}
