import Foundation
import Synchronization

/// Thousands of subscribers of a numbered feed, on one thread: each checks that number follows number, and that each has
/// one mark.
package final class Crowd: Sendable {
  /// A stream that members can read.
  package struct Stream: Sendable {
    fileprivate let index: Int
  }

  private let state = Mutex(CrowdState())
  /// How many wait for the state: the thread gives way to them.
  private let visitors = Atomic(0)

  package init() {
    Sockets.raiseLimit()
    Thread.detachNewThread { [self] in run() }
  }

  /// Microseconds between two looks: to look at thousands of sockets for a few that are ready would take the processor
  /// from the server.
  private static let pause: UInt32 = 4000

  private func run() {
    var isEnded = false
    while !isEnded {
      var watched = state.withLock { $0.watched }
      let count = poll(&watched, nfds_t(watched.count), 5)
      isEnded = state.withLock { state in
        if count > 0 { for (place, event) in watched.enumerated() { state.handle(event, at: place) } }
        state.tick()
        return state.isEnded
      }
      while visitors.load(ordering: .relaxed) > 0 { sched_yield() }
      if Int(count) < watched.count / 2 { usleep(Self.pause) }
    }
  }

  private func visit<Result: Sendable>(_ body: (inout CrowdState) -> sending Result) -> Result {
    visitors.add(1, ordering: .relaxed)
    defer { visitors.subtract(1, ordering: .relaxed) }
    return state.withLock { body(&$0) }
  }

  /// What is at a path of a server.
  package func stream(_ path: String, port: Int, _ rules: StreamRules = StreamRules()) -> Stream {
    visit { state in
      state.streams.append(CrowdState.Stream(path: path, port: UInt16(port), rules: rules))
      return Stream(index: state.streams.count - 1)
    }
  }

  /// Lets members join, a hundred at a time, and returns when all of them are answered.
  package func join(_ stream: Stream, webSockets: Int, events: Int) async throws {
    var left = (webSockets: webSockets, events: events)
    while left.webSockets + left.events > 0 {
      let step = (webSockets: min(left.webSockets, 80), events: min(left.events, 20))
      visit { state in
        for index in 0..<(step.webSockets + step.events) {
          state.join(stream.index, isWebSocket: index < step.webSockets)
        }
      }
      left = (left.webSockets - step.webSockets, left.events - step.events)
      try await eventually("the crowd to be answered", within: .seconds(60)) { progress(stream).asking == 0 }
    }
  }

  /// Others come and go from now on: so many in a second, so many at a time.
  package func beginPassage(_ stream: Stream, perSecond: Int, atOnce: Int) {
    visit {
      $0.passage = CrowdState.Passage(
        stream: stream.index, perSecond: perSecond, atOnce: atOnce, began: Monotonic.microseconds)
    }
  }

  package func endPassage() { visit { $0.endPassage() } }

  /// From now on the server may close connections.
  package func allowClosing(_ isAllowed: Bool = true) { visit { $0.mayClose = isAllowed } }

  /// How the members of a stream do, or all; faults, bytes and the like are those of all.
  package func progress(_ stream: Stream? = nil) -> CrowdProgress { visit { $0.progress(stream?.index) } }

  /// The longest lag since this was last called, in microseconds.
  package func takeLongestLag() -> Int {
    visit { state in
      defer { state.counts.longestLag = 0 }
      return state.counts.longestLag
    }
  }

  /// How many numbers of a stream have each mark.
  package func marks(_ stream: Stream) -> [UInt8: Int] { visit { $0.streams[stream.index].marks.counts } }

  /// The mark of the newest number of a stream.
  package func newestMark(_ stream: Stream) -> UInt8? { visit { $0.streams[stream.index].marks.newest } }

  /// All members of a stream leave.
  package func leave(_ stream: Stream) {
    visit { state in
      for place in state.members.indices where state.members[place].stream == stream.index { state.leave(place) }
    }
  }

  /// Returns when each member of a stream has what the first of them has now, and something after it.
  package func catchUp(_ stream: Stream, within limit: Duration = .seconds(60)) async throws {
    let aim = progress(stream).fastest + 1
    try await eventually("all subscribers to have number \(aim)", within: limit) { progress(stream).slowest >= aim }
  }

  /// Closes all connections; the crowd is of no use after that.
  package func end() {
    visit { state in
      for place in state.members.indices { state.leave(place) }
      state.isEnded = true
    }
  }
}
