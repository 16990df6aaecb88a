import ArgumentParser
import Logging
import NIOCore
import NIOPosix
import Routing
import Serving
import UnixSignals

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Runs a configuration until a signal ends it: what `serve` and `pipe` share.
struct Server {
  let routeSet: RouteSet

  /// Threads that read files, which never say "not yet".
  private static let fileThreads = 4
  /// The most URLs in a listener's line.
  private static let shownPaths = 6

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let logger = Logger(label: "sluice") { [level = routeSet.server.log.level] _ in LineLog(level: level.level) }
    DescriptorLimit.raise(logger)
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: routeSet.server.loops ?? System.coreCount)
    let threads = NIOThreadPool(numberOfThreads: Self.fileThreads)
    threads.start()
    let topology = Topology(loops: loops, threads: threads, logger: logger)
    do throws(BindFailure) {
      for listener in try await topology.start(routeSet) { announce(listener, logger) }
    } catch {
      logger.error("\(error.message)")
      throw error.isPermission ? ExitStatus.noPermission : ExitStatus.unavailable
    }
    await waitForEnd(signals, logger)
    await topology.stop()
  }

  /// The first signal ends the server in good order, a second one at once.
  private func waitForEnd(_ signals: UnixSignalsSequence, _ logger: Logger) async {
    var iterator = signals.makeAsyncIterator()
    guard let first = await nextEnd(&iterator, logger) else { return }
    logger.info("\(first): ending")
    Task {
      _ = await nextEnd(&iterator, logger)
      _exit(128 + (first == .sigint ? SIGINT : SIGTERM))
    }
  }

  /// The next signal that ends the server.
  private func nextEnd(
    _ iterator: inout UnixSignalsSequence.AsyncIterator, _ logger: Logger
  ) async -> UnixSignal? {
    while let signal = await iterator.next() {
      if signal != .sighup { return signal }
      logger.warning("SIGHUP is ignored: a changed configuration takes a restart")
    }
    return nil
  }

  /// One line a listener, with the URLs to try.
  private func announce(_ listener: Listener, _ logger: Logger) {
    let paths = routeSet.routes.map(\.path.text).sorted()
    var urls = paths.prefix(Self.shownPaths).map { listener.baseURL + $0 }
    if paths.count > urls.count { urls.append("and \(paths.count - urls.count) more") }
    logger.info("listening on \(listener.boundAddress): \(urls.joined(separator: " "))")
  }
}

extension LogLevel {
  var level: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}
