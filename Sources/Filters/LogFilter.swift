import ConfigText
import Logging

/// `log: debug`: shows what passes.
package struct LogSpec: FilterSpec {
  package enum Level: String, ConfigChoice {
    case debug, info, warning

    var level: Logger.Level {
      switch self {
      case .debug: .debug
      case .info: .info
      case .warning: .warning
      }
    }
  }

  package var level: Level

  package static let key = "log"
  package static let summary = "Passes everything, and writes it to the server's log: at most 100 messages a minute."
  package static let example = "debug"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> LogSpec? {
    Level.decode(node, &reader).map { LogSpec(level: $0) }
  }

  package func makeFilter() -> any Filter { LogFilter(level: level.level) }
}

struct LogFilter: Filter {
  let level: Logger.Level
  /// When the minute in hand ends, in nanoseconds of uptime.
  private var minuteEnd = Int64.min
  private var shown = 0
  private var hidden = 0

  static let mostAMinute = 100
  static let minute: Int64 = 60_000_000_000

  init(level: Logger.Level) { self.level = level }

  /// When there is a number of messages to tell.
  var deadline: Int64? { hidden > 0 ? minuteEnd : nil }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    if run.moment.uptime >= minuteEnd {
      tellHidden(&run)
      minuteEnd = run.moment.uptime + Self.minute
      shown = 0
    }
    if shown < Self.mostAMinute {
      shown += 1
      run.tell("log: \(message.excerpt)", level: level)
    } else {
      hidden += 1
    }
    return true
  }

  mutating func tick(_ run: inout Run) { tellHidden(&run) }
  mutating func finish(_ run: inout Run) { tellHidden(&run) }

  private mutating func tellHidden(_ run: inout Run) {
    guard hidden > 0 else { return }
    run.tell("log: \(hidden) more message\(hidden == 1 ? "" : "s") passed", level: level)
    hidden = 0
  }
}
