import Delivery
import Logging
import NIOCore
import Synchronization

/// What all connections share: the path table in force, and where to log. The table is read once a request and swapped whole.
package final class ServedRoutes: Sendable {
  private let current: Mutex<RouteTable>
  let logger: Logger
  let date = HTTPDate()
  package let connections = ConnectionRegistry()

  package let counters: LimitCounters
  let troubles: RouteTroubles
  let admission = Admission()
  /// What compressors may hold, of all streams and connections.
  package let compressionBudget: CompressionBudget
  private let currentLimits = Mutex(ConnectionLimits())
  /// A timer each event loop.
  let sweeps: LoopSweeps

  /// `loops`: those that connections will be on.
  package init(_ table: RouteTable, loops: any EventLoopGroup, logger: Logger) {
    current = Mutex(table)
    sweeps = LoopSweeps(loops)
    self.logger = logger
    let counters = LimitCounters(logger)
    self.counters = counters
    compressionBudget = CompressionBudget(limit: ConnectionLimits().compressionMemory) {
      counters.count(.compressionMemory)
    }
    troubles = RouteTroubles(logger)
  }

  package var table: RouteTable { current.withLock { $0 } }

  /// What new connections are held to.
  package var limits: ConnectionLimits { currentLimits.withLock { $0 } }

  package func apply(_ limits: ConnectionLimits) {
    currentLimits.withLock { $0 = limits }
    admission.apply(limits)
    compressionBudget.setLimit(limits.compressionMemory)
  }

  package func swap(_ table: RouteTable) { current.withLock { $0 = table } }

  /// Brings all connections to the endpoints that have succeeded theirs; returns how many were moved and closed.
  package func follow() async -> [ConnectionFate: Int] { await sweeps.follow() }
}
