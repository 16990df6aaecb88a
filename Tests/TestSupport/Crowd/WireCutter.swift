/// Cuts what a server sends after the response head into pieces: frames, or events in HTTP chunks. It keeps nothing.
enum WireCutter {
  enum Piece {
    /// What a client's program sees.
    case message(UnsafeRawBufferPointer)
    /// To be answered with a pong of the same payload.
    case ping(UnsafeRawBufferPointer)
    /// Something of the server's own, such as a gap.
    case note(UnsafeRawBufferPointer)
    /// The server says that it ends. With its close code, if there is one.
    case end(code: Int?)
    case malformed
  }

  /// Calls `body` for each whole piece. Returns how many bytes they have.
  static func cut(
    _ bytes: UnsafeRawBufferPointer, isWebSocket: Bool, _ body: (Piece) -> Void
  ) -> Int {
    var start = 0
    while start < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
      guard let (piece, length) = isWebSocket ? frame(rest) : chunk(rest) else { break }
      if let piece { body(piece) }
      start += length
    }
    return start
  }

  // MARK: - WebSocket (RFC 6455 section 5.2)

  private static func frame(_ bytes: UnsafeRawBufferPointer) -> (Piece?, length: Int)? {
    guard bytes.count >= 2 else { return nil }
    var head = 2
    var length = Int(bytes[1])
    if length >= 126 {
      head = length == 126 ? 4 : 10
      guard bytes.count >= head else { return nil }
      length = bytes[2..<head].reduce(0) { $0 << 8 | Int($1) }
    }
    guard bytes.count >= head + length else { return nil }
    let payload = UnsafeRawBufferPointer(rebasing: bytes[head..<head + length])
    return (piece(opcode: bytes[0], payload), head + length)
  }

  private static func piece(opcode: UInt8, _ payload: UnsafeRawBufferPointer) -> Piece {
    switch opcode {
    case 0x81: isNote(payload) ? .note(payload) : .message(payload)
    case 0x88: .end(code: payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil)
    case 0x89: .ping(payload)
    default: .malformed
    }
  }

  private static func isNote(_ payload: UnsafeRawBufferPointer) -> Bool { payload.starts(with: "{\"sluice\":".utf8) }

  // MARK: - Event stream in chunks (RFC 9112 section 7.1)

  private static func chunk(_ bytes: UnsafeRawBufferPointer) -> (Piece?, length: Int)? {
    var length = 0
    var head = 0
    while head < bytes.count, bytes[head] != 0x0D {
      guard let digit = hexadecimal(bytes[head]), head < 8 else { return (.malformed, bytes.count) }
      length = length << 4 | digit
      head += 1
    }
    head += 2
    guard bytes.count >= head + length + 2 else { return nil }
    guard length > 0 else { return (.end(code: nil), head + 2) }
    let event = UnsafeRawBufferPointer(rebasing: bytes[head..<head + length])
    return (piece(event: event), head + length + 2)
  }

  private static func hexadecimal(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case 0x61...0x66: Int(byte) - 0x57
    default: nil
    }
  }

  /// An event as the server writes it: `id: …`, `data: …`, an empty line. Comments and `retry` are nothing.
  private static func piece(event: UnsafeRawBufferPointer) -> Piece? {
    if event.starts(with: "id: ".utf8), let end = event.firstIndex(of: 0x0A) {
      let data = event[(end + 1)...]
      guard data.starts(with: "data: ".utf8), data.suffix(2).elementsEqual([0x0A, 0x0A]) else { return .note(event) }
      return .message(UnsafeRawBufferPointer(rebasing: data.dropFirst(6).dropLast(2)))
    }
    if event.starts(with: ": gap".utf8) || event.starts(with: "event: ".utf8) { return .note(event) }
    return event.first == UInt8(ascii: ":") || event.starts(with: "retry: ".utf8) ? nil : .malformed
  }
}
