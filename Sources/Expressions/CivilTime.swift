/// A moment by the calendar (proleptic Gregorian), at an offset from UTC.
struct CivilTime {
  var year: Int
  var month: Int
  var day: Int
  var hour: Int
  var minute: Int
  var second: Int
  var nanosecond: Int
  /// 0: Sunday.
  let weekday: Int
  /// 0: the first of January.
  let dayOfYear: Int

  /// `offset`: seconds east of UTC.
  init(_ timestamp: Timestamp, offset: Int = 0) {
    let seconds = timestamp.seconds + Int64(offset)
    let days = Int(seconds.floored(86_400))
    let rest = Int(seconds) - days * 86_400
    (year, month, day) = Self.date(of: days)
    hour = rest / 3600
    minute = rest / 60 % 60
    second = rest % 60
    nanosecond = Int(timestamp.nanoseconds - Int128(timestamp.seconds) * Timestamp.second)
    weekday = ((days + 4) % 7 + 7) % 7
    dayOfYear = days - Self.days(year: year, month: 1, day: 1)
  }

  /// Days since 1970-01-01. Years begin in March here, so that the leap day is their last.
  static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = Int(Int64(year).floored(400))
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(of days: Int) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = Int(Int64(shifted).floored(146_097))
    let day = shifted - era * 146_097
    let yearOfEra = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }

  /// Seconds east of UTC: `UTC`, `Z`, `+02:00`, `-08:00`, `02:00`; nil: another zone.
  static func offset(of zone: String) -> Int? {
    if zone == "UTC" || zone == "Z" || zone == "GMT" { return 0 }
    var digits = zone.utf8[...]
    let sign = digits.first
    if sign == 0x2B || sign == 0x2D { digits = digits.dropFirst() }
    let parts = digits.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { (0x30...0x39).contains($0) } }),
      let hours = Int(Substring(parts[0])), let minutes = Int(Substring(parts[1])), hours < 24, minutes < 60
    else { return nil }
    return (sign == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
  }
}

extension Int64 {
  /// Divided and rounded down.
  func floored(_ divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
