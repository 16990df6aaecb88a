/// The sequence number of a message in its log. The first message of an epoch is 1; numbers have no holes.
package struct Offset: Hashable, Comparable, Sendable {
  package var value: UInt64

  package init(_ value: UInt64) { self.value = value }

  /// The place before the first message: "after nothing".
  package static let zero = Offset(0)
  /// The first message of an epoch.
  package static let first = Offset(1)

  package static func < (a: Offset, b: Offset) -> Bool { a.value < b.value }
  /// The offset `count` messages later.
  package static func + (a: Offset, count: Int) -> Offset { Offset(a.value + UInt64(count)) }
  /// How many messages lie between two offsets; 0 when `b` is not before `a`.
  package static func - (a: Offset, b: Offset) -> Int { a.value > b.value ? Int(a.value - b.value) : 0 }
}
