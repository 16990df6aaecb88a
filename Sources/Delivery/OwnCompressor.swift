import NIOCore
import Streams
import Wire

/// The deflate stream of one subscriber, in a context of its own: for clients that cannot share one.
///
/// Owned by its event loop. What it has compressed must be sent, all of it and in order.
package final class OwnCompressor {
  private let deflater: RawDeflater
  private let threshold: Int
  private let resets: Bool
  private let budget: CompressionBudget
  private let memory: Int

  /// nil: there is no memory for one more. `windowBits`: the window that the client has for it, 9 to 15; `resets`: it keeps
  /// nothing from message to message (RFC 7692 section 7.1.1.1).
  package init?(_ settings: Compression, windowBits: Int, resets: Bool, _ budget: CompressionBudget) {
    memory = RawDeflater.memory(windowBits: windowBits)
    guard budget.take(memory) else {
      budget.tellRefusal()
      return nil
    }
    deflater = RawDeflater(level: settings.level, windowBits: windowBits)
    threshold = settings.threshold
    self.resets = resets
    self.budget = budget
  }

  deinit { budget.giveBack(memory) }

  /// The messages of a reading, from where it starts.
  func wave(_ reading: StreamLog.Reading) -> Wave {
    var bytes = ByteBuffer()
    var ends: [UInt32] = []
    ends.reserveCapacity(reading.to.next - reading.from.next)
    for chunk in reading.chunks {
      chunk.batch.bytes.withUnsafeBytes { raw in
        for index in max(reading.from.next - chunk.first, 0)..<chunk.count {
          let message = UnsafeRawBufferPointer(rebasing: raw[chunk.batch.range(index)])
          write(message, isText: chunk.batch.marks[index].isText, to: &bytes)
          ends.append(UInt32(bytes.writerIndex))
        }
      }
    }
    return Wave(reading, bytes, ends)
  }

  private func write(_ message: UnsafeRawBufferPointer, isText: Bool, to bytes: inout ByteBuffer) {
    guard message.count >= threshold else { return WebSocketFrame.write(message, isText: isText, to: &bytes) }
    WebSocketFrame.write(message, isText: isText, with: deflater, to: &bytes)
    if resets { deflater.reset() }
  }
}
