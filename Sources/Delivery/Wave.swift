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
  /// The message from which on who receives it is in step with the shared compressor; nil: nobody is behind it.
  private let stepFrom: Int?
  /// It was made for one subscriber, who must get all of it.
  let isWhole: Bool

  /// `encoded`: the reading's chunks.
  init(_ reading: StreamLog.Reading, _ encoded: [EncodedChunk], stepFrom: Int? = nil) {
    from = reading.from
    to = reading.to
    chunks = reading.chunks
    self.stepFrom = stepFrom
    isWhole = false
    if encoded.count == 1, reading.chunks[0].first == reading.from.next {
      bytes = encoded[0].bytes
      ends = encoded[0].ends
    } else {
      (bytes, ends) = Self.join(reading, encoded)
    }
  }

  /// The messages of one wave before `index`, then those of another of the same reading.
  init(_ plain: Wave, until index: Int, then shared: Wave) {
    from = plain.from
    to = plain.to
    chunks = plain.chunks
    stepFrom = index
    isWhole = false
    let (start, cut) = (shared.start(index), plain.start(index))
    var bytes = plain.bytes.getSlice(at: plain.bytes.readerIndex, length: cut) ?? ByteBuffer()
    let rest = shared.bytes.getSlice(
      at: shared.bytes.readerIndex + start, length: shared.bytes.readableBytes - start)
    if let rest { bytes.writeImmutableBuffer(rest) }
    self.bytes = bytes
    ends = plain.ends[..<index] + shared.ends[index...].map { UInt32(Int($0) - start + cut) }
  }

  /// The reading's messages, encoded for one subscriber.
  init(_ reading: StreamLog.Reading, _ bytes: ByteBuffer, _ ends: [UInt32]) {
    from = reading.from
    to = reading.to
    chunks = reading.chunks
    stepFrom = nil
    isWhole = true
    self.bytes = bytes
    self.ends = ends
  }

  private static func join(_ reading: StreamLog.Reading, _ all: [EncodedChunk]) -> (ByteBuffer, [UInt32]) {
    var joined = ByteBuffer()
    var ends: [UInt32] = []
    ends.reserveCapacity(reading.to.next - reading.from.next)
    for (chunk, encoded) in zip(reading.chunks, all) {
      let index = max(reading.from.next - chunk.first, 0)
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

  /// Where message `index` starts in `bytes`.
  private func start(_ index: Int) -> Int { index == 0 ? 0 : Int(ends[index - 1]) }

  /// Whether who has received so many messages of it is in step.
  func isInStep(after count: Int) -> Bool { stepFrom.map { count > $0 } ?? false }

  /// After `sent` bytes: the rest of the message that was cut (or of the first, when nothing was sent at a bound) and the
  /// cursor behind it. `sent` is less than the whole.
  func cut(after sent: Int) -> (rest: ByteBuffer, next: Cursor, count: Int) {
    guard !isWhole else {
      let rest = bytes.getSlice(at: bytes.readerIndex + sent, length: bytes.readableBytes - sent) ?? ByteBuffer()
      return (rest, to, count)
    }
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
