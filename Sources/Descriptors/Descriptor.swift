#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file of the system; closed when the last reference goes.
package final class Descriptor: Sendable {
  /// The system's number for it, valid as long as this lives.
  package let number: CInt

  /// Takes ownership of an open descriptor.
  package init(owning number: CInt) { self.number = number }

  deinit { close(number) }

  /// Opens a path for reading, never to be inherited by a process.
  ///
  /// - Throws: `SystemError`.
  package convenience init(reading path: String, flags: CInt = 0) throws(SystemError) {
    while true {
      let number = open(path, O_RDONLY | O_CLOEXEC | flags)
      if number >= 0 {
        self.init(owning: number)
        return
      }
      guard errno == EINTR else { throw SystemError(errno) }
    }
  }

  /// A second descriptor of the same open file, which its user must close.
  ///
  /// - Throws: `SystemError`.
  package func duplicate() throws(SystemError) -> CInt { try Self.duplicate(number) }

  static func duplicate(_ number: CInt) throws(SystemError) -> CInt {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw SystemError(errno) }
    return copy
  }

  /// Reads at most `count` bytes, from `offset` if that is given; empty: the end. `nil`: nothing there yet.
  ///
  /// - Throws: `SystemError`.
  package func read(_ count: Int, at offset: Int? = nil) throws(SystemError) -> [UInt8]? {
    var reason: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
      var result: Int
      repeat {
        result =
          if let offset { pread(number, buffer.baseAddress, count, off_t(offset)) } else {
            Self.readNow(number, buffer.baseAddress, count)
          }
      } while result < 0 && errno == EINTR
      if result < 0 { reason = errno }
      length = max(result, 0)
    }
    if reason == EAGAIN || reason == EWOULDBLOCK { return nil }
    if reason != 0 { throw SystemError(reason) }
    return bytes
  }

  private static func readNow(_ number: CInt, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.read(number, buffer, count)
    #elseif canImport(Musl)
      Musl.read(number, buffer, count)
    #else
      Darwin.read(number, buffer, count)
    #endif
  }

  /// What the file is.
  ///
  /// - Throws: `SystemError`.
  package func status() throws(SystemError) -> FileStatus {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw SystemError(errno) }
    return FileStatus(status)
  }
}
