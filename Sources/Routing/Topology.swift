import Delivery
import Descriptors
import Filters
import Ingest
import Logging
import NIOPosix
import Serving

/// What runs: the routes, sources, groups and listeners of the configuration in force. The only owner of all of them.
///
/// ```
/// load ─▶ plan ─▶ prepare ─▶ commit ─▶ retire        the first configuration is the first commit
/// ```
package actor Topology {
  let loops: MultiThreadedEventLoopGroup
  let context: RunningContext
  let served: ServedRoutes
  let logger: Logger
  /// What sources and listeners have of the system.
  let descriptors = DescriptorPool()
  /// Where the configuration comes from.
  let files: Files

  var routeSet = RouteSet()
  var generation = 0
  var routes: [String: RunningRoute] = [:]
  var sources: [String: SourceUnit] = [:]
  var listeners: [Listener] = []
  /// Routes that are no more, whose connections may stay a while.
  var draining = DrainingRoutes()
  /// Sources that are no more: they are stopped when their connections have been told.
  var leaving: [SourceUnit] = []
  /// Sources that are being stopped.
  var stopping: [Int: (unit: SourceUnit, task: Task<Void, Never>)] = [:]
  private var nextStop = 0
  var isEnding = false

  let began = ContinuousClock.now
  var lastReceipt: Receipt?
  var lastRefusal: String?

  /// The files and folders of a configuration, absolute, and the environment that they may name.
  package struct Files: Sendable {
    package var paths: [String]
    package var environment: [String: String]

    package init(paths: [String], environment: [String: String]) {
      self.paths = paths
      self.environment = environment
    }
  }

  package init(
    loops: MultiThreadedEventLoopGroup, threads: NIOThreadPool, files: Files = Files(paths: [], environment: [:]),
    logger: Logger
  ) {
    self.loops = loops
    self.logger = logger
    self.files = files
    let sources = SourceContext(eventLoopGroup: loops, logger: logger, threadPool: threads, pool: descriptors)
    context = RunningContext(groups: GroupPool(), sources: sources)
    served = ServedRoutes(RouteTable(), loops: loops, logger: logger)
  }

  /// Binds everything, then starts the sources: nothing runs when an address cannot be had. A source that cannot run is no
  /// reason not to start: it is tried again.
  package func start(_ routeSet: RouteSet) async throws(BindFailure) -> [Listener] {
    served.apply(routeSet.server.connectionLimits)
    var preparation = Preparation()
    for address in routeSet.server.listen.values {
      do {
        let listener = try await Listener.prepare(address, routes: served, pool: descriptors, on: loops)
        preparation.listeners.append(listener)
      } catch {
        await preparation.discard()
        throw BindFailure(address: address, error: error)
      }
    }
    _ = commit(Blueprint(routeSet), preparation)
    return listeners
  }

  /// Stops accepting, ends the sources and co-processes, and closes every subscriber in good order.
  package func stop() async {
    isEnding = true
    // Those of a reload that is under way.
    retireLeaving()
    for listener in listeners { await listener.close() }
    await withTaskGroup(of: Void.self) { tasks in
      for source in sources.values.map(\.running) { tasks.addTask { await source.stop() } }
      for task in stopping.values.map(\.task) { tasks.addTask { await task.value } }
    }
    async let processes: Void = CoProcesses.shared.stop()
    await served.connections.shutDown(.goingAway, grace: routeSet.server.shutdownGrace)
    await processes
    listeners = []
    sources = [:]
  }

  /// Stops a source that is no more, beside what goes on.
  func retire(_ unit: SourceUnit) {
    nextStop += 1
    let number = nextStop
    let task = Task {
      await unit.stop()
      stopping[number] = nil
    }
    stopping[number] = (unit, task)
  }

  func retireLeaving() {
    for unit in leaving { retire(unit) }
    leaving = []
  }
}
