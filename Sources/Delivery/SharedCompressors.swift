import NIOCore
import Streams

/// A group's shared compressors, one for each wire format that has one.
struct SharedCompressors: Sendable {
  private let all = WireFormat.shared.map(SharedCompressor.init)

  /// nil: the format is not compressed for all.
  func of(_ format: WireFormat) -> SharedCompressor? {
    format.isShared ? all.first { $0.format == format } : nil
  }

  /// Those that rest give their memory back.
  func yield(at now: NIODeadline) {
    for compressor in all { compressor.yield(at: now) }
  }
}
