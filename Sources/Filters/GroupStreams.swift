import Delivery
import Logging
import NIOCore
import Streams
import Synchronization

/// The streams of a route that filters named groups, whose names a request decides: for each group that somebody reads,
/// its derived streams.
package final class GroupStreams: Sendable {
  private let settings: DerivedStreams.Settings
  private let pool: GroupPool
  private let groupSettings: @Sendable (String) -> GroupPool.Settings
  private let timers: any EventLoopGroup
  private let logger: Logger
  private let makeGroup: @Sendable (String, StreamLog) -> Group
  private let state = Mutex<[String: Entry]>([:])

  private struct Entry {
    let streams: DerivedStreams
    let base: Group
    let tap: Tap
    /// Subscribers, whatever stream they read.
    var uses = 1
  }

  /// - Parameters:
  ///   - groupSettings: what a named group is made with.
  ///   - makeGroup: makes the group of a stream, by its name and log.
  package init(
    _ settings: DerivedStreams.Settings, pool: GroupPool,
    groupSettings: @escaping @Sendable (String) -> GroupPool.Settings, timers: any EventLoopGroup, logger: Logger,
    makeGroup: @escaping @Sendable (String, StreamLog) -> Group
  ) {
    self.settings = settings
    self.pool = pool
    self.groupSettings = groupSettings
    self.timers = timers
    self.logger = logger
    self.makeGroup = makeGroup
  }

  /// The stream of a request on a named group, used once more.
  package func acquire(_ name: String, _ parameters: FilterParameters) throws(DerivedStreams.LimitReached) -> Group {
    let streams = use(name) ?? insert(name)
    do throws(DerivedStreams.LimitReached) {
      return try streams.acquire(parameters)
    } catch {
      state.withLock { $0[name]?.uses -= 1 }
      letGo(name)
      throw error
    }
  }

  package func release(_ name: String, _ parameters: FilterParameters) {
    let streams = state.withLock { state in
      state[name]?.uses -= 1
      return state[name]?.streams
    }
    streams?.release(parameters)
  }

  private func use(_ name: String) -> DerivedStreams? {
    state.withLock { state in
      state[name]?.uses += 1
      return state[name]?.streams
    }
  }

  private func insert(_ name: String) -> DerivedStreams {
    let base = pool.acquire(name, groupSettings(name))
    let streams = DerivedStreams(
      settings, of: base, timers: timers, logger: logger, makeGroup: makeGroup,
      onEmpty: { [weak self] in self?.letGo(name) })
    let tap = base.forward(to: streams)
    let known = state.withLock { state -> DerivedStreams? in
      if state[name] != nil {
        state[name]?.uses += 1
        return state[name]?.streams
      }
      state[name] = Entry(streams: streams, base: base, tap: tap)
      return nil
    }
    guard let known else { return streams }
    base.stopForwarding(tap)
    pool.release(name)
    return known
  }

  /// Lets a named group go when nobody reads it any more, and no stream of it lingers.
  private func letGo(_ name: String) {
    let entry = state.withLock { state -> Entry? in
      guard let entry = state[name], entry.uses == 0, entry.streams.count == 0 else { return nil }
      state[name] = nil
      return entry
    }
    guard let entry else { return }
    entry.base.stopForwarding(entry.tap)
    pool.release(name)
  }
}
