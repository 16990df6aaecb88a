import Logging
import NIOCore
import Synchronization

/// Tells the log what filters say, and of messages that they could not deal with: the first of each kind at once, later
/// ones summed up once a minute.
package final class FilterTroubles: Sendable {
  private let name: String
  private let logger: Logger
  private let timers: any EventLoop
  private let state = Mutex(State())

  private struct State {
    var all = FailureLedger()
    /// Since the last summary.
    var untold = FailureLedger()
    var isSummaryDue = false
    var hasToldEvictions = false
  }

  private let interval: TimeAmount

  /// - Parameters:
  ///   - name: what the log calls the pipeline's owner.
  ///   - interval: how often the log gets a summary.
  package init(name: String, logger: Logger, timers: any EventLoop, interval: TimeAmount = .minutes(1)) {
    self.name = name
    self.interval = interval
    self.logger = logger
    self.timers = timers
  }

  /// Everything since the start.
  package var ledger: FailureLedger { state.withLock { $0.all } }

  package func say(_ lines: [PipelineLogLine]) {
    for line in lines { logger.log(level: line.level, "\(name): \(line.text)") }
  }

  package func tell(_ failures: FailureLedger) {
    let (new, isFirst) = state.withLock { state in
      let new = state.all.merge(failures)
      var rest = failures
      rest.forget(new)
      _ = state.untold.merge(rest)
      defer { if !state.untold.isEmpty { state.isSummaryDue = true } }
      return (new, !state.isSummaryDue && !state.untold.isEmpty)
    }
    for kind in new {
      guard let count = failures.counts[kind] else { continue }
      logger.warning("\(name): filter \(kind.filter + 1) '\(kind.key)': \(count.first.description)\(more(count))")
    }
    if isFirst { timers.scheduleTask(in: interval) { [weak self] in self?.sumUp() } }
  }

  /// Keys that filters had to forget, as there were too many: told once.
  func noteEvictions(_ count: Int) {
    guard count > 0 else { return }
    let isFirst = state.withLock { state in
      defer { state.hasToldEvictions = true }
      return !state.hasToldEvictions
    }
    if isFirst { logger.warning("\(name): a filter forgets keys, as there are more than its 'keys'") }
  }

  private func more(_ count: FailureLedger.Count) -> String {
    count.messages > 1 ? "; \(count.messages) messages" : ""
  }

  private func sumUp() {
    let untold = state.withLock { state in
      state.isSummaryDue = false
      defer { state.untold = FailureLedger() }
      return state.untold
    }
    for (kind, count) in untold.counts.sorted(by: { ($0.key.filter, $0.key.reason) < ($1.key.filter, $1.key.reason) }) {
      let what = count.messages == 1 ? "1 more message" : "\(count.messages) more messages"
      logger.warning("\(name): filter \(kind.filter + 1) '\(kind.key)': \(what) in the last minute: \(kind.reason)")
    }
  }
}
