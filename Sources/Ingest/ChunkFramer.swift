import Streams

/// Bytes as they come, binary; a read that is larger than a message may be becomes several.
struct ChunkFramer: Framer {
  var maxMessage: Int
  let drops = FramerDrops()

  init(maxMessage: Int) { self.maxMessage = maxMessage }

  mutating func cut(_ bytes: UnsafeRawBufferPointer, into batch: inout Batch) {
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + maxMessage)
      batch.append(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), isText: false)
      start = end
    }
  }

  mutating func finish(into batch: inout Batch) {}
}
