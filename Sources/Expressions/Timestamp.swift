/// A moment between the years 0001 and 9999, in nanoseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Sendable, Hashable {
  package let nanoseconds: Int128

  private static let earliest: Int128 = -62_135_596_800 * second
  private static let behindLatest: Int128 = 253_402_300_800 * second
  static let second: Int128 = 1_000_000_000

  /// Nil: outside of the years.
  package init?(nanoseconds: Int128) {
    guard nanoseconds >= Self.earliest, nanoseconds < Self.behindLatest else { return nil }
    self.nanoseconds = nanoseconds
  }

  private init() { nanoseconds = 0 }

  /// 1970-01-01T00:00:00Z
  package static let epoch = Timestamp()
}

/// A length of time, up to ten thousand years either way.
package struct TimeSpan: Sendable, Hashable {
  package let nanoseconds: Int128

  private static let longest: Int128 = 315_576_000_000 * Timestamp.second

  /// Nil: longer than ten thousand years.
  package init?(nanoseconds: Int128) {
    guard nanoseconds.magnitude <= Self.longest.magnitude else { return nil }
    self.nanoseconds = nanoseconds
  }
}
