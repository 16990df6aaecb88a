/// One way to serve the feed.
struct Case: Hashable {
  enum Endpoint: String {
    case webSocket = "websocket"
    case sse
  }

  var endpoint: Endpoint
  /// The route's `compression`.
  var mode: String
  /// Somebody comes each second, and so has a key frame made for all.
  var hasNewcomers = false

  static let all = [
    Case(endpoint: .webSocket, mode: "off"),
    Case(endpoint: .webSocket, mode: "shared"),
    Case(endpoint: .webSocket, mode: "shared", hasNewcomers: true),
    Case(endpoint: .webSocket, mode: "per_connection"),
    Case(endpoint: .sse, mode: "off"),
    Case(endpoint: .sse, mode: "shared"),
  ]

  var name: String { "\(endpoint.rawValue) \(mode)\(hasNewcomers ? ", one comes each second" : "")" }

  /// The body of the response is inside gzip.
  var isGzip: Bool { endpoint == .sse && mode != "off" }

  /// The feed is so many times as slow, with as many messages fewer: a thousand compressors take all of two cores at 50
  /// messages a second, and a server that is behind sends several at a time.
  var slowness: Int { mode == "per_connection" ? 5 : 1 }

  /// What its costs are compared with.
  var reference: Case { Case(endpoint: endpoint, mode: "off") }

  /// 262 KiB for each subscriber are more than the server gives compressors unasked.
  static let serverSettings = "  limits: {compression_memory: 4GiB}"

  var route: String {
    """
    routes:
      /ticks: {from: {pipe: "-"}, history: {messages: 0}, replay: none, compression: \(mode)}
    """
  }

  /// As a browser asks: all clients take compressed messages, and the route decides.
  var request: String {
    let head = "GET /ticks HTTP/1.1\r\nHost: x\r\n"
    switch endpoint {
    case .webSocket:
      return head + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
    case .sse: return head + "Accept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n"
    }
  }
}
