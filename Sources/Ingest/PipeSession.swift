import Descriptors
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A pipe from its first byte until its last writer has closed it.
struct PipeSession {
  /// Bytes that have been read already.
  let first: [UInt8]
  let pipe: Descriptor

  /// Feeds what is read. Nothing that has been taken out of the pipe is lost when the task is cancelled: it is published
  /// before this throws, without waiting for anybody, and of a message that has begun `feed` has the bytes.
  ///
  /// - Throws: `SourceFailure`, an `IOError`, `CancellationError`.
  func read(into feed: inout FramedFeed, on loops: any EventLoopGroup) async throws {
    let channel = try await open(on: loops)
    let cancellation = Cancellation()
    feed.hurries = { cancellation.hasCome.load(ordering: .relaxed) }
    // Not a child, which would be cancelled with its parent, and read no more of what has arrived.
    let reading = Task { [feed, first] in await Self.read(channel, after: first, into: feed) }
    let (end, error) = await withTaskCancellationHandler {
      await reading.value
    } onCancel: {
      cancellation.hasCome.store(true, ordering: .relaxed)
      channel.channel.close(promise: nil)
    }
    feed = end
    try Task.checkCancellation()
    if let error { throw error }
  }

  /// To be seen from a task that is not cancelled itself.
  private final class Cancellation: Sendable {
    let hasCome = Atomic<Bool>(false)
  }

  private static func read(
    _ channel: ByteChannel, after first: [UInt8], into feed: FramedFeed
  ) async -> (feed: FramedFeed, error: (any Error)?) {
    var feed = feed
    do {
      try await channel.executeThenClose { inbound in
        try await feed.receive(first)
        for try await bytes in inbound { try await feed.receive(bytes) }
      }
      return (feed, nil)
    } catch {
      return (feed, error)
    }
  }

  private func open(on loops: any EventLoopGroup) async throws -> ByteChannel {
    let copy: CInt
    do {
      copy = try pipe.duplicate()
    } catch {
      throw SourceFailure("cannot read a pipe: \(error.reason)")
    }
    do {
      return try await NIOPipeBootstrap(group: loops)
        .takingOwnershipOfDescriptor(input: copy, channelInitializer: SocketFeed.wrap)
    } catch {
      close(copy)
      throw SourceFailure("cannot read a pipe: \(SocketFeed.words(error))")
    }
  }
}
