import Delivery
import Logging
import NIOPosix
import Routing
import Serving

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What HTTP clients send, to a real listener on a Unix socket: every connection is answered or closed, never forgotten.
final class RequestsTarget: FuzzTarget {
  static let name = "requests"
  static let words = [
    "GET ", "HEAD ", "POST ", "OPTIONS ", " HTTP/1.1\r\n", " HTTP/1.0\r\n", "\r\n", "\r\n\r\n", "\n", "Host: a\r\n",
    "Connection: Upgrade\r\n", "Upgrade: websocket\r\n", "Sec-WebSocket-Version: 13\r\n",
    "Accept: text/event-stream\r\n",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
    "Last-Event-ID: 1-1\r\n", "?after=1-1", "/echo", "/a", "/p/x", "/r/x/y", "%2F", "%00", "%", "..", "*", "http://a/a",
    "\u{81}\u{80}", "Expect: 100-continue\r\n", "Origin: null\r\n", "5\r\nhello\r\n0\r\n\r\n", "\u{0}",
  ]
  private static let routes = """
    routes:
      /a: {from: {group: a}}
      /echo: {from: {group: echo}, publish: {to: reply}}
      /p/{x}: {from: {group: "p.{x}"}}
      /r/{rest...}: {from: {group: r}, protocols: [sse]}
      /ws: {from: {group: w}, protocols: [websocket]}
    """
  private static let probe = Array("GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)

  private let path: String
  private let loops: MultiThreadedEventLoopGroup
  private let topology: Topology
  private let descriptorsBefore: Int
  private var runs = 0

  init() async throws {
    path = "/tmp/sluice-fuzz-\(getpid()).socket"
    loops = LoopTurns.makeLoops(1)
    let logger = Logger(label: "fuzz", factory: { _ in SwiftLogNoOpLogHandler() })
    topology = Topology(loops: loops, threads: NIOThreadPool(numberOfThreads: 1), logger: logger)
    let loaded = RouteSet.load(text: "server: {listen: \"unix:\(path)\"}\n\(Self.routes)", file: "fuzz.yaml")
    guard loaded.isUsable else { throw Finding(loaded.report) }
    _ = try await topology.start(loaded.routeSet)
    descriptorsBefore = Self.openDescriptors
  }

  func run(_ input: [UInt8], _ random: inout Random) throws(Finding) {
    let answer = try exchange(random.pieces(of: input))
    if !answer.isEmpty {
      try Finding.unless(answer.starts(with: Array("HTTP/1.1 ".utf8)), "the answer is no HTTP: \(answer.prefix(40))")
      let code = Int(String(decoding: answer.dropFirst(9).prefix(3), as: UTF8.self)) ?? 0
      try Finding.unless((100..<600).contains(code) && code != 500, "the status is \(code)")
    }
    runs += 1
    if runs.isMultiple(of: 50) { try checkAlive() }
  }

  func finish() async throws(Finding) {
    try checkAlive()
    // Connections that were dropped here may be on their way out there.
    for _ in 0..<100 where Self.openDescriptors > descriptorsBefore { usleep(20_000) }
    let open = Self.openDescriptors
    try Finding.unless(open <= descriptorsBefore, "\(open - descriptorsBefore) descriptors are left open")
    await topology.stop()
    unlink(path)
  }

  private func checkAlive() throws(Finding) {
    let answer = try exchange([Self.probe])
    let status = Array("HTTP/1.1 404 ".utf8)
    try Finding.unless(answer.starts(with: status), "it does not serve any more: \(answer.prefix(40))")
  }

  private static var openDescriptors: Int {
    (0..<1024).count { fcntl($0, F_GETFD) >= 0 }
  }

  // MARK: - A client

  /// Sends the pieces and ends its side; returns what came back until the server closed, or until a stream began.
  private func exchange(_ pieces: [[UInt8]]) throws(Finding) -> [UInt8] {
    let descriptor = try connect()
    defer { close(descriptor) }
    var answer: [UInt8] = []
    for piece in pieces {
      var rest = piece[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        // The server may answer and close before it has read all.
        guard count > 0 else { break }
        rest = rest.dropFirst(count)
      }
      _ = sched_yield()
    }
    shutdown(descriptor, CInt(SHUT_WR))
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while !Self.isStream(answer) {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { throw Finding("neither closed nor a stream after 5 s: \(answer.prefix(100))") }
      guard count > 0 else { break }
      answer += buffer[..<count]
    }
    return answer
  }

  /// A subscriber of a quiet group: nothing more will come.
  private static func isStream(_ answer: [UInt8]) -> Bool {
    ["HTTP/1.1 200", "HTTP/1.1 101"].contains { answer.starts(with: Array($0.utf8)) }
  }

  private func connect() throws(Finding) -> CInt {
    #if canImport(Darwin)
      let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #else
      let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    #endif
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    var patience = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let status = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        #if canImport(Darwin)
          Darwin.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        #elseif canImport(Musl)
          Musl.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        #else
          Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        #endif
      }
    }
    guard status == 0 else { throw Finding("no connection: \(String(cString: strerror(errno)))") }
    return descriptor
  }
}
