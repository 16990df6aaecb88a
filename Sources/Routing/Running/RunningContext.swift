import Delivery
import Filters
import Ingest
import Logging
import NIOCore

/// What all that runs shares: the named groups, the event loops, the log.
struct RunningContext: Sendable {
  let groups: GroupPool
  let sources: SourceContext

  var timers: any EventLoop { sources.eventLoopGroup.next() }
  var logger: Logger { sources.logger }

  /// How messages get their keys. `name`: what the log calls who gives them.
  func keying(by expression: FilterExpression, for name: String) -> Keying {
    Keying(expression, name: name, timers: timers, logger: logger)
  }
}
