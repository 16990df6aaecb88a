import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Descriptors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

struct SharedSocketTests {
  private let pool = DescriptorPool()
  private let host = OwnAddress.host()

  private var claim: Claim { .tcp(host: host, port: 4711) }
  private var address: SocketAddress { get throws { try SocketAddress(ipAddress: host, port: 4711) } }

  @Test func `a port that is held twice listens until both have let it go`() throws {
    var first: Holding? = try pool.hold(claim)
    var second: Holding? = try pool.hold(claim)
    _ = try Peer(to: address)
    first = nil
    _ = try Peer(to: address)
    second = nil
    #expect(throws: SystemError(ECONNREFUSED)) { _ = try Peer(to: address) }
    #expect(first == nil && second == nil)
  }

  @Test func `a port that somebody else has is refused in one line`() throws {
    let other = try StreamSocket.listening(on: [address])
    defer { close(other) }
    let failure = #expect(throws: OpenFailure.self) { _ = try pool.hold(claim) }
    #expect(failure?.message == "cannot listen on \(host):4711: Address already in use")
    #expect(failure?.isPermission == false)
  }

  @Test func `what the system does not allow is told apart`() {
    #expect(OpenFailure("cannot listen on :80", SystemError(EACCES)).isPermission)
    #expect(OpenFailure("cannot listen on :80", SystemError(EPERM)).isPermission)
    #expect(!OpenFailure("cannot listen on :80", SystemError(EADDRINUSE)).isPermission)
  }

  @Test func `a host without an address is refused in one line`() {
    let failure = #expect(throws: OpenFailure.self) { _ = try pool.hold(.tcp(host: "no-such-host.invalid", port: 1)) }
    #expect(failure?.message == "cannot listen on no-such-host.invalid:1: no-such-host.invalid has no address")
  }

  @Test func `port 0 is never the same twice`() throws {
    let holdings = try (0..<2).map { _ in try pool.hold(.tcp(host: host, port: 0)) }
    let sockets = try holdings.map { try $0.duplicate() }
    #expect(port(of: sockets[0]) != port(of: sockets[1]))
    for socket in sockets { close(socket) }
  }

  @Test func `an empty host is every address, of both kinds`() throws {
    let holding = try pool.hold(.tcp(host: "", port: 0))
    let socket = try holding.duplicate()
    defer { close(socket) }
    _ = try Peer(to: SocketAddress(ipAddress: "127.0.0.1", port: port(of: socket)))
  }

  @Test func `who connects while nobody accepts is served by the next who does`() throws {
    let old = try pool.hold(claim)
    close(try old.duplicate())
    let peer = try Peer(to: address)
    peer.say("hello")
    let new = try withExtendedLifetime(old) { try pool.hold(claim) }
    let socket = try new.duplicate()
    defer { close(socket) }
    #expect(serveOne(on: socket) == "hello")
  }

  @Test func `a backlog that a library has made short is made long again`() throws {
    #if os(Linux)
      let holding = try pool.hold(claim)
      let socket = try holding.duplicate()
      defer { close(socket) }
      func backlog() -> UInt32 {
        var information = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        getsockopt(socket, CInt(IPPROTO_TCP), TCP_INFO, &information, &length)
        // Of a socket that listens this is how many may wait.
        return information.tcpi_sacked
      }
      let long = backlog()
      listen(socket, 5)
      #expect(backlog() == 5)
      holding.listenAgain()
      #expect(backlog() == long)
    #endif
  }

  @Test func `those who hold it have their turns one after the other, and who has left has none`() async throws {
    let order = Mutex<[Int]>([])
    var holdings = try (0..<4).map { _ in try Optional(pool.hold(claim)) }
    for index in [0, 1, 3, 2] { holdings[index]?.whenItsTurn { order.withLock { $0.append(index) } } }
    #expect(order.withLock { $0 } == [0])
    holdings[1] = nil
    #expect(order.withLock { $0 } == [0])
    holdings[0] = nil
    #expect(order.withLock { $0 } == [0, 3])
    holdings[3] = nil
    #expect(order.withLock { $0 } == [0, 3, 2])
  }

  @Test func `a task that is cancelled waits for its turn no more`() async throws {
    let first = try pool.hold(claim)
    try await first.untilItsTurn()
    let waiting = Task { try await pool.hold(claim).untilItsTurn() }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    withExtendedLifetime(first) {}
  }

  @Test func `many who take and leave it at once never find it taken`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for _ in 0..<8 {
        tasks.addTask { for _ in 0..<300 { _ = try pool.hold(claim) } }
      }
      try await tasks.waitForAll()
    }
    #expect(throws: SystemError(ECONNREFUSED)) { _ = try Peer(to: address) }
  }
}

struct SharedUnixSocketTests {
  private let pool = DescriptorPool()
  private let folder: TemporaryFolder
  private let path: String
  private let address: SocketAddress

  init() throws {
    folder = try TemporaryFolder()
    path = folder("s")
    address = try SocketAddress(unixDomainSocketPath: path)
  }

  @Test func `its file goes with the last who holds it`() throws {
    var first: Holding? = try pool.hold(.unix(path: path))
    var second: Holding? = try pool.hold(.unix(path: path))
    first = nil
    _ = try Peer(to: address)
    second = nil
    #expect(access(path, F_OK) != 0)
    #expect(first == nil && second == nil)
  }

  @Test func `a feeders' socket is this user's alone, a server's is as the umask says`() throws {
    let feeders = try pool.hold(.unix(path: path))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let server = try pool.hold(.unix(path: folder("t"), access: .umask))
    var plain = stat()
    #expect(mkfifo(folder("plain"), 0o777) == 0 && stat(folder("plain"), &plain) == 0)
    #expect(stat(folder("t"), &status) == 0 && status.st_mode & 0o777 == plain.st_mode & 0o777)
    withExtendedLifetime((feeders, server)) {}
  }

  @Test func `one that was deleted is opened anew, and its end leaves the new file alone`() throws {
    var old: Holding? = try pool.hold(.unix(path: path))
    unlink(path)
    let new = try pool.hold(.unix(path: path))
    let socket = try new.duplicate()
    defer { close(socket) }
    old = nil
    let peer = try Peer(to: address)
    peer.say("hello")
    #expect(serveOne(on: socket) == "hello" && old == nil)
  }

  @Test func `feeders and clients cannot have the same`() throws {
    let holding = try pool.hold(.unix(path: path))
    let failure = #expect(throws: OpenFailure.self) { _ = try pool.hold(.unix(path: path, access: .umask)) }
    #expect(failure?.message == "cannot listen on \(path): it is in use for others to connect to")
    withExtendedLifetime(holding) { #expect(access(path, F_OK) == 0) }
  }

  @Test func `a server replaces what is there, a feeders' socket only what nobody answers on`() throws {
    let other = try UnixSocketFile(binding: path)
    let socket = other.takeSocket()
    try StreamSocket.listen(socket)
    let failure = #expect(throws: OpenFailure.self) { _ = try pool.hold(.unix(path: path)) }
    #expect(failure?.message == "cannot listen on \(path): somebody listens there")
    let server = try pool.hold(.unix(path: path, access: .umask))
    close(socket)
    other.remove()
    _ = try withExtendedLifetime(server) { try Peer(to: address) }
  }

  @Test func `what a server replaces is back when it does not come to use, and gone when it does`() throws {
    let other = try UnixSocketFile(binding: path)
    let socket = other.takeSocket()
    defer { close(socket) }
    try StreamSocket.listen(socket)
    var server: Holding? = try pool.hold(.unix(path: path, access: .umask))
    #expect(try FileStatus(ofPath: path)?.identity != other.identity)
    server = nil
    #expect(try FileStatus(ofPath: path)?.identity == other.identity)
    server = try pool.hold(.unix(path: path, access: .umask))
    server?.keep()
    server = nil
    #expect(access(path, F_OK) != 0 && access("\(path).before-\(getpid())", F_OK) != 0)
  }

  @Test func `a pipe that was made is gone when it does not come to use, and stays when it does`() throws {
    let path = folder("made.pipe")
    var holding: Holding? = try pool.hold(.pipe(path: path, create: true))
    #expect(access(path, F_OK) == 0)
    holding = nil
    #expect(access(path, F_OK) != 0)
    holding = try pool.hold(.pipe(path: path, create: true))
    holding?.keep()
    holding = nil
    #expect(access(path, F_OK) == 0)
  }

  @Test func `a path is the same however it is written`() throws {
    let held = try pool.hold(.unix(path: path))
    let same = try pool.hold(.unix(path: folder(".//./s")))
    withExtendedLifetime((held, same)) {
      #expect(Claim.pipe(path: "a", create: true).identity == Claim.pipe(path: "./a", create: false).identity)
    }
  }

  @Test func `a file in the way stays`() throws {
    try folder.write("s", "precious")
    for claim in [Claim.unix(path: path), .unix(path: path, access: .umask)] {
      let failure = #expect(throws: OpenFailure.self) { _ = try pool.hold(claim) }
      #expect(failure?.message == "cannot listen on \(path): it is a file, not a socket")
    }
    #expect(access(path, F_OK) == 0)
  }
}

struct SharedPipeTests {
  private let pool = DescriptorPool()
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder("p")
  }

  /// A writer; `EPIPE` is an error, not a signal.
  private func writer() -> CInt {
    signal(SIGPIPE, SIG_IGN)
    return open(path, O_WRONLY | O_NONBLOCK)
  }

  @Test func `a writer finds a reader between two runs, and nothing is lost`() throws {
    var old: Holding? = try pool.hold(.pipe(path: path, create: true))
    let writer = writer()
    defer { close(writer) }
    let new = try pool.hold(.pipe(path: path, create: false))
    close(try #require(old).duplicate())
    old = nil
    #expect(write(writer, "hello", 5) == 5)
    let next = try new.duplicate()
    defer { close(next) }
    #expect(readText(next) == "hello")
  }

  @Test func `a writer finds none when the last has gone`() async throws {
    var holding: Holding? = try pool.hold(.pipe(path: path, create: true))
    let writer = writer()
    defer { close(writer) }
    #expect(write(writer, "x", 1) == 1)
    holding = nil
    // A process that another test starts has a copy for a moment.
    try await eventually("the end") { write(writer, "x", 1) == -1 && errno == EPIPE }
    #expect(holding == nil)
  }

  @Test func `one that was replaced is opened anew`() throws {
    let old = try pool.hold(.pipe(path: path, create: true))
    #expect(rename(path, folder("old")) == 0 && mkfifo(path, 0o600) == 0)
    let new = try pool.hold(.pipe(path: path, create: false))
    let writer = writer()
    defer { close(writer) }
    #expect(write(writer, "hello", 5) == 5)
    let pipe = try new.duplicate()
    defer { close(pipe) }
    #expect(readText(pipe) == "hello")
    withExtendedLifetime(old) {}
  }

  @Test func `a pipe that is missing or is none is refused in one line`() throws {
    let missing = #expect(throws: OpenFailure.self) { _ = try pool.hold(.pipe(path: path, create: false)) }
    #expect(missing?.message == "cannot open \(path): No such file or directory")
    try folder.write("p", "text")
    let file = #expect(throws: OpenFailure.self) { _ = try pool.hold(.pipe(path: path, create: true)) }
    #expect(file?.message == "cannot open \(path): it is not a named pipe")
  }
}
