import Delivery
import Descriptors
import Logging
import NIOCore
import Processes
import Streams
import Synchronization

/// A source that runs: one task supervises it, and starts it again when it fails.
///
/// ```
///   start ──▶ [predecessor stops] ──▶ [wait for demand] ──▶ run ──ended for good──▶ stopped
///                    ▲               │ SourceFailure: wait (Backoff), run again
///                    └── linger ─────┘
/// ```
package final class RunningSource: Sendable {
  package let name: String
  package let spec: SourceSpec
  package let outlet: Outlet

  private let context: SourceContext
  private let demand = Demand()
  private let task = Mutex<Task<Void, Never>?>(nil)
  /// What it is going to have, until its first run has it.
  private let holdings = Mutex<[Holding]>([])
  /// Ends the run that is under way, for the reason it is given.
  private let failing = Mutex<AsyncStream<String>.Continuation?>(nil)

  /// A source that does nothing before `start`.
  package init(name: String, spec: SourceSpec, context: SourceContext) {
    self.name = name
    self.spec = spec
    self.context = context
    outlet = Outlet(source: name, logger: context.logger)
  }

  /// How it does.
  package var state: Health.State { outlet.health.state }

  /// Looks whether it can run, and makes sure of all that it needs. Disturbs nothing that runs; may wait for the
  /// resolution of a name.
  ///
  /// - Returns: the sockets and pipes that it needs, for `start`; to let them go gives them up.
  /// - Throws: `SourceFailure` when it cannot run.
  package func prepare() throws(SourceFailure) -> [Holding] {
    try spec.kind.checkSystem()
    var holdings: [Holding] = []
    do throws(OpenFailure) {
      for claim in spec.kind.claims { holdings.append(try context.pool.hold(claim)) }
    } catch {
      throw SourceFailure(error)
    }
    return holdings
  }

  /// Starts to feed these sinks; call once. Returns at once.
  ///
  /// - Parameters:
  ///   - predecessor: what is stopped first, when this takes its place.
  ///   - holding: what `prepare` has returned.
  package func start(sinks: [any Sink], after predecessor: RunningSource? = nil, holding: [Holding] = []) {
    setSinks(sinks)
    for held in holding { held.keep() }
    holdings.withLock { $0 = holding }
    // A task of its own, so that the predecessor is not kept any longer than it takes to stop.
    let before = predecessor.map { predecessor in Task { await predecessor.stop() } }
    let supervision = Task {
      await before?.value
      await self.supervise()
    }
    task.withLock { task in
      precondition(task == nil, "a source is started once")
      task = supervision
    }
  }

  /// Feeds these sinks from now on; the source itself goes on undisturbed.
  package func setSinks(_ sinks: [any Sink]) {
    outlet.setSinks(sinks)
    if spec.settings.onDemand != nil { demand.watch(sinks) }
  }

  /// Treats the source as failed: the run ends, and starts anew with backoff.
  package func fail(_ reason: String) { failing.withLock { $0 }?.yield(reason) }

  /// Stops it for good; when this returns its processes have ended and its sockets are closed.
  ///
  /// It takes no longer than `ChildProcess.grace` and a little.
  package func stop() async {
    let supervision = task.withLock { $0 }
    supervision?.cancel()
    await supervision?.value
    demand.watch([])
    outlet.report(.stopped, "stopped")
  }
}

// MARK: - Supervision

extension RunningSource {
  private func supervise() async {
    defer { letGo() }
    do {
      try Task.checkCancellation()
      if let onDemand = spec.settings.onDemand {
        try await runOnDemand(onDemand)
      } else {
        try await runAgainAndAgain()
      }
    } catch {
      // Cancelled: `stop` tells.
    }
  }

  /// Runs while somebody subscribes, until the source has ended for good.
  private func runOnDemand(_ onDemand: OnDemand) async throws {
    while true {
      outlet.report(.stopped, "waits for a subscriber", level: .debug)
      if !demand.isWanted { letGo() }
      try await demand.untilWanted()
      let hasEnded = try await withThrowingTaskGroup(of: Bool.self) { tasks in
        tasks.addTask {
          try await self.runAgainAndAgain()
          return true
        }
        tasks.addTask {
          try await self.demand.untilUnwanted(for: onDemand.linger)
          return false
        }
        defer { tasks.cancelAll() }
        return try await tasks.next() ?? true
      }
      if hasEnded { return }
    }
  }

  /// What was held for it is held no more, unless a run of it does so.
  private func letGo() {
    let gone = holdings.withLock { holdings in
      defer { holdings = [] }
      return holdings
    }
    _ = gone
  }

  /// Runs with backoff between failures, until the source has ended for good.
  private func runAgainAndAgain() async throws {
    var backoff = Backoff()
    outlet.report(.starting, "is being started", level: .debug)
    while true {
      let started = ContinuousClock.now
      let reason: String
      do {
        let ending = try await runOnce()
        return outlet.report(.stopped, ending)
      } catch let failure as SourceFailure {
        reason = failure.reason
      } catch {
        // What a library throws while it is being stopped is not a failure of the source.
        try Task.checkCancellation()
        reason = "\(error)"
      }
      try Task.checkCancellation()
      outlet.countFailure()
      let wait = backoff.next(after: .now - started)
      outlet.report(.starting, "\(reason); starting it again in \(wait.milliseconds)ms")
      try await Task.sleep(for: wait)
    }
  }

  /// Runs once, tells when nothing has come for `stale_after`, and fails when it is told to.
  private func runOnce() async throws -> String {
    let (failures, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingOldest(1))
    failing.withLock { $0 = continuation }
    defer { letGo() }
    return try await withThrowingTaskGroup(of: String?.self) { tasks in
      tasks.addTask {
        try await self.spec.kind.run(into: self.outlet, settings: self.spec.settings, context: self.context)
      }
      tasks.addTask {
        for await reason in failures { throw SourceFailure(reason) }
        return nil
      }
      if let limit = spec.settings.staleAfter {
        tasks.addTask {
          try await self.watchForSilence(limit)
          return nil
        }
      }
      defer { tasks.cancelAll() }
      while let ending = try await tasks.next() {
        if let ending { return ending }
      }
      return ""
    }
  }

  private func watchForSilence(_ limit: Duration) async throws {
    let allowed = TimeAmount(limit)
    let began = NIODeadline.now()
    while true {
      let silent = NIODeadline.now() - max(outlet.lastPublished, began)
      guard silent >= allowed else {
        try await Task.sleep(for: .nanoseconds((allowed - silent).nanoseconds))
        continue
      }
      outlet.reportStalled("nothing has come for \(limit.configText)")
      try await Task.sleep(for: limit)
    }
  }
}

extension Duration {
  /// Whole milliseconds, for messages.
  var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
