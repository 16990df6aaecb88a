/// One life of a log. Offsets of two epochs have nothing to do with each other, so a token of another epoch is a gap.
package struct Epoch: Hashable, Sendable {
  package let value: UInt64

  package init(_ value: UInt64) { self.value = value }

  /// A new life: 48 random bits, so that two servers, or two starts of one, do not meet.
  package static func fresh() -> Epoch { Epoch(UInt64.random(in: 1..<(1 << 48))) }
}

extension Epoch: CustomStringConvertible {
  /// Lower-case base 36, as it stands in a token.
  package var description: String { String(value, radix: 36) }
}
