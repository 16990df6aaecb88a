extension FunctionRegistry {
  static let times: [Function] = [
    part("getFullYear", "The year.", "2026") { $0.year },
    part("getMonth", "The month from 0 (January) to 11.", "0") { $0.month - 1 },
    part("getDate", "The day of the month from 1 on.", "2") { $0.day },
    part("getDayOfMonth", "The day of the month from 0 on.", "1") { $0.day - 1 },
    part("getDayOfWeek", "The day of the week from 0 (Sunday) to 6.", "5") { $0.weekday },
    part("getDayOfYear", "The day of the year from 0 on.", "1") { $0.dayOfYear },
    part("getHours", "The hour of a moment, or all hours of a duration.", "3", span: 3_600_000_000_000) { $0.hour },
    part("getMinutes", "The minute of a moment, or all minutes of a duration.", "4", span: 60_000_000_000) {
      $0.minute
    },
    part("getSeconds", "The second of a moment, or all seconds of a duration.", "5", span: 1_000_000_000) {
      $0.second
    },
    part("getMilliseconds", "The milliseconds behind the second.", "0", span: 1_000_000, modulo: 1000) {
      $0.nanosecond / 1_000_000
    },
  ]

  /// A part of a moment in UTC or at a fixed offset, and of a duration.
  private static func part(
    _ name: String, _ summary: String, _ value: String, span unit: Int128? = nil, modulo: Int128? = nil,
    _ part: @escaping @Sendable (CivilTime) -> Int
  ) -> Function {
    var overloads = [
      Overload { (timestamp: Timestamp) in Int64(part(CivilTime(timestamp))) },
      Overload { (timestamp: Timestamp, zone: String) throws(EvaluationError) -> Int64 in
        guard let offset = CivilTime.offset(of: zone) else {
          throw EvaluationError(.badArgument("no time zone but UTC and offsets such as +02:00: \(zone.prefix(40))"))
        }
        return Int64(part(CivilTime(timestamp, offset: offset)))
      },
    ]
    if let unit {
      overloads.append(
        Overload { (span: TimeSpan) in
          let units = span.nanoseconds / unit
          return Int64(modulo.map { units % $0 } ?? units)
        })
    }
    return Function(
      name, receiver: true, summary, example: ("timestamp(\"2026-01-02T03:04:05Z\").\(name)()", value), overloads)
  }
}
