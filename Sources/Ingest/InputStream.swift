import Descriptors
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Something that was open when the server started, and is read to its end once: a pipe, a file, a terminal.
struct InputStream {
  private let input: Descriptor
  private let name: String
  private let holding: Holding?

  /// How often a terminal is asked for more.
  static let terminalPause = Duration.milliseconds(20)

  /// `holding`: through which the next reader goes on where this one is stopped.
  init(_ input: Descriptor, name: String, holding: Holding? = nil) {
    self.input = input
    self.name = name
    self.holding = holding
  }

  /// Reads to the end, and returns what has ended.
  ///
  /// - Throws: `SourceFailure`, `CancellationError`.
  func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    outlet.report(.running, "reads \(name)")
    let kind = try? input.status().kind
    var feed = FramedFeed(settings, into: outlet, after: holding?.takeRest())
    do {
      if kind == .fifo || kind == .socket {
        try await PipeSession(first: [], pipe: input).read(into: &feed, on: context.eventLoopGroup)
      } else {
        try await readPlainly(into: &feed, pool: context.threadPool)
      }
    } catch {
      if Task.isCancelled { holding?.leave(feed.rest) }
      throw error
    }
    await feed.finish()
    return "\(name) has ended"
  }

  /// An event loop cannot wait for files, and must not change how a terminal is read by others.
  private func readPlainly(into feed: inout FramedFeed, pool: NIOThreadPool) async throws {
    while true {
      try Task.checkCancellation()
      guard isReadable else {
        try await Task.sleep(for: Self.terminalPause)
        continue
      }
      let bytes: [UInt8]?
      do {
        bytes = try await pool.runIfActive { [input] in try input.read(SocketFeed.readBytes) }
      } catch let error as SystemError {
        throw SourceFailure("cannot read \(name): \(error.reason)")
      }
      guard let bytes else { continue }
      if bytes.isEmpty { return }
      try await feed.receive(bytes)
    }
  }

  /// Whether a read would not wait; files always are.
  private var isReadable: Bool {
    var request = pollfd(fd: input.number, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) != 0
  }
}
