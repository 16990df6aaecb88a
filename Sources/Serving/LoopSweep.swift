import NIOCore

/// One timer an event loop for all its subscribers: a second after a second each is asked what is due.
///
/// Owned by its event loop.
final class LoopSweep {
  private var members: [ObjectIdentifier: any SweptConnection] = [:]
  private let eventLoop: any EventLoop
  private var timer: Scheduled<Void>?

  static let interval = TimeAmount.seconds(1)

  init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  func add(_ member: any SweptConnection) {
    members[ObjectIdentifier(member)] = member
    if timer == nil { schedule() }
  }

  func remove(_ member: any SweptConnection) { members[ObjectIdentifier(member)] = nil }

  private func schedule() {
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    timer = eventLoop.scheduleTask(in: Self.interval) { bound.value.sweep() }
  }

  private func sweep() {
    timer = nil
    let now = NIODeadline.now()
    for member in Array(members.values) { member.sweep(at: now) }
    if !members.isEmpty { schedule() }
  }
}

/// A connection with something that falls due.
protocol SweptConnection: AnyObject {
  /// Called about once a second on the connection's event loop.
  func sweep(at now: NIODeadline)
}

/// The sweep of each event loop, made when its first connection asks for it.
final class LoopSweeps: Sendable {
  private let boxes: [ObjectIdentifier: NIOLoopBoundBox<LoopSweep?>]

  init(_ loops: any EventLoopGroup) {
    var boxes: [ObjectIdentifier: NIOLoopBoundBox<LoopSweep?>] = [:]
    for loop in loops.makeIterator() {
      boxes[ObjectIdentifier(loop)] = NIOLoopBoundBox.makeEmptyBox(valueType: LoopSweep.self, eventLoop: loop)
    }
    self.boxes = boxes
  }

  /// The sweep of `eventLoop`; call on it.
  func sweep(of eventLoop: any EventLoop) -> LoopSweep {
    guard let box = boxes[ObjectIdentifier(eventLoop)] else {
      preconditionFailure("a connection of another group's loop")
    }
    if let made = box.value { return made }
    let made = LoopSweep(eventLoop)
    box.value = made
    return made
  }
}
