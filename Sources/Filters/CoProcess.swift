import DequeModule
import Logging
import NIOCore
import Processes
import Streams
import Synchronization

/// A process that answers messages, line by line; it is started again when it ends.
///
/// ```
/// give ─▶ waiting ─▶ [written to its input] ─▶ asked ─▶ [a line of its output] ─▶ host.post
///              └─ stays while it is started again     └─ fails with the process
/// ```
/// The process ends with the last who holds this.
final class CoProcess: Sendable {
  /// What may wait for a process that runs, in bytes: 16 MiB.
  static let mostWaitingBytes = 16 << 20

  let spec: ExecSpec
  private let core: Core
  private let task = Mutex<Task<Void, Never>?>(nil)

  init(_ spec: ExecSpec) {
    self.spec = spec
    core = Core(spec)
  }

  deinit { task.withLock { $0?.cancel() } }

  var pending: Int { core.state.withLock { $0.pending } }
  var mustWait: Bool { pending > spec.pending / 2 }
  var isOver: Bool { core.state.withLock { $0.isOver } }

  /// Starts it, if it has not been; answers go to this host.
  func start(_ host: FilterHost, _ identity: ObjectIdentifier) {
    core.state.withLock { state in
      state.host = host
      state.identity = identity
    }
    task.withLock { [core] task in
      guard task == nil else { return }
      task = Task {
        await core.supervise(on: host.eventLoop)
        core.state.withLock { $0.isOver = true }
      }
    }
  }

  func give(_ line: [UInt8], _ label: Label, seq: Int64) throws(FilterFailure) {
    let failure = core.state.withLock { state -> FilterFailure? in
      guard state.host != nil, !state.isClosing else { return FilterFailure("the co-process does not run") }
      guard state.hasRoom(for: line.count, within: spec.pending) else {
        return FilterFailure("the co-process is too far behind")
      }
      state.waiting.append(Core.Item(line: line, label: label, seq: seq))
      state.waitingBytes += line.count
      state.wake?.yield()
      return nil
    }
    if let failure { throw failure }
  }

  /// No message will come: it answers what it has, and ends.
  func finish() {
    core.state.withLock { state in
      state.isClosing = true
      state.wake?.yield()
    }
  }
}

extension CoProcess {
  /// What the process's task shares with those who give messages.
  final class Core: Sendable {
    struct Item {
      var line: [UInt8]
      var label: Label
      /// The message's number.
      var seq: Int64
    }

    /// A message that was written and is not answered.
    struct Asked {
      var label: Label
      var seq: Int64
      var deadline: NIODeadline
    }

    struct State {
      var waiting: Deque<Item> = []
      /// Of their lines.
      var waitingBytes = 0
      var asked: Deque<Asked> = []
      var host: FilterHost?
      var identity: ObjectIdentifier?
      var isClosing = false
      /// It has ended for good.
      var isOver = false
      /// The process runs, and nothing speaks against it.
      var isUp = false
      /// Wakes the task that writes.
      var wake: AsyncStream<Void>.Continuation?
      var hasToldExtra = false

      var pending: Int { waiting.count + asked.count }

      /// Sources wait for a process that runs, so that only what is under way already may be beyond the limit.
      func hasRoom(for bytes: Int, within limit: Int) -> Bool {
        pending < limit || isUp && waitingBytes + bytes <= CoProcess.mostWaitingBytes
      }
    }

    let spec: ExecSpec
    let state = Mutex(State())

    init(_ spec: ExecSpec) { self.spec = spec }
  }
}

extension CoProcess.Core {
  /// The lines to write next, now asked; nil: no more will come. Empty: none at the moment.
  func linesToWrite() -> [UInt8]? {
    state.withLock { state in
      guard state.isUp else { return [] }
      guard !state.waiting.isEmpty else { return state.isClosing ? nil : [] }
      let deadline = NIODeadline.now() + TimeAmount(spec.deadline)
      var out: [UInt8] = []
      while out.count < 64 << 10, let item = state.waiting.popFirst() {
        state.waitingBytes -= item.line.count
        out.append(contentsOf: item.line)
        out.append(UInt8(ascii: "\n"))
        if spec.answers == .one { state.asked.append(Asked(label: item.label, seq: item.seq, deadline: deadline)) }
      }
      return out
    }
  }

  /// Lines of its output, in order.
  func answered(_ lines: [[UInt8]]) {
    var batch = Batch()
    var numbers: [Int64] = []
    let (host, identity, isExtra) = state.withLock { state in
      var extra = false
      for line in lines {
        var label = Label()
        if spec.answers == .one {
          guard let asked = state.asked.popFirst() else {
            extra = true
            continue
          }
          label = asked.label
          numbers.append(asked.seq)
        }
        line.withUnsafeBytes { batch.append($0, isText: UTF8Text.isValid($0), label: label) }
      }
      // The time of the next message begins when the one before it is answered.
      if !state.asked.isEmpty { state.asked[0].deadline = .now() + TimeAmount(spec.deadline) }
      defer { state.hasToldExtra = state.hasToldExtra || extra }
      return (state.host, state.identity, extra && !state.hasToldExtra)
    }
    guard let host, let identity else { return }
    if isExtra { host.logger.warning("\(host.name): exec: it answers more lines than it was given; they are dropped") }
    if !batch.isEmpty { host.post(FilterAnswer(from: identity, batch: batch, numbers: numbers)) }
  }

  /// What it has not answered it will not.
  /// When no message will come there is no other process to give the rest to.
  func fail(_ reason: String) {
    let (host, identity, count) = state.withLock { state in
      state.isUp = false
      let count = state.asked.count + (state.isClosing ? state.waiting.count : 0)
      state.asked.removeAll()
      if state.isClosing { state.waiting.removeAll() }
      return (state.host, state.identity, count)
    }
    guard let host, let identity, count > 0 else { return }
    host.post(FilterAnswer(from: identity, failure: FilterFailure(reason), failed: count))
  }

  /// When the first message that is asked must be answered.
  var nextDeadline: NIODeadline? { state.withLock { $0.asked.first?.deadline } }
}
