import Logging
import Routing

/// Runs the reloads that signals, commands and changed files ask for, one after the other, and tells of each once: in the
/// log, and to the service manager.
actor Reloader {
  /// Who asks.
  enum Cause: String, Sendable {
    case signal = "SIGHUP"
    case command = "sluice reload"
    case watch = "changed files"
  }

  private let reloading: any Reloading
  private let manager: ServiceManager
  private let watch: ConfigurationWatch
  private let threshold: LogThreshold
  private let logger: Logger
  /// The reload under way or last done.
  private var current: Task<ReloadOutcome, Never>?
  /// One that has not begun: all who ask meanwhile share it.
  private var waiting: Task<ReloadOutcome, Never>?

  init(
    _ reloading: any Reloading, manager: ServiceManager, watch: ConfigurationWatch, threshold: LogThreshold,
    logger: Logger
  ) {
    self.reloading = reloading
    self.manager = manager
    self.watch = watch
    self.threshold = threshold
    self.logger = logger
  }

  /// Reloads; what the files hold when this is called is what the outcome tells of, or something newer.
  func reload(_ cause: Cause) async -> ReloadOutcome {
    if let waiting { return await waiting.value }
    let reload = Task { [current] in
      _ = await current?.value
      return await self.run(cause)
    }
    waiting = reload
    return await reload.value
  }

  private func run(_ cause: Cause) async -> ReloadOutcome {
    current = waiting
    waiting = nil
    manager.reloading()
    let outcome = await reloading.reload()
    let settings = await reloading.settings()
    await watch.set(settings.watch)
    threshold.level = settings.log.level.level
    tell(outcome, cause)
    manager.ready(outcome.statusLine)
    return outcome
  }

  /// A line in the log for each of the outcome's.
  private func tell(_ outcome: ReloadOutcome, _ cause: Cause) {
    let begin = "reload by \(cause.rawValue)"
    switch outcome {
    case .refused:
      logger.error("\(begin) is refused; the configuration in force stays as it is")
      for line in outcome.text.split(separator: "\n") { logger.error("  \(line)") }
    case .unchanged:
      // Editors write files that are as before, and the watch sees it.
      logger.log(level: cause == .watch ? .debug : .info, "\(begin): \(outcome.text.dropLast())")
    case .committed:
      logger.info("\(begin):")
      for line in outcome.text.split(separator: "\n") { logger.info("  \(line)") }
    }
  }
}

extension ReloadOutcome {
  /// Its first line, for the service manager.
  fileprivate var statusLine: String {
    let first = text.split(separator: "\n").first.map(String.init) ?? ""
    return isRefused ? "Reload refused: \(first)" : first
  }
}
