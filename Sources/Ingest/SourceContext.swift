import Logging
import NIOCore
import NIOPosix

/// What all sources of a server share.
package struct SourceContext: Sendable {
  /// Where sockets and pipes are read.
  package var eventLoopGroup: any EventLoopGroup
  package var logger: Logger
  /// Where files are read, since a disk may be slow.
  package var threadPool: NIOThreadPool

  /// A context; `threadPool` must be running.
  package init(eventLoopGroup: any EventLoopGroup, logger: Logger, threadPool: NIOThreadPool) {
    self.eventLoopGroup = eventLoopGroup
    self.logger = logger
    self.threadPool = threadPool
  }
}
