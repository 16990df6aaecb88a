import NIOCore
import Streams

/// `text/event-stream` (WHATWG HTML, section 9.2 "Server-sent events").
///
/// A text message is an event without a name: `id: EPOCH-SEQ`, then a `data:` line for each of its lines, cut at CR LF, LF
/// and CR as a browser would cut them. A binary message is an event `binary` whose data is base64 (RFC 4648 section 4).
/// A message's label gives it another name or id.
package enum ServerSentEvents {
  static func encode(_ chunk: Chunk) -> EncodedChunk {
    let batch = chunk.batch
    let prefix = "id: \(chunk.epoch)-"
    var bytes = ByteBuffer()
    bytes.reserveCapacity(batch.bytes.count + batch.count * (prefix.utf8.count + 24))
    var ends: [UInt32] = []
    ends.reserveCapacity(batch.count)
    batch.bytes.withUnsafeBytes { raw in
      for index in 0..<batch.count {
        if let id = chunk.ownID(index) {
          bytes.writeString("id: \(id)")
        } else {
          bytes.writeString(prefix)
          bytes.writeDecimal(chunk.offset(index).value)
        }
        let message = UnsafeRawBufferPointer(rebasing: raw[batch.range(index)])
        let isText = batch.marks[index].isText
        if let name = batch.label(index).event ?? (isText ? nil : "binary") { bytes.writeString("\nevent: \(name)") }
        if isText {
          write(lines: message, to: &bytes)
        } else {
          bytes.writeStaticString("\ndata: ")
          bytes.writeBase64(message)
        }
        bytes.writeStaticString("\n\n")
        ends.append(UInt32(bytes.writerIndex))
      }
    }
    return EncodedChunk(bytes: bytes, ends: ends)
  }

  /// `sluice.gap`, `sluice.health`, …; a gap carries the id that a reconnect must send, and a comment for who reads along.
  static func encode(_ note: Note) -> ByteBuffer {
    var text = ""
    switch note {
    case .gap(let gap):
      text = ": gap: \(gap.missed.map(String.init) ?? "an unknown number of") messages missed\nid: \(gap.resumed)\n"
    case .position(let token): text = "id: \(token)\n"
    case .health: break
    }
    return ByteBuffer(string: "\(text)event: sluice.\(note.name)\ndata: \(note.data)\n\n")
  }

  /// How long a client waits before it connects again, in whole milliseconds. It dispatches nothing.
  static func encode(retry: Duration) -> ByteBuffer {
    let (seconds, attoseconds) = retry.components
    return ByteBuffer(string: "retry: \(seconds * 1000 + attoseconds / 1_000_000_000_000_000)\n\n")
  }

  private static func write(lines message: UnsafeRawBufferPointer, to bytes: inout ByteBuffer) {
    var start = 0
    while true {
      bytes.writeStaticString("\ndata: ")
      let end = LineEnds.next(in: message, from: start)
      bytes.writeBytes(UnsafeRawBufferPointer(rebasing: message[start..<end.lowerBound]))
      guard end.lowerBound < message.count else { return }
      start = end.upperBound
    }
  }
}

/// Where lines end, by the rule of `text/event-stream`.
enum LineEnds {
  /// The range of the next CR LF, LF or CR at or after `start`; empty at the end when there is none.
  static func next(in bytes: UnsafeRawBufferPointer, from start: Int) -> Range<Int> {
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x0A { return index..<index + 1 }
      if byte == 0x0D {
        let isPair = index + 1 < bytes.count && bytes[index + 1] == 0x0A
        return index..<index + (isPair ? 2 : 1)
      }
      index += 1
    }
    return bytes.count..<bytes.count
  }
}
