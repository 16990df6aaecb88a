import ArgumentParser
import Delivery
import Descriptors
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
  /// The route files and folders, absolute; `nil`: there are none that could be loaded anew.
  var paths: [String]?

  /// Threads that read files, which never say "not yet".
  private static let fileThreads = 4

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let environment = Environment.current
    let manager = ServiceManager.taken(from: environment)
    let threshold = LogThreshold(routeSet.server.log.level.level)
    let logger = Logger(label: "sluice") { _ in LineLog(threshold) }
    DescriptorLimit.raise(logger)
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
    let loops = LoopTurns.makeLoops(routeSet.server.loops ?? System.coreCount)
    let threads = NIOThreadPool(numberOfThreads: Self.fileThreads)
    threads.start()
    let files = Topology.Files(paths: paths ?? [], environment: environment)
    let topology = Topology(loops: loops, threads: threads, files: files, logger: logger)
    let control = paths == nil ? nil : try openControl(environment, logger)
    let listeners = try await start(topology, control, logger)
    var steering: Steering?
    if let paths {
      steering = Steering(topology, paths: paths, control, manager, threshold, on: loops, logger)
      await steering?.start(watches: routeSet.server.watch)
    }
    for listener in listeners { logger.info("\(listener.announcement(of: routeSet))") }
    manager.ready("Serving \(routeSet.routes.count) \(routeSet.routes.count == 1 ? "route" : "routes")")
    await waitForEnd(signals, steering, logger)
    manager.stopping()
    await steering?.stop()
    await topology.stop()
  }

  /// The control socket, if there is to be one and it can be had.
  private func openControl(_ environment: [String: String], _ logger: Logger) throws -> ControlSocket? {
    do throws(OpenFailure) {
      return try ControlSocket.open(routeSet.server.control, environment, logger)
    } catch {
      throw Self.exit(error.message, isPermission: error.isPermission, logger)
    }
  }

  private func start(_ topology: Topology, _ control: ControlSocket?, _ logger: Logger) async throws -> [Listener] {
    do throws(BindFailure) {
      return try await topology.start(routeSet)
    } catch {
      await control?.close()
      throw Self.exit(error.message, isPermission: error.isPermission, logger)
    }
  }

  private static func exit(_ message: String, isPermission: Bool, _ logger: Logger) -> ExitCode {
    logger.error("\(message)")
    return isPermission ? ExitStatus.noPermission : ExitStatus.unavailable
  }

  /// The first signal ends the server in good order, a second one at once.
  private func waitForEnd(_ signals: UnixSignalsSequence, _ steering: Steering?, _ logger: Logger) async {
    var iterator = signals.makeAsyncIterator()
    let first = await Self.nextEnd(&iterator) {
      guard let steering else { return logger.warning("SIGHUP is ignored: there are no route files to load anew") }
      // Signals go on being read while it reloads.
      Task { _ = await steering.reloader.reload(.signal) }
    }
    guard let first else { return }
    logger.info("\(first): ending")
    Task {
      _ = await Self.nextEnd(&iterator) {}
      await steering?.control?.close()
      _exit(128 + (first == .sigint ? SIGINT : SIGTERM))
    }
  }

  /// The next signal that ends the server.
  private static func nextEnd(
    _ iterator: inout UnixSignalsSequence.AsyncIterator, reload: () -> Void
  ) async -> UnixSignal? {
    while let signal = await iterator.next() {
      if signal != .sighup { return signal }
      reload()
    }
    return nil
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
