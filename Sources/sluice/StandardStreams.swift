#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whole writes to standard output and standard error: lines of different threads do not mix.
enum StandardStreams {
  static func writeOutput(_ text: String) { write(text, to: STDOUT_FILENO) }
  static func writeError(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Bytes to standard output.
  static func writeOutput(_ bytes: [UInt8]) throws(StreamFailure) {
    let reason = bytes.withUnsafeBytes { write($0, to: STDOUT_FILENO) }
    guard let reason else { return }
    guard reason != EPIPE else { throw StreamFailure(message: nil) }
    throw StreamFailure(message: "cannot write standard output: \(String(cString: strerror(reason)))")
  }

  /// Gives up when nobody reads any more.
  private static func write(_ text: String, to descriptor: CInt) {
    var text = text
    text.withUTF8 { _ = write(UnsafeRawBufferPointer($0), to: descriptor) }
  }

  /// Waits where the descriptor is not blocking. Returns why not all could be written: `errno`.
  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> CInt? {
    var rest = bytes
    while !rest.isEmpty {
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      #elseif canImport(Musl)
        let count = Musl.write(descriptor, rest.baseAddress, rest.count)
      #else
        let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
      #endif
      if count < 0, errno == EAGAIN {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, -1)
      } else if count < 0, errno != EINTR {
        return errno
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[max(0, count)...])
    }
    return nil
  }
}
