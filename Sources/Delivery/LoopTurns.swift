import NIOCore
import NIOPosix
import Synchronization

/// The turns of an event loop in which its fan-outs pump: one for all of them, and between two the loop looks at its
/// sockets.
///
/// An event loop runs all tasks it has before it looks for readiness again. When pumping takes longer than the time between
/// two messages, the next wake is there already, and without a pause nobody would be accepted, answered or closed. The
/// pause alone is not enough, since other tasks may fill it: a loop that tells its ticks has no two turns in one of them.
package final class LoopTurns: Sendable {
  private let eventLoop: any EventLoop
  private let state = Mutex(State())

  private struct State {
    /// Whose fan-outs are to pump in the next turn.
    var woken: [FanOutHandle] = []
    /// A turn is under way, and looks at its end whether there is to be another.
    var isTurning = false
    /// When the last turn ended.
    var ended = NIODeadline.uptimeNanoseconds(0)
    /// How often the loop has run all tasks it had; 0 when nobody tells.
    var ticks = 0
    /// The tick of the last turn.
    var turned = -1
  }

  /// A turn that follows so soon after another waits for `pause`, and the loop looks at its sockets meanwhile.
  private static let rest = TimeAmount.milliseconds(1)
  private static let pause = TimeAmount.microseconds(50)

  private static let all = Mutex<[ObjectIdentifier: LoopTurns]>([:])

  /// The turns of an event loop, for as long as somebody holds them.
  static func of(_ eventLoop: any EventLoop) -> LoopTurns {
    all.withLock { all in
      let id = ObjectIdentifier(eventLoop)
      if let known = all[id], known.eventLoop === eventLoop { return known }
      let made = LoopTurns(eventLoop)
      all[id] = made
      return made
    }
  }

  /// Tells the turns of a group's event loops when they look at their sockets.
  private struct Ticks: NIOEventLoopMetricsDelegate {
    func processedTick(info: NIOEventLoopTickInfo) {
      let turns = LoopTurns.all.withLock { $0[info.eventLoopID] }
      turns?.state.withLock { $0.ticks += 1 }
    }
  }

  /// Event loops that look at their sockets between two turns, whatever else they have to do.
  package static func makeLoops(_ count: Int) -> MultiThreadedEventLoopGroup {
    MultiThreadedEventLoopGroup(numberOfThreads: count, metricsDelegate: Ticks())
  }

  private init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// The handle's fan-out pumps in the next turn. From any thread.
  func wake(_ handle: FanOutHandle) {
    let (isFirst, ended) = state.withLock { state in
      state.woken.append(handle)
      return (state.woken.count == 1 && !state.isTurning, state.ended)
    }
    guard isFirst else { return }
    if NIODeadline.now() - ended < Self.rest { turnLater() } else { eventLoop.execute { self.turn() } }
  }

  private func turnLater() { eventLoop.scheduleTask(in: Self.pause) { self.turn() } }

  private func turn() {
    let woken: [FanOutHandle]? = state.withLock { state in
      if state.ticks > 0, state.turned == state.ticks { return nil }
      state.turned = state.ticks
      state.isTurning = true
      defer { state.woken = [] }
      return state.woken
    }
    guard let woken else { return turnLater() }
    for handle in woken { handle.pumpNow() }
    let isWoken = state.withLock { state in
      state.isTurning = false
      state.ended = .now()
      return !state.woken.isEmpty
    }
    if isWoken { turnLater() }
  }
}
