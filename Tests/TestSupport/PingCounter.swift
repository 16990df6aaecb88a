import NIOCore

/// Counts the pings in what a server sends, however it is cut: nothing in an ordinary response, and behind the head of a
/// 101 those between a WebSocket's frames (RFC 6455 section 5.5.2).
struct PingCounter {
  private enum Part {
    case head
    case frames
    case body
  }

  private var part = Part.head
  private var pending = ByteBuffer()
  /// Bytes of a payload that are still to come.
  private var payload = 0

  /// Returns how many pings begin in these bytes.
  mutating func receive(_ bytes: ByteBuffer) -> Int {
    guard part != .body else { return 0 }
    pending.writeImmutableBuffer(bytes)
    defer { pending.discardReadBytes() }
    if part == .head {
      guard let end = pending.readableBytesView.firstIndex(ofSequence: Array("\r\n\r\n".utf8)) else { return 0 }
      part = pending.readableBytesView.starts(with: "HTTP/1.1 101".utf8) ? .frames : .body
      pending.moveReaderIndex(to: end + 4)
      guard part == .frames else { return 0 }
    }
    var pings = 0
    while skipPayload(), let (first, length) = pending.readServerFrameHead() {
      payload = length
      if first & 0x0F == 9 { pings += 1 }
    }
    return pings
  }

  private mutating func skipPayload() -> Bool {
    let there = min(payload, pending.readableBytes)
    pending.moveReaderIndex(forwardBy: there)
    payload -= there
    return payload == 0
  }
}
