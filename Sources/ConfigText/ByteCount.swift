/// A size in bytes, such as `512`, `64KiB` or `1MB`.
package struct ByteCount: ConfigScalar, Hashable, Comparable {
  /// How many bytes; not negative.
  package var bytes: Int

  /// A size in bytes.
  package init(bytes: Int) { self.bytes = bytes }

  /// Orders by size.
  package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

  /// "a size such as 512, 64KiB or 1MB".
  package static var expectation: String { "a size such as 512, 64KiB or 1MB" }

  /// A number of bytes, or of a unit: `B`, `KB`, `MB`, `GB`, `TB` (powers of 1000), `KiB`, … (powers of 1024).
  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> ByteCount {
    var rest = Substring(scalar.text)
    guard let quantity = Quantity.next(from: &rest), rest.isEmpty,
      let unit = units.first(where: { $0.name == quantity.unit })?.bytes
    else { throw refusal(of: scalar.text) }
    guard quantity.isWhole(by: unit) else { throw ScalarRefusal("a byte has no parts") }
    guard let bytes = Int(exactly: quantity.scaled(by: unit)) else { throw ScalarRefusal("it is too large") }
    return ByteCount(bytes: bytes)
  }

  /// As an operator would write it: `4MiB`, `1000`.
  package var configText: String {
    let unit = Self.units.last { $0.name.hasSuffix("iB") && Int128(bytes) >= $0.bytes && Int128(bytes) % $0.bytes == 0 }
    return unit.map { "\(Int128(bytes) / $0.bytes)\($0.name)" } ?? "\(bytes)"
  }

  private static let units: [(name: String, bytes: Int128)] = [
    ("", 1), ("B", 1), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
  ]

  private static func refusal(of text: String) -> ScalarRefusal {
    if text.hasPrefix("-") { return ScalarRefusal("a size is not negative") }
    // A bare K or M means powers of 1024 to nginx and of 1000 to others.
    let short = ["k": "KiB", "m": "MiB", "g": "GiB", "t": "TiB"]
    return ScalarRefusal(
      "units are B, KB, MB, GB, TB and KiB, MiB, GiB, TiB",
      suggestion: Quantity.respelt(text, units: units.map(\.name), otherNames: short))
  }
}
