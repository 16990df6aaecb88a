import Descriptors
import Logging
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Serving

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

struct ListenerTests {
  private let loops = MultiThreadedEventLoopGroup.singleton
  private let pool = DescriptorPool()
  private let routes = ServedRoutes(
    RouteTable(), loops: MultiThreadedEventLoopGroup.singleton,
    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

  private func prepare(_ address: ListenAddress) async throws -> Listener {
    try await Listener.prepare(address, routes: routes, pool: pool, on: loops)
  }

  private func connect(_ address: ListenAddress) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
    let bootstrap = ClientBootstrap(group: loops)
    let wrap: @Sendable (any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> = { channel in
      channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
    }
    switch address {
    case .tcp(let host, let port): return try await bootstrap.connect(host: host, port: port, channelInitializer: wrap)
    case .unix(let path): return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: wrap)
    }
  }

  /// The first line of the answer to a request for a path that there is not; empty: closed without one.
  private func answer(on channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws -> String {
    try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: "GET /none HTTP/1.1\r\nHost: test\r\n\r\n"))
      for try await bytes in inbound {
        return String(buffer: bytes).split(separator: "\r\n").first.map(String.init) ?? ""
      }
      return ""
    }
  }

  @Test func `who connects before a listener is opened waits, and is served then`() async throws {
    let address = ListenAddress.tcp(host: OwnAddress.host(), port: 4711)
    let listener = try await prepare(address)
    let early = try await connect(address)
    for loop in loops.makeIterator() { try await loop.submit {}.get() }
    #expect(routes.connections.count == 0)
    listener.open()
    #expect(try await answer(on: early) == "HTTP/1.1 404 Not Found")
    await listener.close()
    await #expect(throws: (any Error).self) { try await connect(address) }
  }

  @Test func `a listener that is closed before it was opened gives its address up`() async throws {
    let address = ListenAddress.tcp(host: OwnAddress.host(), port: 4711)
    try await prepare(address).close()
    await #expect(throws: (any Error).self) { try await connect(address) }
    try await prepare(address).close()
  }

  @Test func `every client is served, however often one listener follows another`() async throws {
    let address = ListenAddress.tcp(host: OwnAddress.host(), port: 4711)
    var current = try await prepare(address)
    current.open()
    let clients = (0..<4).map { _ in
      Task {
        var answers: [String: Int] = [:]
        while !Task.isCancelled {
          // Not cancelled with this task: each request is answered to its end.
          let line = try await Task { try await answer(on: connect(address)) }.value
          answers[line, default: 0] += 1
        }
        return answers
      }
    }
    for _ in 0..<50 {
      let next = try await prepare(address)
      next.open()
      await current.close()
      current = next
    }
    for client in clients {
      client.cancel()
      let answers = try await client.value
      #expect(Set(answers.keys) == ["HTTP/1.1 404 Not Found"])
    }
    await current.close()
    await #expect(throws: (any Error).self) { try await connect(address) }
  }

  @Test func `a Unix socket has the umask's permissions, replaces what is there, and goes with the last`() async throws
  {
    let folder = try TemporaryFolder()
    let address = ListenAddress.unix(path: folder("s"))
    close(try UnixSocketFile(binding: folder("s")).takeSocket())
    let old = try await prepare(address)
    old.open()
    var (socket, plain) = (stat(), stat())
    #expect(mkfifo(folder("plain"), 0o777) == 0 && stat(folder("plain"), &plain) == 0)
    #expect(stat(folder("s"), &socket) == 0 && socket.st_mode & 0o777 == plain.st_mode & 0o777)
    let new = try await prepare(address)
    new.open()
    await old.close()
    #expect(try await answer(on: connect(address)) == "HTTP/1.1 404 Not Found")
    await new.close()
    #expect(access(folder("s"), F_OK) != 0)
  }

  @Test func `an address that somebody else has is refused`() async throws {
    let address = ListenAddress.tcp(host: OwnAddress.host(), port: 4711)
    let other = try await Listener.prepare(address, routes: routes, pool: DescriptorPool(), on: loops)
    let failure = await #expect(throws: OpenFailure.self) { try await prepare(address) }
    #expect(failure?.message == "cannot listen on \(address): Address already in use")
    await other.close()
  }
}
