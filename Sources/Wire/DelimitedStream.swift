import NIOCore
import Streams

/// The plain stream: a text message is followed by a newline; a binary one goes out as it came.
package enum DelimitedStream {
  static func encode(_ chunk: Chunk) -> EncodedChunk {
    let batch = chunk.batch
    var bytes = ByteBuffer()
    bytes.reserveCapacity(batch.bytes.count + batch.count)
    var ends: [UInt32] = []
    ends.reserveCapacity(batch.count)
    batch.bytes.withUnsafeBytes { raw in
      for index in 0..<batch.count {
        bytes.writeBytes(UnsafeRawBufferPointer(rebasing: raw[batch.range(index)]))
        if batch.marks[index].isText { bytes.writeInteger(UInt8(ascii: "\n")) }
        ends.append(UInt32(bytes.writerIndex))
      }
    }
    return EncodedChunk(bytes: bytes, ends: ends)
  }
}
