import Filters

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard input cannot be read, or standard output not written.
struct StreamFailure: Error {
  /// `nil`: nobody reads the output any more, which needs no word.
  var message: String?
}

/// Standard input, a piece at a time.
struct StandardInput {
  enum Event {
    /// So many bytes are in the buffer.
    case bytes(Int)
    /// The deadline has come.
    case time
    case end
  }

  /// What the last read brought, and what was there before behind it.
  private(set) var buffer = [UInt8](repeating: 0, count: pieceSize)

  /// The most bytes of one read: 256 KiB.
  private static let pieceSize = 256 << 10

  /// Waits for bytes, or for a deadline in nanoseconds of `Moment.uptime`.
  mutating func next(until deadline: Int64?) throws(StreamFailure) -> Event {
    while true {
      if let deadline, try !Self.isReadable(until: deadline) { return .time }
      let count = buffer.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
      if count > 0 { return .bytes(count) }
      if count == 0 { return .end }
      switch errno {
      case EINTR: continue
      case EAGAIN: _ = try Self.wait(for: Int16(POLLIN), timeout: -1)
      default: throw StreamFailure(message: "cannot read standard input: \(String(cString: strerror(errno)))")
      }
    }
  }

  /// Whether a read would bring something, or the end, at once.
  var isReady: Bool { (try? Self.wait(for: Int16(POLLIN), timeout: 0)) ?? true }

  /// False: the deadline has come first.
  private static func isReadable(until deadline: Int64) throws(StreamFailure) -> Bool {
    while true {
      let left = deadline - Moment.now().uptime
      guard left > 0 else { return try wait(for: Int16(POLLIN), timeout: 0) }
      // Rounded up, in milliseconds: a wait that ends early would only be repeated.
      if try wait(for: Int16(POLLIN), timeout: CInt(min((left + 999_999) / 1_000_000, 60_000))) { return true }
    }
  }

  private static func wait(for events: Int16, timeout: CInt) throws(StreamFailure) -> Bool {
    var entry = pollfd(fd: STDIN_FILENO, events: events, revents: 0)
    let count = poll(&entry, 1, timeout)
    guard count >= 0 || errno == EINTR else {
      throw StreamFailure(message: "cannot wait for standard input: \(String(cString: strerror(errno)))")
    }
    return count > 0
  }
}
