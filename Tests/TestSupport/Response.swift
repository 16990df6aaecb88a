import NIOCore

/// What a server has answered so far, read as a client would: head, body without its chunks, events or frames.
package struct Response: Sendable {
  package var status: Int
  /// Names in lower case.
  package var headers: [String: String]
  package var body: ByteBuffer
  /// The body has ended as its coding says.
  package var isComplete: Bool
  /// Bytes of head and body, for a response with a length.
  private var end = 0

  /// `nil` before the whole head is there.
  package init?(_ bytes: ByteBuffer) {
    let view = bytes.readableBytesView
    guard let behind = view.firstIndex(ofSequence: Array("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: view[..<behind], as: UTF8.self).split(separator: "\r\n")
    guard let first = head.first?.split(separator: " "), first.count > 1, let status = Int(first[1]) else { return nil }
    self.status = status
    headers = [:]
    for line in head.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
    }
    body = bytes.getSlice(at: behind + 4, length: bytes.writerIndex - behind - 4) ?? ByteBuffer()
    isComplete = false
    if headers["transfer-encoding"] == "chunked" { dechunk() }
    if let length = headers["content-length"].flatMap(Int.init) {
      isComplete = body.readableBytes >= length
      body = body.readSlice(length: min(length, body.readableBytes)) ?? ByteBuffer()
    }
    end = body.readableBytes + (behind - view.startIndex) + 4
  }

  /// The whole responses that one connection has brought, each with a length of its own.
  package static func all(_ bytes: ByteBuffer) -> [Response] {
    var rest = bytes
    var responses: [Response] = []
    while let response = Response(rest), response.isComplete {
      responses.append(response)
      rest.moveReaderIndex(forwardBy: response.end)
    }
    return responses
  }

  private mutating func dechunk() {
    var raw = body
    body = ByteBuffer()
    while let end = raw.readableBytesView.firstIndex(ofSequence: [13, 10]),
      let size = Int(String(decoding: raw.readableBytesView[..<end], as: UTF8.self), radix: 16),
      raw.readableBytes >= end - raw.readerIndex + size + 4
    {
      raw.moveReaderIndex(to: end + 2)
      if size == 0 {
        isComplete = true
        return
      }
      if var piece = raw.readSlice(length: size) { body.writeBuffer(&piece) }
      raw.moveReaderIndex(forwardBy: 2)
    }
  }

  package var text: String { String(buffer: body) }
  /// The lines of a plain stream that have ended.
  package var lines: [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
}

extension ByteBufferView {
  func firstIndex(ofSequence wanted: [UInt8]) -> Int? {
    guard count >= wanted.count else { return nil }
    var index = startIndex
    while let found = self[index...].firstIndex(of: wanted[0]) {
      guard found + wanted.count <= endIndex else { return nil }
      if self[found..<found + wanted.count].elementsEqual(wanted) { return found }
      index = found + 1
    }
    return nil
  }
}

extension Response {
  /// The WebSocket frames that are whole, but for pings: these come when a test takes long.
  package var frames: [(opcode: UInt8, payload: ByteBuffer)] { allFrames.filter { $0.opcode != 9 } }
  package var pings: Int { allFrames.count { $0.opcode == 9 } }

  private var allFrames: [(opcode: UInt8, payload: ByteBuffer)] {
    var raw = body
    var frames: [(opcode: UInt8, payload: ByteBuffer)] = []
    while let frame = raw.readServerFrame() { frames.append((frame.opcode, frame.payload)) }
    return frames
  }

  /// The payloads of text frames.
  package var messages: [String] { frames.filter { $0.opcode == 1 }.map { String(buffer: $0.payload) } }

  /// The code of a close frame, if one has come; 1005 when it has none.
  package var closeCode: UInt16? {
    frames.first { $0.opcode == 8 }.map { $0.payload.getInteger(at: $0.payload.readerIndex) ?? 1005 }
  }
}
