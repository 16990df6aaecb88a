import Delivery
import Logging
import NIOCore
import Streams
import Synchronization

/// The streams of a route that filters named groups, whose names a request decides: for each group that somebody reads,
/// its derived streams.
package final class GroupStreams: Sendable {
  private let pool: GroupPool
  private let timers: any EventLoopGroup
  private let logger: Logger
  private let state: Mutex<State>

  private struct State {
    var settings: DerivedStreams.Settings
    var entries: [String: Entry] = [:]
  }

  private struct Entry {
    let streams: DerivedStreams
    let base: Group
    let tap: Tap
    /// Subscribers, whatever stream they read.
    var uses = 1
  }

  package init(
    _ settings: DerivedStreams.Settings, pool: GroupPool, timers: any EventLoopGroup, logger: Logger
  ) {
    state = Mutex(State(settings: settings))
    self.pool = pool
    self.timers = timers
    self.logger = logger
  }

  /// The stream of a request on a named group, used once more.
  package func acquire(_ name: String, _ parameters: FilterParameters) throws(DerivedStreams.LimitReached) -> Group {
    let streams = use(name) ?? insert(name)
    do throws(DerivedStreams.LimitReached) {
      return try streams.acquire(parameters)
    } catch {
      state.withLock { $0.entries[name]?.uses -= 1 }
      letGo(name)
      throw error
    }
  }

  package func release(_ name: String, _ parameters: FilterParameters) {
    let streams = state.withLock { state in
      state.entries[name]?.uses -= 1
      return state.entries[name]?.streams
    }
    streams?.release(parameters)
  }

  /// Goes on with other settings, whose filters use the same of a request.
  package func apply(_ settings: DerivedStreams.Settings) {
    let all = state.withLock { state in
      state.settings = settings
      return state.entries.values.map(\.streams)
    }
    for streams in all { streams.apply(settings) }
  }

  private func use(_ name: String) -> DerivedStreams? {
    state.withLock { state in
      state.entries[name]?.uses += 1
      return state.entries[name]?.streams
    }
  }

  private func insert(_ name: String) -> DerivedStreams {
    let base = pool.acquire(name)
    let settings = state.withLock { $0.settings }
    // Held for as long as there are streams, also when the route has gone before the last of them.
    let streams = DerivedStreams(settings, of: base, timers: timers, logger: logger) { self.letGo(name) }
    let tap = base.forward(to: streams)
    let known = state.withLock { state -> DerivedStreams? in
      if state.entries[name] != nil {
        state.entries[name]?.uses += 1
        return state.entries[name]?.streams
      }
      state.entries[name] = Entry(streams: streams, base: base, tap: tap)
      return nil
    }
    guard let known else {
      // A reload may have come meanwhile.
      streams.apply(state.withLock { $0.settings })
      return streams
    }
    base.stopForwarding(tap)
    pool.release(name)
    return known
  }

  /// Lets a named group go when nobody reads it any more, and no stream of it lingers.
  private func letGo(_ name: String) {
    let entry = state.withLock { state -> Entry? in
      guard let entry = state.entries[name], entry.uses == 0, entry.streams.count == 0 else { return nil }
      state.entries[name] = nil
      return entry
    }
    guard let entry else { return }
    entry.base.stopForwarding(entry.tap)
    pool.release(name)
  }
}
