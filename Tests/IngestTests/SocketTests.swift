import ConfigText
import Descriptors
import NIOCore
import NIOPosix
import Testing

@testable import Ingest

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A peer of a source: takes connections or makes them, and writes bytes.
enum Peer {
  static func connect(host: String = "127.0.0.1", port: Int) async throws -> any Channel {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: host, port: port).get()
  }

  static func connect(path: String) async throws -> any Channel {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(unixDomainSocketPath: path).get()
  }

  static func say(_ text: String, on channel: any Channel) async throws {
    try await channel.writeAndFlush(ByteBuffer(string: text)).get()
  }

  /// A server that says a text to each who connects, and closes.
  static func server(saying text: String) -> ServerBootstrap {
    ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Greeter(text: text)) }
      }
  }
}

private final class Greeter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let text: String

  init(text: String) { self.text = text }

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
  }
}

/// A server whose queue is full: who connects gets no answer.
private struct DeafServer: ~Copyable {
  let port: Int
  private let sockets: [CInt]

  init() {
    func local(_ port: UInt16) -> sockaddr_in {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      address.sin_port = port
      return address
    }
    #if canImport(Glibc)
      let stream = CInt(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    var address = local(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = socket(AF_INET, stream, 0)
    let isListening = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 0) == 0 && getsockname(listener, address, &length) == 0
      }
    }
    precondition(isListening)
    port = Int(UInt16(bigEndian: address.sin_port))
    sockets =
      [listener]
      + (0..<4).map { _ in
        let client = socket(AF_INET, stream, 0)
        _ = fcntl(client, F_SETFL, O_NONBLOCK)
        withUnsafePointer(to: &address) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = connect(client, $0, length) }
        }
        return client
      }
  }

  deinit { for socket in sockets { close(socket) } }
}

/// The port in "listens on 127.0.0.1:4711".
private func port(of source: RunningSource) async throws -> Int {
  try await eventually("listening") { source.outlet.health.reason.hasPrefix("listens on") }
  let text = source.outlet.health.reason.split(separator: ":").last ?? ""
  return try #require(Int(text))
}

struct ConnectTests {
  @Test func `tcp connects, and again after the end`() async throws {
    let rig = Rig()
    let server = try await Peer.server(saying: "one\nrest").bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(server.localAddress?.port)
    try await rig.run(TCPSource(HostPort(host: "127.0.0.1", port: port))) { _ in
      try await eventually("two connections") { rig.messages.count >= 4 }
      #expect(Array(rig.messages.prefix(4)) == ["one", "rest", "one", "rest"])
      try await rig.untilLogged("127.0.0.1:\(port) has closed the connection; starting it again in ")
    }
    try await server.close()
  }

  @Test func `a server that is away is tried until it is there`() async throws {
    let rig = Rig()
    let server = try await Peer.server(saying: "here\n").bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(server.localAddress?.port)
    try await server.close()
    try await rig.run(TCPSource(HostPort(host: "127.0.0.1", port: port))) { source in
      try await rig.untilLogged(
        "cannot connect to 127.0.0.1:\(port): Connection refused; starting it again in ", times: 2)
      #expect(source.state == .starting)
      let again = try await Peer.server(saying: "here\n").bind(host: "127.0.0.1", port: port).get()
      try await eventually("a message") { rig.messages.first == "here" }
      try await again.close()
    }
  }

  @Test func `stopping does not wait for an answer`() async throws {
    let rig = Rig()
    let server = DeafServer()
    try await rig.run(TCPSource(HostPort(host: "127.0.0.1", port: server.port))) { source in
      try await Task.sleep(for: .milliseconds(50))
      #expect(source.state == .starting)
      let began = ContinuousClock.now
      await source.stop()
      #expect(ContinuousClock.now - began < .seconds(30))
    }
  }

  @Test func `unix connects`() async throws {
    let rig = Rig()
    let server = try await Peer.server(saying: "one\n").bind(unixDomainSocketPath: rig.path("s")).get()
    try await rig.run(UnixSource(ConfigPath(rig.path("s")))) { _ in
      try await eventually("two connections") { rig.messages.count >= 2 }
    }
    try await server.close()
  }

  @Test func `a unix socket that is missing is a failure`() async throws {
    let rig = Rig()
    try await rig.run(UnixSource(ConfigPath(rig.path("s")))) { _ in
      try await rig.untilLogged("cannot connect to \(rig.path("s")): No such file or directory")
    }
  }
}

struct ListenTests {
  private let local = HostPort(host: "127.0.0.1", port: 0)

  @Test func `messages of two feeders interleave whole`() async throws {
    let rig = Rig()
    try await rig.run(TCPListenSource(local)) { source in
      let port = try await port(of: source)
      let first = try await Peer.connect(port: port)
      let second = try await Peer.connect(port: port)
      try await Peer.say("one ", on: first)
      try await Peer.say("two ", on: second)
      try await Peer.say("first\n", on: first)
      try await rig.untilMessages(["one first"])
      try await Peer.say("second\nend", on: second)
      try await rig.untilMessages(["one first", "two second"])
      try await second.close()
      try await rig.untilMessages(["one first", "two second", "end"])
      try await Peer.say("still here\n", on: first)
      try await rig.untilMessages(["one first", "two second", "end", "still here"])
      try await first.close()
    }
  }

  @Test func `one feeder more than allowed is closed, and may come when another has left`() async throws {
    let rig = Rig()
    try await rig.run(TCPListenSource(local, connections: 1)) { source in
      let port = try await port(of: source)
      let first = try await Peer.connect(port: port)
      try await Peer.say("first\n", on: first)
      try await rig.untilMessages(["first"])
      let second = try await Peer.connect(port: port)
      try await second.closeFuture.get()
      try await rig.untilLogged("1 feeders are connected")
      try await first.close()
      try await rig.untilLogged("has ended")
      let third = try await Peer.connect(port: port)
      try await Peer.say("third\n", on: third)
      try await rig.untilMessages(["first", "third"])
      try await third.close()
    }
  }

  @Test func `a feeder whose bytes are not of the framing is closed, the others stay`() async throws {
    let rig = Rig()
    var settings = SourceSettings()
    settings.framing = .netstring
    try await rig.run(TCPListenSource(local), settings: settings) { source in
      let port = try await port(of: source)
      let good = try await Peer.connect(port: port)
      let bad = try await Peer.connect(port: port)
      try await Peer.say("1:a,", on: good)
      try await rig.untilMessages(["a"])
      try await Peer.say("hello", on: bad)
      try await bad.closeFuture.get()
      try await rig.untilLogged("a netstring does not start with its length")
      try await Peer.say("1:b,", on: good)
      try await rig.untilMessages(["a", "b"])
      try await good.close()
    }
  }

  @Test func `stopping closes the listener and the feeders`() async throws {
    let rig = Rig()
    try await rig.run(TCPListenSource(local)) { source in
      let port = try await port(of: source)
      let feeder = try await Peer.connect(port: port)
      try await Peer.say("one\n", on: feeder)
      try await rig.untilMessages(["one"])
      await source.stop()
      try await feeder.closeFuture.get()
      await #expect(throws: (any Error).self) { try await Peer.connect(port: port) }
    }
  }

  @Test func `a port in use is a failure that names it`() async throws {
    let rig = Rig()
    try await rig.run(TCPListenSource(local)) { source in
      let port = try await port(of: source)
      let other = Rig()
      try await other.run(TCPListenSource(HostPort(host: "127.0.0.1", port: port))) { _ in
        try await other.untilLogged("cannot listen on 127.0.0.1:\(port): Address already in use")
      }
    }
  }

  @Test func `a unix socket is this user's alone, and goes with its source`() async throws {
    let rig = Rig()
    try await rig.run(UnixListenSource(ConfigPath(rig.path("s")))) { source in
      try await eventually("listening") { source.state == .running }
      var status = stat()
      #expect(stat(rig.path("s"), &status) == 0 && status.st_mode & 0o777 == 0o600)
      let feeder = try await Peer.connect(path: rig.path("s"))
      try await Peer.say("one\n", on: feeder)
      try await rig.untilMessages(["one"])
      try await feeder.close()
    }
    #expect(access(rig.path("s"), F_OK) != 0)
  }

  @Test func `a stale unix socket is replaced, a living one is not`() async throws {
    let rig = Rig()
    let stale = try UnixSocketFile(binding: rig.path("s"))
    close(stale.takeSocket())
    #expect(access(rig.path("s"), F_OK) == 0)
    try await rig.run(UnixListenSource(ConfigPath(rig.path("s")))) { source in
      try await eventually("listening") { source.state == .running }
      let other = Rig()
      try await other.run(UnixListenSource(ConfigPath(rig.path("s")))) { _ in
        try await other.untilLogged("cannot listen on \(rig.path("s")): somebody listens there")
      }
      let feeder = try await Peer.connect(path: rig.path("s"))
      try await Peer.say("one\n", on: feeder)
      try await rig.untilMessages(["one"])
      try await feeder.close()
    }
  }

  @Test func `a file in the way of a unix socket stays`() async throws {
    let rig = Rig()
    write("precious", to: rig.path("s"))
    try await rig.run(UnixListenSource(ConfigPath(rig.path("s")))) { _ in
      try await rig.untilLogged("it is a file, not a socket")
    }
    #expect(access(rig.path("s"), F_OK) == 0)
  }
}

struct HostPortTests {
  private func parse(_ text: String) throws -> HostPort {
    try HostPort.parse(ConfigNode.Scalar(text: text, isPlain: true))
  }

  @Test(arguments: [
    ("localhost:9000", "localhost", 9000), ("[::1]:9000", "::1", 9000), (":9000", "", 9000),
    ("10.0.0.1:0", "10.0.0.1", 0),
  ])
  func `a host and a port`(text: String, host: String, port: Int) throws {
    #expect(try parse(text) == HostPort(host: host, port: port))
    #expect(try parse(text).description == text)
  }

  @Test(arguments: ["localhost", "9000", "::1:9000", "a:b", "a:65536", "a:-1", "[a]:1", "a b:1", "a:", "http://a:1"])
  func `anything else is refused`(text: String) {
    #expect(throws: ScalarRefusal.self) { try parse(text) }
  }
}
