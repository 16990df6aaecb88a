import Descriptors
import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What happened to a name in a watched folder.
struct FolderEvent: Equatable, Sendable {
  /// The watch's number; `nil`: events were lost, so anything may have happened.
  var watch: CInt?
  /// Empty: the folder itself.
  var name: String
}

#if os(Linux)
  /// The system's watch over folders, inotify(7): the only place that knows it.
  final class Inotify: Sendable {
    /// What happens, a piece for each read; ends with `close`.
    let events: AsyncStream<[FolderEvent]>
    private let channel: any Channel
    /// A second descriptor of the same watch: the channel's own may be closed at any time.
    private let descriptor: Descriptor

    /// - Throws: `OpenFailure` when the system has no watch to give.
    init(on loops: any EventLoopGroup) async throws(OpenFailure) {
      let number = inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC))
      guard number >= 0 else { throw OpenFailure("cannot watch files", SystemError(errno)) }
      descriptor = Descriptor(owning: fcntl(number, F_DUPFD_CLOEXEC, 0))
      let (events, continuation) = AsyncStream.makeStream(of: [FolderEvent].self)
      self.events = events
      do {
        channel = try await Self.channel(number, on: loops, continuation)
      } catch {
        Glue.close(number)
        throw OpenFailure("cannot watch files", "\(error)")
      }
    }

    /// Takes the descriptor, unless it throws.
    private static func channel(
      _ number: CInt, on loops: any EventLoopGroup, _ continuation: AsyncStream<[FolderEvent]>.Continuation
    ) async throws -> any Channel {
      try await NIOPipeBootstrap(group: loops)
        // A read for less than an event is an error.
        .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 << 10))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Reader(continuation))
          }
        }
        .takingOwnershipOfDescriptor(input: number).get()
    }

    /// Watches the names in a folder, or changes what is watched of it. `contents`: also what is written to files.
    /// Returns the watch's number; `nil`: there is no such folder, or it may not be read.
    func watch(_ folder: String, contents: Bool) throws(SystemError) -> CInt? {
      var mask = IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | Int32(bitPattern: UInt32(IN_ONLYDIR))
      if contents { mask |= IN_CLOSE_WRITE | IN_ATTRIB }
      let watch = inotify_add_watch(descriptor.number, folder, UInt32(bitPattern: mask))
      if watch >= 0 { return watch }
      let error = SystemError(errno)
      if [ENOENT, ENOTDIR, EACCES].contains(error.code) { return nil }
      throw error
    }

    func remove(_ watch: CInt) { inotify_rm_watch(descriptor.number, watch) }

    func close() async { try? await channel.close().get() }
  }

  /// The system's function, where a method has its name.
  private enum Glue {
    static func close(_ number: CInt) {
      #if canImport(Glibc)
        _ = Glibc.close(number)
      #else
        _ = Musl.close(number)
      #endif
    }
  }

  /// Cuts what is read into events: `watch mask cookie length name`, each number of four bytes.
  private final class Reader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let continuation: AsyncStream<[FolderEvent]>.Continuation

    init(_ continuation: AsyncStream<[FolderEvent]>.Continuation) { self.continuation = continuation }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = unwrapInboundIn(data)
      var events: [FolderEvent] = []
      while let (watch, mask, _, length) = bytes.readMultipleIntegers(
        endianness: .host, as: (CInt, UInt32, UInt32, UInt32).self),
        let name = bytes.readBytes(length: Int(length))
      {
        let isLost = mask & UInt32(IN_Q_OVERFLOW) != 0
        if mask & UInt32(IN_IGNORED) != 0 { continue }
        // The name is filled up with zero bytes.
        let text = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        events.append(FolderEvent(watch: isLost ? nil : watch, name: text))
      }
      continuation.yield(events)
    }

    func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
#else
  /// Where the system has no such watch.
  final class Inotify: Sendable {
    let events = AsyncStream<[FolderEvent]> { $0.finish() }

    init(on loops: any EventLoopGroup) async throws(OpenFailure) {
      throw OpenFailure("cannot watch files", "this system has no inotify")
    }

    func watch(_ folder: String, contents: Bool) throws(SystemError) -> CInt? { nil }
    func remove(_ watch: CInt) {}
    func close() async {}
  }
#endif
