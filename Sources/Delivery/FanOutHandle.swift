import NIOCore
import Synchronization

/// What other threads hold of a fan-out: they can wake it, and see how far it is.
final class FanOutHandle: Sendable {
  let eventLoop: any EventLoop
  /// The log position up to which the fan-out has pumped.
  let pumped = Atomic<UInt64>(0)
  /// Sources are to wait for a subscriber of this loop.
  let holdsSources = Atomic<Bool>(false)
  private let isWoken = Atomic<Bool>(false)
  private let bound: NIOLoopBoundBox<FanOut?>
  private let turns: LoopTurns

  /// Call on `eventLoop`.
  init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    bound = NIOLoopBoundBox(nil, eventLoop: eventLoop)
    turns = LoopTurns.of(eventLoop)
  }

  /// The fan-out itself, made when first asked for; on its event loop only.
  func fanOut(of group: Group) -> FanOut {
    if let made = bound.value { return made }
    let made = FanOut(group, on: eventLoop)
    bound.value = made
    pumped.store(made.cursor.position, ordering: .relaxed)
    return made
  }

  /// The one thread hop of the delivery path: at most one is under way.
  func wake() {
    guard !isWoken.exchange(true, ordering: .acquiringAndReleasing) else { return }
    turns.wake(self)
  }

  /// Pumps; on the event loop only.
  func pumpNow() {
    isWoken.store(false, ordering: .releasing)
    guard let fanOut = bound.value else { return }
    fanOut.pump()
    pumped.store(fanOut.cursor.position, ordering: .relaxed)
  }

  /// Runs on the event loop, later.
  func run(_ body: @escaping @Sendable (FanOut) -> Void) {
    eventLoop.execute {
      if let fanOut = self.bound.value { body(fanOut) }
    }
  }

  /// Lets the fan-out go; on the event loop only.
  func retire() {
    holdsSources.store(false, ordering: .relaxed)
    bound.value?.retire()
    bound.value = nil
  }
}
