import NIOCore
import Synchronization

/// The turns of an event loop in which its fan-outs pump: one for all of them, and between two the loop looks at its
/// sockets.
///
/// An event loop runs all tasks it has before it looks for readiness again. When pumping takes longer than the time between
/// two messages, the next wake is there already, and without a pause nobody would be accepted, answered or closed.
final class LoopTurns: Sendable {
  private let eventLoop: any EventLoop
  private let state = Mutex(State())

  private struct State {
    /// Whose fan-outs are to pump in the next turn.
    var woken: [FanOutHandle] = []
    /// A turn is under way, and looks at its end whether there is to be another.
    var isTurning = false
    /// When the last turn ended.
    var ended = NIODeadline.uptimeNanoseconds(0)
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
    let woken = state.withLock { state in
      state.isTurning = true
      defer { state.woken = [] }
      return state.woken
    }
    for handle in woken { handle.pumpNow() }
    let isWoken = state.withLock { state in
      state.isTurning = false
      state.ended = .now()
      return !state.woken.isEmpty
    }
    if isWoken { turnLater() }
  }
}
