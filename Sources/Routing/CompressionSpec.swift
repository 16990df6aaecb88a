import ConfigText
import Delivery

extension Compression.Mode: ConfigChoice {}

/// `compression: shared`, or `{mode: shared, level: 6, threshold: 32}`: how what subscribers get is compressed.
package struct CompressionSpec: ConfigSpec {
  package var mode = Compression.Mode.shared
  package var level = 6
  /// A frame of 32 bytes goes out in a packet with at least 52 bytes of headers: to shorten it is worth less than the time
  /// that both sides take for it.
  package var threshold = ByteCount(bytes: 32)

  package init() {}

  package static let label = "compression"
  package static let expectation = "\(Compression.Mode.expectation), or a mapping with mode, level, threshold"
  private static let largestThreshold = ByteCount(bytes: 1 << 20)

  package static let fields = FieldTable<Self>([
    Field(
      "mode", \.mode,
      "'shared' compresses once for all subscribers, 'per_connection' for each by itself, 'off' not at all.",
      default: "shared", example: "per_connection"),
    .bounded(
      "level", \.level, Compression.levels, "from 1 to 9", "How hard it tries: 1 is fast, 9 small.", default: "6",
      example: "9"),
    .bounded(
      "threshold", \.threshold, ByteCount(bytes: 0)...largestThreshold, "from 0 to 1MiB",
      "How many bytes a message needs to be compressed; a shorter one is sent plain.", default: "32", example: "128"),
  ])

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> CompressionSpec? {
    fields.decode(node, into: CompressionSpec(), label: label, short: "mode", &reader)
  }

  package var compression: Compression { Compression(mode: mode, level: level, threshold: threshold.bytes) }
}
