import Descriptors
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
  /// The listening sockets and named pipes that sources have, shared with all who want them.
  package var pool: DescriptorPool

  /// A context; `threadPool` must be running.
  package init(eventLoopGroup: any EventLoopGroup, logger: Logger, threadPool: NIOThreadPool, pool: DescriptorPool) {
    self.eventLoopGroup = eventLoopGroup
    self.logger = logger
    self.threadPool = threadPool
    self.pool = pool
  }
}
