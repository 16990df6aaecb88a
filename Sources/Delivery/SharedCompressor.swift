import DequeModule
import NIOCore
import Streams
import Synchronization
import Wire

/// The one deflate stream of a group, whose context goes from message to message, for all who read it compressed.
///
/// It is shared as video is, with key frames. At one the compressor starts anew: nothing from there on refers to what was
/// before, so that whoever has received all since then can read on (is *in step*), whatever it has received earlier.
///
/// ```
///   messages     1  2  3  4  5  6  7  8  9
///   key frame    *                 *
///   in step      c  c  c  c  c  c  c  c  c        all compressed
///   joined at 4           p  p  p  c  c  c        plain frames, which leave its inflater alone, until the key frame
/// ```
/// Each message ends at a byte with a sync flush (RFC 7692 section 7.2.1). Chunks are compressed in the order of the log, each
/// once, by whoever asks first; what nobody has asked for in time stays plain for all. It holds only what every member of
/// the group receives.
final class SharedCompressor: Sendable {
  private let state = Mutex(State())

  /// A key frame comes at the latest after so many messages.
  static let longestSegment = 1024
  /// When somebody waits for a key frame, it comes after so many messages, or this time.
  static let shortestSegment = 64
  static let shortestTime = TimeAmount.seconds(1)

  struct State {
    var readers = 0
    var settings = Compression()
    var budget: CompressionBudget?
    /// Made with the first chunk; nil also when there is no memory for it.
    var deflater: RawDeflater?
    /// The message that follows in the deflate stream.
    var next = Offset.zero
    /// Since the last key frame.
    var messages = 0
    var keyTime = NIODeadline.uptimeNanoseconds(0)
    /// Somebody waits for a key frame.
    var isAwaited = false
    /// What was compressed last, oldest first, for those who are a little behind.
    var recent: Deque<(first: Offset, encoded: CompressedChunk)> = []
    var recentBytes = 0
  }
}

/// A chunk's messages as frames, compressed but for the short ones.
struct CompressedChunk {
  let encoded: EncodedChunk
  /// The messages before which the compressor was started anew.
  let keys: [Int]
}

// MARK: - Readers

extension SharedCompressor {
  /// One more reads it.
  func enter(_ settings: Compression, _ budget: CompressionBudget) {
    state.withLock { state in
      state.readers += 1
      guard state.readers == 1 else { return }
      state.settings = settings
      state.budget = budget
    }
  }

  /// The last takes the memory with it.
  func leave() {
    state.withLock { state in
      state.readers -= 1
      guard state.readers == 0 else { return }
      if state.deflater != nil { state.budget?.giveBack(RawDeflater.memory()) }
      state = State()
    }
  }

  /// Somebody is out of step.
  func awaitKey() { state.withLock { $0.isAwaited = true } }
}

// MARK: - Compressing

extension SharedCompressor {
  /// A chunk as all get it who are in step; nil: it was passed over when it came, or there is no memory to compress.
  func encode(_ chunk: Chunk, at now: NIODeadline) -> CompressedChunk? {
    state.withLock { state in
      guard chunk.first >= state.next else { return state.known(chunk) }
      return state.compress(chunk, at: now)
    }
  }
}

extension SharedCompressor.State {
  fileprivate func known(_ chunk: Chunk) -> CompressedChunk? {
    var (low, high) = (0, recent.count)
    while low < high {
      let middle = (low + high) / 2
      if recent[middle].first < chunk.first { low = middle + 1 } else { high = middle }
    }
    guard low < recent.count, recent[low].first == chunk.first else { return nil }
    return recent[low].encoded
  }

  fileprivate mutating func compress(_ chunk: Chunk, at now: NIODeadline) -> CompressedChunk? {
    guard let deflater = deflater ?? makeDeflater() else { return nil }
    if chunk.first != next { messages = SharedCompressor.longestSegment }
    var bytes = ByteBuffer()
    bytes.reserveCapacity(chunk.byteCount / 2 + 16 * chunk.count)
    var ends: [UInt32] = []
    ends.reserveCapacity(chunk.count)
    var keys: [Int] = []
    chunk.batch.bytes.withUnsafeBytes { raw in
      for index in 0..<chunk.count {
        let message = UnsafeRawBufferPointer(rebasing: raw[chunk.batch.range(index)])
        let isText = chunk.batch.marks[index].isText
        if message.count < settings.threshold {
          WebSocketFrame.write(message, isText: isText, to: &bytes)
        } else {
          if isKeyDue(at: now) {
            startAnew(deflater, at: now)
            keys.append(index)
          }
          messages += 1
          WebSocketFrame.write(message, isText: isText, with: deflater, to: &bytes)
        }
        ends.append(UInt32(bytes.writerIndex))
      }
    }
    next = chunk.end
    let made = CompressedChunk(encoded: EncodedChunk(bytes: bytes, ends: ends), keys: keys)
    remember(made, chunk.first)
    return made
  }

  private mutating func makeDeflater() -> RawDeflater? {
    guard let budget, budget.take(RawDeflater.memory()) else { return nil }
    let made = RawDeflater(level: settings.level, windowBits: 15)
    deflater = made
    messages = SharedCompressor.longestSegment
    return made
  }

  private func isKeyDue(at now: NIODeadline) -> Bool {
    if messages >= SharedCompressor.longestSegment { return true }
    return isAwaited
      && (messages >= SharedCompressor.shortestSegment || now - keyTime >= SharedCompressor.shortestTime)
  }

  private mutating func startAnew(_ deflater: RawDeflater, at now: NIODeadline) {
    deflater.reset()
    messages = 0
    keyTime = now
    isAwaited = false
  }

  private mutating func remember(_ made: CompressedChunk, _ first: Offset) {
    recent.append((first, made))
    recentBytes += made.encoded.bytes.readableBytes
    while recentBytes > StreamLog.hotBytes, recent.count > 1, let old = recent.popFirst() {
      recentBytes -= old.encoded.encoded.bytes.readableBytes
    }
  }
}
