extension Timestamp {
  /// Since 1970, rounded down.
  var seconds: Int64 {
    let quotient = nanoseconds / Self.second
    return Int64(nanoseconds % Self.second < 0 ? quotient - 1 : quotient)
  }

  /// RFC 3339 in UTC, with as many decimals as there are.
  package var text: String {
    let time = CivilTime(self)
    let date = "\(padded(time.year, 4))-\(padded(time.month, 2))-\(padded(time.day, 2))"
    let clock = "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
    return "\(date)T\(clock)\(decimals(time.nanosecond))Z"
  }

  /// RFC 3339, such as `2026-01-02T03:04:05.678Z` or with `+02:00`; nil: it is not, or out of range.
  package init?(rfc3339 text: String) {
    var reader = DigitReader(text)
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
      let day = reader.number(2), reader.take("T") || reader.take("t"),
      let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), reader.take(":"),
      let second = reader.number(2), (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 60
    else { return nil }
    let nextMonth = month == 12 ? (year + 1, 1) : (year, month + 1)
    let first = CivilTime.days(year: year, month: month, day: 1)
    guard day <= CivilTime.days(year: nextMonth.0, month: nextMonth.1, day: 1) - first else { return nil }
    guard let fraction = reader.take(".") ? reader.fraction() : 0 else { return nil }
    let zone = reader.rest
    guard let offset = zone == "z" ? 0 : CivilTime.offset(of: zone), zone != "UTC", zone != "GMT",
      zone.utf8.count != 5
    else { return nil }
    let seconds = (first + day - 1) * 86_400 + hour * 3600 + minute * 60 + second - offset
    self.init(nanoseconds: Int128(seconds) * Self.second + Int128(fraction))
  }
}

extension TimeSpan {
  /// In seconds with as many decimals as there are: `90s`, `-0.5s`.
  package var text: String {
    let magnitude = nanoseconds.magnitude
    let (seconds, rest) = magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
    return "\(nanoseconds < 0 ? "-" : "")\(seconds)\(decimals(Int(rest)))s"
  }

  /// `1h30m`, `-1.5s`, `100ms`; nil: it is none, or out of range.
  package init?(text: String) {
    var reader = DigitReader(text)
    let negative = reader.take("-")
    if !negative { _ = reader.take("+") }
    if reader.rest == "0" {
      self.init(nanoseconds: 0)
      return
    }
    var sum: Int128 = 0
    repeat {
      let whole = reader.digits()
      let decimals = reader.take(".") ? reader.digits() : ""
      guard whole.count + decimals.count > 0, whole.count <= 20, decimals.count <= 20, let unit = reader.unit(),
        let number = Int128(whole.isEmpty ? "0" : whole)
      else { return nil }
      var scale = unit
      sum += number * unit
      guard sum < Int128(1) << 100 else { return nil }
      for digit in decimals.utf8 {
        scale /= 10
        sum += Int128(digit - 0x30) * scale
      }
    } while !reader.rest.isEmpty
    self.init(nanoseconds: negative ? -sum : sum)
  }
}

private func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// Nanoseconds as `.5`; none: nothing.
private func decimals(_ nanoseconds: Int) -> String {
  guard nanoseconds > 0 else { return "" }
  var digits = padded(nanoseconds, 9)[...]
  while digits.last == "0" { digits.removeLast() }
  return ".\(digits)"
}

/// Takes a text of digits and signs apart from its start.
private struct DigitReader {
  private var left: Substring.UTF8View

  init(_ text: String) { left = text[...].utf8 }

  var rest: String { String(Substring(left)) }

  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard left.first == UInt8(ascii: sign) else { return false }
    left.removeFirst()
    return true
  }

  mutating func digits() -> String {
    let digits = left.prefix { (0x30...0x39).contains($0) }
    left.removeFirst(digits.count)
    return String(Substring(digits))
  }

  /// A number of so many digits.
  mutating func number(_ width: Int) -> Int? {
    let digits = left.prefix(width)
    guard digits.count == width, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    left.removeFirst(width)
    return Int(Substring(digits))
  }

  /// Decimals as nanoseconds, up to nine of them.
  mutating func fraction() -> Int? {
    let digits = digits()
    guard (1...9).contains(digits.count) else { return nil }
    return Int(digits + String(repeating: "0", count: 9 - digits.count))
  }

  /// In nanoseconds.
  mutating func unit() -> Int128? {
    let letters = String(Substring(left.prefix { !(0x30...0x39).contains($0) && $0 != 0x2E }))
    let units: [String: Int128] = [
      "h": 3_600_000_000_000, "m": 60_000_000_000, "s": 1_000_000_000, "ms": 1_000_000, "us": 1000, "µs": 1000,
      "ns": 1,
    ]
    left.removeFirst(letters.utf8.count)
    return units[letters]
  }
}
