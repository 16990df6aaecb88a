import Glibc
import TestSupport

/// Subscribers: they count what comes, and some of them read it.
final class Crowd {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private let kind: Case
  private let port: UInt16
  private var watched: [pollfd] = []
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  /// Bytes that each has got since the last `resetCounts`.
  private var counts: [Int] = []
  /// The first of those who joined last.
  private var last = 0
  private(set) var samples: [Int: Sample] = [:]
  /// Comes and goes by itself.
  private var newcomer: CInt = -1

  init(_ kind: Case, port: Int) {
    self.kind = kind
    self.port = UInt16(port)
  }

  deinit {
    for one in watched { close(one.fd) }
    if newcomer >= 0 { close(newcomer) }
  }

  /// So many more come. The first `samples` of them read what they get from message `first` on.
  func join(_ count: Int, samples sampled: Int, _ ticks: Ticks, first: Int) throws {
    last = watched.count
    for index in 0..<count {
      let (connection, rest) = try connect()
      if index < sampled {
        let sample = Sample(ticks, kind, first: first)
        try sample.take(rest)
        samples[watched.count] = sample
      }
      watched.append(pollfd(fd: connection, events: Int16(POLLIN), revents: 0))
      counts.append(0)
    }
  }

  /// One goes, another comes.
  func replaceNewcomer() throws {
    if newcomer >= 0 { close(newcomer) }
    newcomer = try connect().0
  }

  /// A connection whose response's head has come, and what came behind that.
  private func connect() throws -> (CInt, ArraySlice<UInt8>) {
    let connection = Sockets.connect(port)
    guard connection >= 0 else { throw Failure(description: "cannot connect: \(String(cString: strerror(errno)))") }
    let request = Array(kind.request.utf8)
    send(connection, request, request.count, Int32(MSG_NOSIGNAL))
    var answer: [UInt8] = []
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { throw Failure(description: "the server closed a connection") }
      answer += buffer[..<count]
      let end = answer.indices.dropLast(3).first { answer[$0...].starts(with: "\r\n\r\n".utf8) }
      if let end { return (connection, answer[(end + 4)...]) }
      guard answer.count < buffer.count else { throw Failure(description: "the response has no end") }
    }
  }

  /// Reads what comes within some time.
  func read(for milliseconds: Int) throws {
    guard poll(&watched, nfds_t(watched.count), Int32(milliseconds)) > 0 else { return }
    for (index, one) in watched.enumerated() where one.revents != 0 {
      let count = recv(one.fd, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { throw Failure(description: "the server closed a connection") }
      counts[index] += count
      try samples[index]?.take(buffer[..<count])
    }
  }

  func resetCounts() { counts = counts.map { _ in 0 } }

  /// Whether the samples have read all messages before `end`, and those who joined last have got the same number of
  /// bytes: these get the same bytes, also where each has a compressor.
  func hasAll(before end: Int) -> Bool {
    samples.values.allSatisfy { $0.next == end } && Set(counts[last...]).count == 1
  }

  /// How many packets with data the samples have got: at a slow rate, how often the server has sent to them.
  var packets: Int { samples.keys.reduce(0) { $0 + Self.packets(watched[$1].fd) } }

  private static func packets(_ connection: CInt) -> Int {
    // linux/tcp.h, struct tcp_info: `tcpi_data_segs_in`, which the C library's header does not have.
    let offset = 152
    var information = [UInt8](repeating: 0, count: 256)
    var length = socklen_t(information.count)
    guard getsockopt(connection, Int32(IPPROTO_TCP), TCP_INFO, &information, &length) == 0, length >= offset + 4 else {
      return 0
    }
    return Int(information.withUnsafeBytes { $0.load(fromByteOffset: offset, as: UInt32.self) })
  }

  /// How many messages the samples have got compressed.
  var compressed: Int { samples.values.reduce(0) { $0 + $1.compressed } }

  /// Bytes that each of those who joined last has got.
  var bytesEach: Int { counts.last ?? 0 }
}
