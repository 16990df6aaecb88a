#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A moment in universal time, and its texts (RFC 3339), without Foundation.
struct UTCTime: Equatable, Sendable {
  /// Nanoseconds since 1970, leap seconds not counted.
  var nanoseconds: Int128

  static var now: UTCTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UTCTime(nanoseconds: Int128(time.tv_sec) * 1_000_000_000 + Int128(time.tv_nsec))
  }

  init(nanoseconds: Int128) { self.nanoseconds = nanoseconds }

  /// `2026-01-31T12:00:00Z` or with an offset, a space or nothing for the `T`, the seconds with a fraction; a text
  /// without an offset is in universal time, a date alone is its midnight. Nil: it is none of these.
  init?(_ text: some Sequence<UInt8>) {
    var scan = Scan(rest: Array(text)[...])
    guard let year = scan.digits(4), scan.take("-"), let month = scan.digits(2), scan.take("-"),
      let day = scan.digits(2), (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day)
    else { return nil }
    var seconds = Self.daysSince1970(year, month, day) * 86_400
    var fraction = 0
    if scan.take("T") || scan.take("t") || scan.take(" ") {
      guard let hour = scan.digits(2), scan.take(":"), let minute = scan.digits(2), hour < 24, minute < 60 else {
        return nil
      }
      var second = 0
      if scan.take(":") {
        guard let whole = scan.digits(2), whole <= 60 else { return nil }
        second = whole
        if scan.take(".") || scan.take(",") {
          guard let part = scan.fraction() else { return nil }
          fraction = part
        }
      }
      guard let offset = scan.offset() else { return nil }
      seconds += hour * 3600 + minute * 60 + second - offset
    }
    guard scan.rest.isEmpty else { return nil }
    nanoseconds = Int128(seconds) * 1_000_000_000 + Int128(fraction)
  }

  /// Days from 1970-01-01 in the Gregorian calendar (Howard Hinnant's `days_from_civil`).
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension UTCTime: CustomStringConvertible {
  /// `2026-01-31T12:00:00Z`, the fraction left out.
  var description: String {
    var seconds = time_t(nanoseconds / 1_000_000_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    return "\(date)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }
}

/// Reads the parts of a time's text.
private struct Scan {
  var rest: ArraySlice<UInt8>

  mutating func take(_ character: Character) -> Bool {
    guard let first = rest.first, first == character.asciiValue else { return false }
    rest.removeFirst()
    return true
  }

  mutating func digits(_ count: Int) -> Int? {
    guard rest.count >= count else { return nil }
    var number = 0
    for byte in rest.prefix(count) {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    rest.removeFirst(count)
    return number
  }

  /// The digits behind the point, as nanoseconds; what is smaller is left out.
  mutating func fraction() -> Int? {
    var nanoseconds = 0
    var unit = 100_000_000
    var count = 0
    while let digit = digits(1) {
      nanoseconds += digit * unit
      unit /= 10
      count += 1
    }
    return count > 0 ? nanoseconds : nil
  }

  /// Seconds east of Greenwich; none given is 0.
  mutating func offset() -> Int? {
    if rest.isEmpty || take("Z") || take("z") { return 0 }
    let sign = take("+") ? 1 : take("-") ? -1 : 0
    guard sign != 0, let hours = digits(2) else { return nil }
    _ = take(":")
    guard let minutes = rest.isEmpty ? 0 : digits(2), hours < 24, minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}
