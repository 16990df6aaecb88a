import NIOCore
import Streams
import Wire

/// One reading of the log as subscribers send it: a wave for each wire format, made when the first asks for it.
///
/// Used by one event loop.
final class Waves {
  let reading: StreamLog.Reading
  private let compressor: SharedCompressor
  private let now: NIODeadline
  private var plain = [Wave?](repeating: nil, count: WireFormat.count)
  /// For those in step, and for those who are not.
  private var inStep: Wave?
  private var outOfStep: Wave?

  init(_ reading: StreamLog.Reading, _ compressor: SharedCompressor, at now: NIODeadline = .now()) {
    self.reading = reading
    self.now = now
    self.compressor = compressor
  }

  /// What a subscriber of a format sends.
  func wave(_ format: WireFormat, isInStep: Bool) -> Wave {
    guard format == .webSocketDeflate else { return plain(format) }
    if let known = isInStep ? inStep : outOfStep { return known }
    let made = compressed(isInStep: isInStep)
    if isInStep { inStep = made } else { outOfStep = made }
    return made
  }

  private func plain(_ format: WireFormat) -> Wave {
    if let known = plain[format.rawValue] { return known }
    let made = Wave(reading, reading.chunks.map { $0.encoded(format, with: format.encode) })
    plain[format.rawValue] = made
    return made
  }

  private func compressed(isInStep: Bool) -> Wave {
    if !isInStep { compressor.awaitKey() }
    let chunks = reading.chunks.map { compressor.encode($0, at: now) }
    // What was not compressed for one is not for any: all get it plain, and are out of step.
    let found = chunks.compactMap { $0 }
    guard found.count == chunks.count else { return plain(.webSocket) }
    let whole = Wave(reading, found.map(\.encoded), stepFrom: 0)
    guard !isInStep else { return whole }
    guard let key = firstKey(in: found) else { return plain(.webSocket) }
    return Wave(plain(.webSocket), until: key, then: whole)
  }

  /// The index in the reading of the first message that is a key frame.
  private func firstKey(in chunks: [CompressedChunk]) -> Int? {
    for (chunk, compressed) in zip(reading.chunks, chunks) {
      for key in compressed.keys where chunk.first + key >= reading.from.next {
        return chunk.first + key - reading.from.next
      }
    }
    return nil
  }
}
