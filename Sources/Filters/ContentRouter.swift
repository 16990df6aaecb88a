import ConfigText
import Delivery
import DequeModule
import Logging
import NIOCore
import Streams
import Synchronization

/// Sends each message to the group that it names itself: `into: "stocks.{.symbol}"`.
///
/// It holds the groups it has fed, so that they keep their history, up to a limit; the one that has got nothing for longest
/// is let go first, and stays only if somebody else uses it.
package final class ContentRouter: Sink {
  package let demand = DemandGauge()
  private let template: TextTemplate
  private let pool: GroupPool
  private let troubles: FilterTroubles
  private let state = Mutex(State())

  private struct State {
    var groups = KeyedGroups()
    /// Those that the last batch went to.
    var touched: [Group] = []
    var isClosed = false
  }

  /// The most groups it holds.
  package static let limit = 10_000
  /// The longest name of a group, in bytes of UTF-8.
  package static let longestName = 512

  /// `name`: what the log calls its owner.
  package init(name: String, _ template: TextTemplate, pool: GroupPool, timers: any EventLoop, logger: Logger) {
    self.template = template
    self.pool = pool
    troubles = FilterTroubles(name: name, logger: logger, timers: timers)
  }

  package func publish(_ batch: Batch, first: Offset?) {
    let fed = split(batch).map { (group(named: $0.key), $0.part) }
    state.withLock { $0.touched = fed.map(\.0) }
    for (group, part) in fed { group.publish(part) }
    // A batch that was under way when it was closed goes where it belongs all the same.
    if state.withLock({ $0.isClosed }) { close() }
  }

  /// The messages for each group, in order.
  private func split(_ batch: Batch) -> [(key: String, part: Batch)] {
    var parts = BatchParts<String>()
    var failures = FailureLedger()
    batch.forEachMessage { index, text, message in
      do throws(FilterFailure) {
        parts.add(index, of: batch, text, to: try name(of: &message))
      } catch {
        failures.add(error, filter: 0, key: "into")
      }
    }
    if !failures.isEmpty { troubles.tell(failures) }
    return parts.all
  }

  private func name(of message: inout Message) throws(FilterFailure) -> String {
    var name: [UInt8] = []
    try template.append(message: &message, to: &name)
    guard !name.isEmpty, name.count <= Self.longestName else {
      throw FilterFailure("no name of a group", detail: "\(name.count) bytes")
    }
    return String(decoding: name, as: UTF8.self)
  }

  private func group(named name: String) -> Group {
    if let known = state.withLock({ $0.groups.use(name) }) { return known }
    let group = pool.acquire(name)
    let (isHeldTwice, left) = state.withLock { state in
      (state.groups.use(name) != nil, state.groups.add(group, limit: Self.limit))
    }
    if isHeldTwice { pool.release(name) }
    for name in left { pool.release(name) }
    return group
  }

  /// Lets all groups go that it holds.
  package func close() {
    let held = state.withLock { state in
      defer { state = State(isClosed: true) }
      return state.groups.all
    }
    for group in held { pool.release(group.name) }
  }

  package func announce(_ health: Health) {
    for group in state.withLock({ $0.groups.all }) { group.announce(health) }
  }

  package func mustWait(limit: Int) -> Bool {
    state.withLock { $0.touched }.contains { $0.mustWait(limit: limit) }
  }
}

/// Groups by name, and in which order they were last used.
private struct KeyedGroups {
  private var entries: [String: (group: Group, use: Int)] = [:]
  /// Names with the number of a use of them; only the newest use of each name counts.
  private var order: Deque<(name: String, use: Int)> = []
  private var uses = 0

  var all: [Group] { entries.values.map(\.group) }

  mutating func use(_ name: String) -> Group? {
    guard let group = entries[name]?.group else { return nil }
    note(name, group)
    return group
  }

  /// Adds a group; returns the names of those that had to go.
  mutating func add(_ group: Group, limit: Int) -> [String] {
    note(group.name, group)
    var left: [String] = []
    while entries.count > limit, let oldest = order.popFirst() {
      guard entries[oldest.name]?.use == oldest.use else { continue }
      entries[oldest.name] = nil
      left.append(oldest.name)
    }
    return left
  }

  private mutating func note(_ name: String, _ group: Group) {
    uses += 1
    entries[name] = (group, uses)
    order.append((name, uses))
    guard order.count > 2 * entries.count + 64 else { return }
    order.removeAll { entries[$0.name]?.use != $0.use }
  }
}
