import Wire

/// How what a stream's subscribers get is compressed.
package struct Compression: Equatable, Sendable {
  package enum Mode: String, CaseIterable, Sendable {
    /// Once for all subscribers of a stream, with one window; by itself for a client that cannot take part in that.
    case shared
    /// For each WebSocket by itself.
    case perConnection = "per_connection"
    case off
  }

  package static let levels = RawDeflater.levels

  package var mode: Mode
  /// zlib's: 1 is fast, 9 small.
  package var level: Int
  /// Messages of fewer bytes are sent plain.
  package var threshold: Int

  package init(mode: Mode = .shared, level: Int = 6, threshold: Int = 32) {
    self.mode = mode
    self.level = level
    self.threshold = threshold
  }
}
