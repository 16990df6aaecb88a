import NIOCore
import Synchronization

/// The sockets that one run of a source has opened, so that all of them can be closed: those that are still being
/// connected, and those that nobody has taken yet, too.
final class ChannelSet: Sendable {
  private let state = Mutex(State())

  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isClosed = false
  }

  /// Makes a new socket one that a task reads, and keeps it in mind until it is closed; call on its event loop.
  func wrap(_ channel: any Channel) -> EventLoopFuture<ByteChannel> {
    let id = ObjectIdentifier(channel)
    let isClosed = state.withLock { state in
      if !state.isClosed { state.channels[id] = channel }
      return state.isClosed
    }
    guard !isClosed else {
      // Nobody else does: a failed initializer leaves an accepted socket as it is.
      channel.close(promise: nil)
      return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
    }
    channel.closeFuture.whenComplete { [weak self] _ in _ = self?.state.withLock { $0.channels.removeValue(forKey: id) }
    }
    return SocketFeed.wrap(channel)
  }

  /// Closes all there are, and all that come later.
  func close() {
    let channels = state.withLock { state in
      state.isClosed = true
      return state.channels.values
    }
    for channel in channels { channel.close(promise: nil) }
  }
}
