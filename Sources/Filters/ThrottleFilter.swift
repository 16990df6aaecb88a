import ConfigText

/// `throttle: 100ms` or `throttle: {every: 100ms, key: EXPR}`: at most one message each period.
package struct ThrottleSpec: FilterSpec {
  package var every = Duration.zero
  package var keying = StateKey()

  package static let key = "throttle"
  package static let summary =
    "Lets at most one message pass each period (of a key): the first at once, then the latest when the period ends."
  package static let example = "{every: 100ms, key: msg.symbol}"
  package static var keys: [FilterKey] { fields.filterKeys }

  private static let fields = FieldTable<ThrottleSpec>(
    [.period("every", \.every, "How long a message keeps later ones waiting.", example: "250ms", isRequired: true)]
      + StateKey.fields(\.keying, "Periods are"))

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> ThrottleSpec? {
    fields.decode(node, into: ThrottleSpec(), label: key, short: "every", &reader)
  }

  package var expressions: [FilterExpression] { keying.expressions }
  package func makeFilter() -> any Filter { ThrottleFilter(every: every.nanoseconds, keying: keying) }
}

/// ```
/// in:   1 2  3      4        5
/// out:  1 ├──period──3──period──5──period──┤      2 was not the latest, 4 neither
/// ```
struct ThrottleFilter: Filter {
  private struct Period: Sendable {
    /// In nanoseconds of `Moment.uptime`.
    var end: Int64
    var waiting: Waiting?
  }

  private struct Waiting: Sendable {
    var message: Run.Emitted
    /// Its number among all that had to wait.
    var arrival: Int
  }

  /// Nanoseconds.
  private let every: Int64
  private let key: FilterExpression?
  /// In the order of their ends, which is that of their starts; one that ends with nothing waiting is forgotten.
  private var periods: KeyedStates<Period>
  /// How many have a message waiting.
  private var waiting = 0
  private var arrivals = 0

  init(every: Int64, keying: StateKey) {
    self.every = every
    key = keying.key
    periods = KeyedStates(limit: keying.limit)
  }

  var evictions: Int { periods.evictions }

  /// Perhaps of a period with nothing waiting, which `tick` then forgets.
  var deadline: Int64? { waiting == 0 ? nil : periods.oldest.map { periods[$0].end } }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    let key = try key.key(of: &message, &run)
    tick(&run)
    if let slot = periods.slot(of: key) {
      hold(message, run.seq, in: slot)
      return false
    }
    let period = Period(end: run.moment.uptime + every)
    if let evicted = periods.insert(period, for: key).evicted?.waiting { emit([evicted], &run) }
    return true
  }

  private mutating func hold(_ message: Message, _ seq: Int64, in slot: Int) {
    arrivals += 1
    if periods[slot].waiting == nil {
      waiting += 1
      periods[slot].waiting = Waiting(message: Run.Emitted(message, seq: seq), arrival: arrivals)
    } else {
      periods[slot].waiting?.message.replace(by: message, seq: seq)
      periods[slot].waiting?.arrival = arrivals
    }
  }

  mutating func tick(_ run: inout Run) {
    let now = run.moment.uptime
    var due: [Waiting] = []
    while let slot = periods.oldest, periods[slot].end <= now {
      if let next = periods[slot].waiting.take() {
        due.append(next)
        periods[slot].end = now + every
        periods.touch(slot)
      } else {
        periods.remove(slot)
      }
    }
    emit(due, &run)
  }

  mutating func finish(_ run: inout Run) { emit(periods.removeAll().compactMap(\.waiting), &run) }

  /// In the order of arrival, whatever the order of the periods.
  private mutating func emit(_ due: [Waiting], _ run: inout Run) {
    waiting -= due.count
    for one in due.sorted(by: { $0.arrival < $1.arrival }) { run.emit(one.message) }
  }
}
