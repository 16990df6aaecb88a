import ConfigText
import JSONText

/// How fast a file is replayed.
enum ReplayPace: Equatable, Sendable {
  case unpaced
  case rate(Rate)
  case speed(ReplaySpeed)
}

/// When each message of a replay is due, counted from its start. It knows no clock, so it cannot drift.
struct ReplaySchedule: Equatable, Sendable {
  private let pace: ReplayPace
  private var index = 0
  private var due = Duration.zero
  private var last: UTCTime?
  /// Messages whose time could not be read.
  private(set) var badTimes = 0

  /// A number above this is milliseconds: as seconds it would be the year 5138.
  static let largestSeconds = 1e11

  init(_ pace: ReplayPace) { self.pace = pace }

  /// When the next message, which is this, is due; nil: at once.
  mutating func next(_ message: UnsafeRawBufferPointer) -> Duration? {
    defer { index += 1 }
    switch pace {
    case .unpaced: return nil
    case .rate(let rate): return rate.per * (Double(index) / rate.count)
    case .speed(let speed):
      advance(to: message, speed)
      return due
    }
  }

  /// The file starts again: the gap between its last and its first time means nothing.
  mutating func restart() { last = nil }

  private mutating func advance(to message: UnsafeRawBufferPointer, _ speed: ReplaySpeed) {
    guard let time = Self.time(of: speed.field, in: message) else {
      badTimes += 1
      return
    }
    if let last, time.nanoseconds > last.nanoseconds {
      due += .nanoseconds(Int64(clamping: time.nanoseconds - last.nanoseconds)) / speed.factor
    }
    last = time
  }

  /// The time in a field of a JSON message: Unix seconds, Unix milliseconds, or a text.
  static func time(of field: String, in message: UnsafeRawBufferPointer) -> UTCTime? {
    guard let range = JSONText.value(of: field, in: message), let first = message[range].first else { return nil }
    if first == UInt8(ascii: "\"") { return UTCTime(message[range].dropFirst().dropLast()) }
    guard let number = Double(String(decoding: message[range], as: UTF8.self)), number.isFinite else { return nil }
    let seconds = abs(number) > largestSeconds ? number / 1000 : number
    // Beyond this a Double has no milliseconds left, and no clock means it.
    guard abs(seconds) < 1e12 else { return nil }
    return UTCTime(nanoseconds: Int128(seconds * 1e9))
  }
}
