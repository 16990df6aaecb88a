/// Which window of the wall clock it is: windows are of one length and start at multiples of it, in nanoseconds since
/// 1970-01-01T00:00:00Z. The wall clock may jump, and the two clocks may drift apart.
struct WindowClock: Sendable {
  let length: Int64
  private(set) var start: Int64?
  /// When the window ends, in nanoseconds of `Moment.uptime`, as far as that could be told at the last moment.
  private(set) var deadline: Int64 = 0

  init(length: Int64) { self.length = length }

  /// The first moment behind the window.
  var end: Int64? { start.map { $0 + length } }

  /// Whether a moment lies in the window that it is.
  ///
  /// A clock that was set back by a little, into the window just before, does not count: that window has closed, and
  /// would be told twice.
  func isIn(_ moment: Moment) -> Bool {
    let aligned = alignedStart(at: moment)
    return start.map { $0 == aligned || $0 - length == aligned } ?? false
  }

  /// Goes to the window of a moment.
  mutating func go(to moment: Moment) {
    let start = isIn(moment) ? start ?? 0 : alignedStart(at: moment)
    self.start = start
    deadline = moment.uptime + (start + length - moment.wall)
  }

  private func alignedStart(at moment: Moment) -> Int64 {
    let over = moment.wall % length
    return moment.wall - (over < 0 ? over + length : over)
  }
}
