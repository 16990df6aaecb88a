import Descriptors
import NIOCore
import NIOPosix

/// A socket or pipe that is read by one task: bytes wait in the system while messages are being published.
typealias ByteChannel = NIOAsyncChannel<ByteBuffer, Never>

enum SocketFeed {
  /// The most bytes of one read.
  static let readBytes = 64 << 10

  /// Makes a channel one that is read by a task, at most two reads ahead of it; call on its event loop.
  static func wrap(_ channel: any Channel) -> EventLoopFuture<ByteChannel> {
    channel.eventLoop.makeCompletedFuture {
      let options = channel.syncOptions
      try? options?.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: readBytes))
      try? options?.setOption(.maxMessagesPerRead, value: 1)
      return try ByteChannel(
        wrappingChannelSynchronously: channel,
        configuration: .init(
          backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2), isOutboundHalfClosureEnabled: false,
          inboundType: ByteBuffer.self, outboundType: Never.self))
    }
  }

  /// Reads a channel to its end, publishes what it says, and closes it.
  ///
  /// - Throws: `SourceFailure` for bytes that are not of the framing, an `IOError` of the socket, `CancellationError`.
  static func read(
    _ channel: ByteChannel, into outlet: Outlet, settings: SourceSettings
  ) async throws {
    try await channel.executeThenClose { inbound in
      var feed = FramedFeed(settings, into: outlet)
      do {
        for try await bytes in inbound { try await feed.receive(bytes) }
      } catch let error as IOError {
        await feed.finish()
        throw error
      }
      try Task.checkCancellation()
      await feed.finish()
    }
  }

  /// A library's error in few words.
  static func words(_ error: any Error) -> String {
    switch error {
    case let error as IOError: SystemError(error.errnoCode).reason
    case let error as NIOConnectionError:
      error.connectionErrors.last.map { words($0.error) } ?? "\(error.host) has no address"
    case ChannelError.connectTimeout: "no answer in time"
    default: "\(error)"
    }
  }
}
