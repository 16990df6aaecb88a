import Logging
import NIOCore
import Routing

/// What changes a running server: reloads, the control socket that commands ask for them, and the watch over files.
struct Steering: Sendable {
  let reloader: Reloader
  let control: ControlSocket?
  private let reloading: any Reloading
  private let watch: ConfigurationWatch
  private let loops: any EventLoopGroup
  private let logger: Logger

  /// `paths`: the route files and folders, absolute.
  init(
    _ reloading: any Reloading, paths: [String], _ control: ControlSocket?, _ manager: ServiceManager,
    _ threshold: LogThreshold, on loops: any EventLoopGroup, _ logger: Logger
  ) {
    self.reloading = reloading
    self.control = control
    self.loops = loops
    self.logger = logger
    watch = ConfigurationWatch(paths: paths, on: loops, logger: logger)
    reloader = Reloader(reloading, manager: manager, watch: watch, threshold: threshold, logger: logger)
  }

  /// Takes requests from now on. `watches`: whether changed files are one.
  func start(watches: Bool) async {
    Task { for await _ in watch.changes { _ = await reloader.reload(.watch) } }
    await watch.set(watches)
    guard let control else { return }
    do {
      try await control.listen(on: loops, ControlService(reloader: reloader, reloading: reloading))
      logger.info("commands are taken at \(control.path)")
    } catch {
      logger.error("no commands can be taken at \(control.path): \(error)")
    }
  }

  /// Takes no more requests; a reload under way goes on.
  func stop() async {
    await control?.close()
    await watch.stop()
  }
}
