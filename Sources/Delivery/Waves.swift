import NIOCore
import Streams
import Wire

/// One reading of the log as subscribers send it: a wave for each wire format, made when the first asks for it.
///
/// Used by one event loop.
final class Waves {
  let reading: StreamLog.Reading
  private let log: StreamLog
  private let compressors: SharedCompressors
  private let now: NIODeadline
  /// For those in step, and for those who are not; formats that are not shared have only the latter.
  private var inStep = [Wave?](repeating: nil, count: WireFormat.count)
  private var plain = [Wave?](repeating: nil, count: WireFormat.count)
  /// What all of the reading adds to a body inside gzip.
  private var checks = [GzipStream.Check?](repeating: nil, count: WireFormat.count)

  init(
    _ reading: StreamLog.Reading, of log: StreamLog, _ compressors: SharedCompressors, at now: NIODeadline = .now()
  ) {
    self.reading = reading
    self.log = log
    self.now = now
    self.compressors = compressors
  }

  /// What a subscriber of a format sends.
  func wave(_ format: WireFormat, isInStep: Bool) -> Wave {
    if let known = isInStep ? inStep[format.rawValue] : plain[format.rawValue] { return known }
    let made = compressors.of(format).map { compressed(format, $0, isInStep: isInStep) } ?? notCompressed(format)
    if isInStep { inStep[format.rawValue] = made } else { plain[format.rawValue] = made }
    return made
  }

  private func notCompressed(_ format: WireFormat) -> Wave {
    // A plain frame is a plain frame, whoever gets it.
    let format = format == .webSocketDeflate ? .webSocket : format
    return Wave(reading, reading.chunks.map { $0.encoded(format, with: format.encode) })
  }

  private func compressed(_ format: WireFormat, _ compressor: SharedCompressor, isInStep: Bool) -> Wave {
    if !isInStep { compressor.awaitKey() }
    let chunks = reading.chunks.map { compressor.encode($0, of: log, at: now) }
    // What was not compressed for one is not for any: all get it plain, and are out of step.
    let found = chunks.compactMap { $0 }
    guard found.count == chunks.count else { return notCompressed(format) }
    let whole = Wave(reading, found, stepFrom: 0)
    guard !isInStep else { return whole }
    guard let key = firstKey(in: found) else { return notCompressed(format) }
    return key == 0 ? whole : Wave(notCompressed(format), until: key, then: whole)
  }

  /// The index in the reading of the first message that is a key frame.
  private func firstKey(in chunks: [EncodedChunk]) -> Int? {
    for (chunk, compressed) in zip(reading.chunks, chunks) {
      for key in compressed.keys where chunk.first + key >= reading.from.next {
        return chunk.first + key - reading.from.next
      }
    }
    return nil
  }
}

// MARK: - Inside gzip

extension Waves {
  /// What the first `count` messages add to a body inside gzip.
  func check(_ format: WireFormat, first count: Int) -> GzipStream.Check {
    let isWhole = count == reading.to.next - reading.from.next
    if isWhole, let known = checks[format.rawValue] { return known }
    let made = GzipStream.Check(reading, format, first: count)
    if isWhole { checks[format.rawValue] = made }
    return made
  }
}

extension GzipStream.Check {
  /// Of the first `count` messages of a reading.
  fileprivate init(_ reading: StreamLog.Reading, _ format: WireFormat, first count: Int) {
    var (crc, bytes, left) = (UInt32(0), 0, count)
    for chunk in reading.chunks where left > 0 {
      guard let content = format.content(of: chunk) else { continue }
      let start = max(reading.from.next - chunk.first, 0)
      let end = min(chunk.count, start + left)
      left -= end - start
      content.bytes.withUnsafeReadableBytes { raw in
        let part = UnsafeRawBufferPointer(rebasing: raw[content.start(start)..<content.start(end)])
        crc = GzipStream.crc32(part, after: crc)
        bytes += part.count
      }
    }
    self.init(crc: crc, count: bytes)
  }
}
