import NIOCore
import Streams
import Synchronization
import Wire

/// The one deflate stream of a group in a wire format, whose context goes from message to message, for all who read it.
///
/// It is shared as video is, with key frames. At one the compressor starts anew: nothing from there on refers to what was
/// before, so that whoever has received all since then can read on (is *in step*), whatever it has received earlier.
///
/// ```
///   messages     1  2  3  4  5  6  7  8  9
///   key frame    *                 *
///   in step      c  c  c  c  c  c  c  c  c        all compressed
///   joined at 4           p  p  p  c  c  c        plain, which leaves its inflater alone, until the key frame
/// ```
/// Each message ends at a byte with a sync flush (RFC 7692 section 7.2.1). Chunks are compressed in the order of the log, each
/// once, by whoever asks first, and keep that as their encoding. Who asks for one ahead of others that are not far behind
/// compresses what lies between for them; what has been passed over stays plain for all. It holds only what every member of
/// the group receives.
final class SharedCompressor: Sendable {
  let format: WireFormat
  private let state = Mutex<State?>(nil)

  init(_ format: WireFormat) { self.format = format }

  /// A key frame comes at the latest after so many messages.
  static let longestSegment = 1024
  /// When somebody waits for a key frame, it comes after so many messages, or this time.
  static let shortestSegment = 64
  static let shortestTime = TimeAmount.seconds(1)
  /// The most payload bytes that are compressed for those who are behind.
  static let fillBytes = 1 << 20
  /// It rests when for so long nothing was compressed.
  static let restTime = TimeAmount.seconds(2)

  /// There is none before somebody reads. Owned by the lock.
  fileprivate final class State {
    var readers = 0
    var settings: Compression
    let budget: CompressionBudget
    /// Made with the first chunk; nil also when there is no memory for it.
    var deflater: RawDeflater?
    var isRefused = false
    var level = 0
    /// Where the deflate stream goes on.
    var cursor = Cursor(next: .zero, position: 0)
    /// Since the last key frame.
    var messages = 0
    var keyTime = NIODeadline.uptimeNanoseconds(0)
    /// When something was compressed last.
    var usedTime = NIODeadline.uptimeNanoseconds(0)
    /// Somebody waits for a key frame.
    var isAwaited = false

    init(_ settings: Compression, _ budget: CompressionBudget) {
      self.settings = settings
      self.budget = budget
    }

    deinit { giveBack() }

    func giveBack() {
      guard deflater != nil else { return }
      deflater = nil
      budget.giveBack(RawDeflater.memory())
    }
  }
}

// MARK: - Readers

extension SharedCompressor {
  /// One more reads it. Its settings hold for all: the threshold at once, the level from the next key frame on.
  func enter(_ settings: Compression, _ budget: CompressionBudget) {
    state.withLock { state in
      let entered = state ?? State(settings, budget)
      entered.settings = settings
      entered.readers += 1
      state = entered
    }
  }

  /// The last takes the memory with it. What has been compressed stays with the chunks, so that the stream never goes back
  /// before where it was: to what it would make there, what follows in the log would not fit.
  func leave() {
    state.withLock { state in
      state?.readers -= 1
      if state?.readers == 0 { state?.giveBack() }
    }
  }

  /// Gives its memory back if it rests; with the next message it starts anew, at a key frame. Whoever is in step stays so.
  func yield(at now: NIODeadline) {
    state.withLock { state in
      if let state, now - state.usedTime >= Self.restTime { state.giveBack() }
    }
  }

  /// Somebody is out of step.
  func awaitKey() { state.withLock { $0?.isAwaited = true } }
}

// MARK: - Compressing

extension SharedCompressor {
  /// A chunk of a log as all get it who are in step; nil: it was passed over when it came, or there is no memory to compress.
  func encode(_ chunk: Chunk, of log: StreamLog, at now: NIODeadline) -> EncodedChunk? {
    if let known = chunk.compressed(format) { return known }
    for behind in between(chunk, log) { _ = encode(behind, at: now) }
    return encode(chunk, at: now)
  }

  /// What is to be compressed before a chunk, so that nobody loses step for who is ahead: on another event loop, or new.
  private func between(_ chunk: Chunk, _ log: StreamLog) -> [Chunk] {
    guard let start = state.withLock({ $0?.deflater == nil ? nil : $0?.cursor }), start.next < chunk.first,
      chunk.position - start.position <= UInt64(Self.fillBytes)
    else { return [] }
    let reading = log.read(from: start, to: chunk.first, maxBytes: Self.fillBytes)
    return reading.from.next == start.next && reading.to.next == chunk.first ? reading.chunks : []
  }

  private func encode(_ chunk: Chunk, at now: NIODeadline) -> EncodedChunk? {
    let content = format.content(of: chunk)
    let (made, refused) = state.withLock { state -> (EncodedChunk?, CompressionBudget?) in
      // Meanwhile another event loop may have made it. The chunk's lock is the innermost: nobody takes one under it.
      guard let state, chunk.first >= state.cursor.next else { return (chunk.compressed(format), nil) }
      guard state.deflater != nil || state.makeDeflater(at: now) else { return (nil, state.refused()) }
      let made = state.compress(chunk, content, format, at: now)
      chunk.keep(compressed: made, format)
      return (made, nil)
    }
    refused?.tellRefusal()
    return made
  }
}

extension SharedCompressor.State {
  fileprivate func compress(
    _ chunk: Chunk, _ content: EncodedChunk?, _ format: WireFormat, at now: NIODeadline
  ) -> EncodedChunk {
    usedTime = now
    if chunk.first != cursor.next { messages = SharedCompressor.longestSegment }
    var bytes = ByteBuffer()
    bytes.reserveCapacity(chunk.byteCount / 2 + 16 * chunk.count)
    var ends: [UInt32] = []
    ends.reserveCapacity(chunk.count)
    var keys: [Int] = []
    for index in 0..<chunk.count {
      if format.mayStayPlain(chunk, index, below: settings.threshold) {
        format.write(chunk, index, content, with: nil, to: &bytes)
      } else {
        if isKeyDue(at: now) {
          startAnew(at: now)
          keys.append(index)
        }
        messages += 1
        format.write(chunk, index, content, with: deflater, to: &bytes)
      }
      ends.append(UInt32(bytes.writerIndex))
    }
    cursor = Cursor(next: chunk.end, position: chunk.endPosition)
    return EncodedChunk(bytes: bytes, ends: ends, keys: keys)
  }

  /// The budget, if it is to tell that it had no memory: once, not with each chunk.
  fileprivate func refused() -> CompressionBudget? {
    defer { isRefused = true }
    return isRefused ? nil : budget
  }

  fileprivate func makeDeflater(at now: NIODeadline) -> Bool {
    guard budget.take(RawDeflater.memory(), at: now) else { return false }
    isRefused = false
    level = settings.level
    deflater = RawDeflater(level: level)
    messages = SharedCompressor.longestSegment
    return true
  }

  private func isKeyDue(at now: NIODeadline) -> Bool {
    if messages >= SharedCompressor.longestSegment { return true }
    return isAwaited
      && (messages >= SharedCompressor.shortestSegment || now - keyTime >= SharedCompressor.shortestTime)
  }

  private func startAnew(at now: NIODeadline) {
    if level == settings.level {
      deflater?.reset()
    } else {
      level = settings.level
      deflater = RawDeflater(level: level)
    }
    messages = 0
    keyTime = now
    isAwaited = false
  }
}
