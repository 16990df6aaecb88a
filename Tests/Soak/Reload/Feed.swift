import Glibc
import TestSupport

/// The source: `reload-soak --feed RATE` writes numbered messages to standard output, in even time, until it is ended.
enum Feed {
  private static let pad = String(repeating: "x", count: 40)

  static func run(_ argument: String?) {
    let rate = argument.flatMap { Int($0) } ?? 200
    var next = timespec()
    clock_gettime(CLOCK_MONOTONIC, &next)
    for number in 1... {
      let line = Array((NumberedMessage.text(number, at: Monotonic.microseconds, pad: pad) + "\n").utf8)
      guard write(1, line, line.count) == line.count else { return }
      next.tv_nsec += 1_000_000_000 / rate
      next.tv_sec += next.tv_nsec / 1_000_000_000
      next.tv_nsec %= 1_000_000_000
      clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &next, nil)
    }
  }
}
