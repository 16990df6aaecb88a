import Glibc
import TestSupport

/// One measurement of one server.
struct Trial {
  enum Kind {
    case bare
    case sluice
  }

  struct Result {
    /// Microseconds of processor time, user and system, for each delivered message.
    var cost: Double
    /// Resident bytes that each subscriber added.
    var memory: Int
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private let plan: Plan
  private let kind: Kind

  init(_ plan: Plan, _ kind: Kind) throws {
    self.plan = plan
    self.kind = kind
    Sockets.raiseLimit()
  }

  func run() throws -> Result {
    let server = try Server(kind)
    defer { server.stop() }
    let empty = server.residentBytes
    let connections = try connect(server)
    defer { for connection in connections { close(connection) } }
    let reader = Reader(connections)
    let resident = server.residentBytes
    let expected = plan.subscribers * plan.messages * bytesOnTheWire
    let before = server.cpuMicroseconds
    feed(server, reader)
    try drain(reader, until: expected)
    let spent = server.cpuMicroseconds - before
    return Result(
      cost: Double(spent) / Double(plan.subscribers * plan.messages),
      memory: max(0, resident - empty) / plan.subscribers)
  }

  /// The bare server sends the line with its newline; a WebSocket frame of under 126 bytes has 2 bytes of head, else 4.
  private var bytesOnTheWire: Int {
    kind == .bare ? plan.bytes + 1 : plan.bytes + (plan.bytes < 126 ? 2 : plan.bytes < 65536 ? 4 : 10)
  }

  private func connect(_ server: Server) throws -> [CInt] {
    let request = Array(
      ("GET /x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").utf8)
    var answer = [UInt8](repeating: 0, count: 1024)
    return try (0..<plan.subscribers).map { _ in
      let connection = Sockets.connect(server.port)
      guard connection >= 0 else { throw Failure(description: "cannot connect: \(String(cString: strerror(errno)))") }
      send(connection, request, request.count, Int32(MSG_NOSIGNAL))
      guard recv(connection, &answer, answer.count, 0) > 12, answer[9] == 0x31 else {
        throw Failure(description: "the server did not answer 101")
      }
      return connection
    }
  }

  /// Writes messages at the rate, and reads meanwhile.
  private func feed(_ server: Server, _ reader: Reader) {
    let line = [UInt8](repeating: 0x61, count: plan.bytes) + [0x0A]
    let start = Clock.microseconds
    for number in 0..<plan.messages {
      server.write(line)
      let next = start + (number + 1) * 1_000_000 / plan.rate
      while Clock.microseconds < next { reader.read(for: max(1, (next - Clock.microseconds) / 1000)) }
    }
  }

  private func drain(_ reader: Reader, until expected: Int) throws {
    let deadline = Clock.microseconds + 20_000_000
    while reader.total < expected, Clock.microseconds < deadline { reader.read(for: 10) }
    guard reader.total == expected else {
      throw Failure(description: "\(reader.total) bytes were delivered, \(expected) were expected")
    }
  }
}

/// Monotonic time.
enum Clock {
  static var microseconds: Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
  }
}

/// All clients: reads what comes and counts it.
final class Reader {
  private var watched: [pollfd]
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private(set) var total = 0

  init(_ connections: [CInt]) {
    watched = connections.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  }

  func read(for milliseconds: Int) {
    guard poll(&watched, nfds_t(watched.count), Int32(milliseconds)) > 0 else { return }
    for one in watched where one.revents != 0 {
      total += max(0, recv(one.fd, &buffer, buffer.count, Int32(MSG_DONTWAIT)))
    }
  }
}
