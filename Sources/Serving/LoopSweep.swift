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

  /// Brings every connection to the endpoints that are in force; returns what became of those whose own had changed.
  func follow() -> [ConnectionFate: Int] {
    var fates: [ConnectionFate: Int] = [:]
    for member in Array(members.values) {
      let fate = member.follow()
      if fate != .kept { fates[fate, default: 0] += 1 }
    }
    return fates
  }

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

  /// A reload has taken effect.
  func follow() -> ConnectionFate
}

extension SweptConnection {
  func sweep(at now: NIODeadline) {}
  /// One that has no route yet has nothing to follow.
  func follow() -> ConnectionFate { .kept }
}

/// What a reload has made of a connection.
package enum ConnectionFate: Hashable, Sendable {
  case kept
  /// It goes on with another stream.
  case moved
  /// It is closed, at once or before long.
  case closed
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

  /// The same for all event loops; returns when all connections have gone over, or begun to.
  func follow() async -> [ConnectionFate: Int] {
    await withTaskGroup(of: [ConnectionFate: Int].self) { tasks in
      for box in boxes.values {
        tasks.addTask { (try? await box.eventLoop.submit { box.value?.follow() ?? [:] }.get()) ?? [:] }
      }
      return await tasks.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }
  }
}
