extension Duration: ConfigScalar {
  /// "a duration such as 250ms, 10s, 5m, 1h or 7d".
  package static var expectation: String { "a duration such as 250ms, 10s, 5m, 1h or 7d" }

  /// The longest duration, about a hundred years: its nanoseconds fit an `Int64`.
  package static let longestConfigured: Duration = .nanoseconds(longestNanoseconds)
  private static let longestNanoseconds: Int64 = 36_500 * 86_400 * 1_000_000_000

  /// A number and a unit (`us`, `ms`, `s`, `m`, `h`, `d`), several from large to small (`1h30m`), or a plain `0`.
  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> Duration {
    try parse(scalar.text)
  }

  static func parse(_ text: String) throws(ScalarRefusal) -> Duration {
    if text == "0" { return .zero }
    var rest = Substring(text)
    var nanoseconds: Int128 = 0
    var smallest = Int128.max
    repeat {
      guard let quantity = Quantity.next(from: &rest) else { throw refusal(of: text) }
      guard let unit = units.first(where: { $0.name == quantity.unit })?.nanoseconds, unit < smallest else {
        throw refusal(of: text, isUnitMissing: quantity.unit.isEmpty)
      }
      nanoseconds += quantity.scaled(by: unit)
      smallest = unit
    } while !rest.isEmpty
    guard nanoseconds <= longestNanoseconds else {
      throw ScalarRefusal("the longest is 36500d")
    }
    return .nanoseconds(Int64(nanoseconds))
  }

  /// As an operator would write it: `1s`, `250ms`, `1h30m`.
  package var configText: String {
    var rest = Int128(components.seconds) * 1_000_000_000 + Int128(components.attoseconds / 1_000_000_000)
    var text = ""
    for unit in Self.units.reversed() where rest >= unit.nanoseconds {
      text += "\(rest / unit.nanoseconds)\(unit.name)"
      rest %= unit.nanoseconds
    }
    return text.isEmpty ? "0" : text
  }

  private static let units: [(name: String, nanoseconds: Int128)] = [
    ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
  ]

  private static let otherNames = [
    "µs": "us", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "min": "m", "mins": "m", "minute": "m",
    "minutes": "m", "hr": "h", "hour": "h", "hours": "h", "day": "d", "days": "d", "msec": "ms", "millis": "ms",
  ]

  private static func refusal(of text: String, isUnitMissing: Bool = false) -> ScalarRefusal {
    let names = "us, ms, s, m, h or d"
    if text.hasPrefix("-") { return ScalarRefusal("a duration is not negative") }
    return ScalarRefusal(
      isUnitMissing ? "the unit is missing: \(names)" : "units are \(names)",
      suggestion: Quantity.respelt(text, units: units.map(\.name), otherNames: otherNames))
  }
}
