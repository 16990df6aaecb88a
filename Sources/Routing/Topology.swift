import Delivery
import Descriptors
import Filters
import Ingest
import Logging
import NIOPosix
import Serving

/// What runs: the sources, groups and listeners of the configuration in force. The only owner of all of them.
package actor Topology {
  private let loops: MultiThreadedEventLoopGroup
  private let context: SourceContext
  private let served: ServedRoutes
  private let logger: Logger
  private let pool = GroupPool()
  /// What sources and listeners have of the system.
  private let descriptors = DescriptorPool()
  private var sources: [RunningSource] = []
  private var listeners: [Listener] = []
  /// How long connections may take to go when the server ends.
  private var shutdownGrace = ServerSpec().shutdownGrace

  package init(loops: MultiThreadedEventLoopGroup, threads: NIOThreadPool, logger: Logger) {
    self.loops = loops
    self.logger = logger
    context = SourceContext(eventLoopGroup: loops, logger: logger, threadPool: threads, pool: descriptors)
    served = ServedRoutes(RouteTable(), loops: loops, logger: logger)
  }

  /// Binds everything, then starts the sources: nothing runs when an address cannot be had.
  package func start(_ routeSet: RouteSet) async throws(BindFailure) -> [Listener] {
    served.apply(routeSet.server.connectionLimits)
    shutdownGrace = routeSet.server.shutdownGrace
    for address in routeSet.server.listen.values {
      do {
        listeners.append(try await Listener.prepare(address, routes: served, pool: descriptors, on: loops))
      } catch {
        for listener in listeners { await listener.close() }
        listeners = []
        throw BindFailure(address: address, error: error)
      }
    }
    let assembly = Assembly(routeSet, pool: pool, context: context)
    served.swap(assembly.table)
    for listener in listeners { listener.open() }
    for (source, sinks) in assembly.sources {
      source.start(sinks: sinks)
      sources.append(source)
    }
    return listeners
  }

  /// Stops accepting, ends the sources and co-processes, and closes every subscriber in good order.
  package func stop() async {
    for listener in listeners { await listener.close() }
    await withTaskGroup(of: Void.self) { tasks in
      for source in sources { tasks.addTask { await source.stop() } }
    }
    async let processes: Void = CoProcesses.shared.stop()
    await served.connections.shutDown(.goingAway, grace: shutdownGrace)
    await processes
    listeners = []
    sources = []
  }
}
