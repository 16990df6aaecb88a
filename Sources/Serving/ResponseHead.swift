import NIOCore
import NIOHTTP1
import Streams
import Wire

/// Response heads as bytes: nothing of HTTP stays in a subscriber's pipeline.
enum ResponseHead {
  /// The answer that turns a connection into a subscriber. `position`: the token behind which the stream starts.
  /// `deflate`: what is agreed of a WebSocket client's offers.
  static func subscribe(
    _ subscription: Subscription, position: ResumeToken?, deflate: DeflateAgreement? = nil, date: String
  ) -> ByteBuffer {
    var head = HeadWriter(status(of: subscription), date: date)
    head.add("Cache-Control", "no-store")
    for (name, value) in subscription.access.headers { head.add(name, value) }
    if let position { head.add("Sluice-Position", position.description) }
    switch subscription.chosen {
    case .webSocket(let handshake):
      head.add("Upgrade", "websocket")
      head.add("Connection", "Upgrade")
      head.add("Sec-WebSocket-Accept", handshake.accept)
      if let subprotocol = handshake.subprotocol { head.add("Sec-WebSocket-Protocol", subprotocol) }
      if let deflate { head.add("Sec-WebSocket-Extensions", deflate.header) }
    case .sse: addBody("text/event-stream", subscription, &head)
    case .stream, .poll: addBody(subscription.settings.contentType, subscription, &head)
    }
    return head.finish()
  }

  private static func status(of subscription: Subscription) -> HTTPResponseStatus {
    if case .webSocket = subscription.chosen { .switchingProtocols } else { .ok }
  }

  /// Proxies (nginx reads `X-Accel-Buffering`) must pass a stream on as it comes.
  private static func addBody(_ type: String, _ subscription: Subscription, _ head: inout HeadWriter) {
    head.add("Content-Type", type)
    head.add("X-Accel-Buffering", "no")
    head.add("X-Content-Type-Options", "nosniff")
    var varies = subscription.settings.protocols.contains(.poll) ? "Accept, Prefer" : "Accept"
    if subscription.settings.compression.mode != .off { varies += ", Accept-Encoding" }
    head.add("Vary", varies)
    head.add("Connection", "close")
    if subscription.format.isGzip { head.add("Content-Encoding", "gzip") }
    if subscription.framing != .closed { head.add("Transfer-Encoding", "chunked") }
  }

  /// `isHead`: the body's length is told, the body is not sent (RFC 9110 section 9.3.2).
  static func refuse(_ refusal: Refusal, keepAlive: Bool, isHead: Bool, date: String) -> ByteBuffer {
    var head = HeadWriter(refusal.status, date: date)
    head.add("Cache-Control", "no-store")
    for (name, value) in refusal.headers { head.add(name, value) }
    let hasConnection = refusal.headers.contains { $0.0 == "Connection" }
    if !keepAlive || !hasConnection { head.add("Connection", keepAlive ? "keep-alive" : "close") }
    guard refusal.status != .noContent else { return head.finish() }
    let text = "\(refusal.status.code) \(refusal.status.reasonPhrase): \(refusal.text)\n"
    head.add("Content-Type", "text/plain; charset=utf-8")
    head.add("Content-Length", String(text.utf8.count))
    var bytes = head.finish()
    if !isHead { bytes.writeString(text) }
    return bytes
  }
}

/// Writes a status line and fields (RFC 9112 sections 4 and 5).
struct HeadWriter {
  private var bytes = ByteBuffer()

  init(_ status: HTTPResponseStatus, date: String) {
    bytes.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
    add("Server", "sluice")
    add("Date", date)
  }

  mutating func add(_ name: String, _ value: String) {
    bytes.writeString("\(name): \(value)\r\n")
  }

  func finish() -> ByteBuffer {
    var bytes = bytes
    bytes.writeStaticString("\r\n")
    return bytes
  }
}
