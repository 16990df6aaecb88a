/// How many times in a period, such as `20/s`, `100/m` or `5/10s`.
package struct Rate: ConfigScalar, Hashable {
  /// How many times; finite and more than zero.
  package var count: Double
  /// In how long; more than zero.
  package var per: Duration

  /// A rate of so many in a period.
  package init(count: Double, per period: Duration) {
    self.count = count
    per = period
  }

  /// How many times a second.
  package var perSecond: Double { count / (per / .seconds(1)) }

  /// "a rate such as 20/s, 100/m or 5/h".
  package static var expectation: String { "a rate such as 20/s, 100/m or 5/h" }

  /// A number, a slash and a unit (`s`, `m`, `h`, `d`) or a duration.
  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> Rate {
    let parts = scalar.text.split(separator: "/", omittingEmptySubsequences: false)
    var number = parts[0]
    guard parts.count == 2, let quantity = Quantity.next(from: &number), quantity.unit.isEmpty, number.isEmpty,
      let count = Double(parts[0])
    else { throw refusal(of: scalar.text) }
    let unit = String(parts[1])
    let period: Duration
    do {
      period = try Duration.parse(unit.first?.isNumber == true ? unit : "1" + unit)
    } catch {
      throw refusal(of: scalar.text)
    }
    guard count > 0, period > .zero else { throw ScalarRefusal("a rate is more than zero") }
    return Rate(count: count, per: period)
  }

  private static let longNames = [
    "sec": "s", "second": "s", "min": "m", "minute": "m", "hour": "h", "hr": "h", "day": "d", "S": "s", "H": "h",
  ]

  private static func refusal(of text: String) -> ScalarRefusal {
    let parts = text.filter { $0 != " " }.split(separator: "/")
    var suggestion: String?
    if parts.count == 2 {
      let respelt = "\(parts[0])/\(longNames[String(parts[1])] ?? String(parts[1]))"
      let scalar = ConfigNode.Scalar(text: respelt, isPlain: true)
      if respelt != text, (try? parse(scalar)) != nil { suggestion = respelt }
    }
    return ScalarRefusal("it is a number, '/' and s, m, h or d", suggestion: suggestion)
  }
}
