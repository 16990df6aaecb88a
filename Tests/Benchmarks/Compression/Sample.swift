/// A client that reads what it gets as any client would, and compares it with what was sent.
final class Sample {
  struct Wrong: Error, CustomStringConvertible {
    var description: String
  }

  private let ticks: Ticks
  private let endpoint: Case.Endpoint
  private let isGzip: Bool
  private let inflater: Inflater
  /// The number of the next message.
  private(set) var next: Int
  /// How many messages have come compressed.
  private(set) var compressed = 0
  private var received: [UInt8] = []
  /// Of an event stream: what of the body is not a whole event yet.
  private var text: [UInt8] = []

  /// `first`: the number of the message that it is to get first.
  init(_ ticks: Ticks, _ kind: Case, first: Int) {
    self.ticks = ticks
    endpoint = kind.endpoint
    isGzip = kind.isGzip
    next = first
    inflater = Inflater(isGzip: kind.isGzip)
  }

  func take(_ bytes: some Sequence<UInt8>) throws {
    received += bytes
    var start = 0
    while let piece = try endpoint == .webSocket ? frame(from: start) : chunk(from: start) { start = piece }
    received.removeFirst(start)
  }

  private func message(_ payload: some Sequence<UInt8>) throws {
    let expected = ticks[next]
    guard payload.elementsEqual(expected.utf8) else {
      throw Wrong(description: "message \(next) is \(String(decoding: Array(payload), as: UTF8.self)), not \(expected)")
    }
    next += 1
  }
}

// MARK: - WebSocket (RFC 6455 section 5.2, RFC 7692 section 7.2.2)

extension Sample {
  /// Where the whole frame at `start` ends.
  private func frame(from start: Int) throws -> Int? {
    guard received.count >= start + 4 else { return nil }
    let isLong = received[start + 1] == 126
    let length = isLong ? Int(received[start + 2]) << 8 | Int(received[start + 3]) : Int(received[start + 1])
    let payload = start + (isLong ? 4 : 2)
    guard length < 1 << 16, received.count >= payload + length else { return nil }
    let bytes = received[payload..<payload + length]
    switch received[start] {
    case 0x81: try message(bytes)
    case 0xC1:
      compressed += 1
      try message(try inflater.inflate(bytes + [0x00, 0x00, 0xFF, 0xFF]))
    case let head: throw Wrong(description: "a frame begins with \(head)")
    }
    return payload + length
  }
}

// MARK: - Server-sent events in chunks (RFC 9112 section 7.1)

extension Sample {
  /// Where the whole chunk at `start` ends.
  private func chunk(from start: Int) throws -> Int? {
    guard let end = received[start...].firstIndex(of: 0x0A),
      let length = Int(String(decoding: received[start..<end - 1], as: UTF8.self), radix: 16)
    else { return nil }
    let content = end + 1
    guard received.count >= content + length + 2 else { return nil }
    let bytes = Array(received[content..<content + length])
    // Here each piece begins at a byte boundary, so that 00 begins a stored block; 1F begins gzip's header.
    if isGzip, bytes.first != 0x00, bytes.first != 0x1F { compressed += 1 }
    text += isGzip ? try inflater.inflate(bytes) : bytes
    try events()
    return content + length + 2
  }

  private func events() throws {
    while let end = text.indices.dropLast().first(where: { text[$0] == 0x0A && text[$0 + 1] == 0x0A }) {
      for line in text[..<end].split(separator: 0x0A) where line.starts(with: "data: ".utf8) {
        try message(line.dropFirst(6))
      }
      text.removeFirst(end + 2)
    }
  }
}
