import NIOCore
import Streams
import Wire

/// What one reading of the log is in one wire format: the bytes that all subscribers at its start send.
///
/// One chunk is sent as it lies in the log; several are joined, so that a subscriber pays for one `send`.
struct Wave {
  let from: Cursor
  let to: Cursor
  let bytes: ByteBuffer
  /// For each message the index in `bytes` just behind it.
  private let ends: [UInt32]
  private let chunks: [Chunk]

  init(_ reading: StreamLog.Reading, _ format: WireFormat) {
    from = reading.from
    to = reading.to
    chunks = reading.chunks
    if let only = reading.chunks.first, reading.chunks.count == 1, only.first == reading.from.next {
      let encoded = only.encoded(format, with: format.encode)
      bytes = encoded.bytes
      ends = encoded.ends
    } else {
      (bytes, ends) = Self.join(reading, format)
    }
  }

  private static func join(_ reading: StreamLog.Reading, _ format: WireFormat) -> (ByteBuffer, [UInt32]) {
    var joined = ByteBuffer()
    var ends: [UInt32] = []
    ends.reserveCapacity(reading.to.next - reading.from.next)
    for chunk in reading.chunks {
      let encoded = chunk.encoded(format, with: format.encode)
      let index = reading.from.next - chunk.first
      let start = encoded.start(index)
      let shift = joined.writerIndex - start
      encoded.bytes.withUnsafeReadableBytes { raw in
        _ = joined.writeBytes(UnsafeRawBufferPointer(rebasing: raw[start...]))
      }
      for end in encoded.ends[index...] { ends.append(UInt32(Int(end) + shift)) }
    }
    return (joined, ends)
  }

  var count: Int { ends.count }

  /// After `sent` bytes: the rest of the message that was cut (or of the first, when nothing was sent at a bound) and the
  /// cursor behind it. `sent` is less than the whole.
  func cut(after sent: Int) -> (rest: ByteBuffer, next: Cursor, count: Int) {
    var low = 0
    var high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if Int(ends[middle]) <= sent { low = middle + 1 } else { high = middle }
    }
    let rest = bytes.getSlice(at: bytes.readerIndex + sent, length: Int(ends[low]) - sent) ?? ByteBuffer()
    let offset = from.next + (low + 1)
    let chunk = chunks.first { offset <= $0.end } ?? chunks[chunks.count - 1]
    return (rest, Cursor(next: offset, position: chunk.position(of: offset)), low + 1)
  }
}
