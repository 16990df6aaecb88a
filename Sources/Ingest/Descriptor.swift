#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file of the system; closed when the last reference goes.
final class Descriptor: Sendable {
  let number: CInt

  /// Takes ownership of an open descriptor.
  init(owning number: CInt) { self.number = number }

  deinit { close(number) }

  /// Opens a path for reading, never to be inherited by a process.
  ///
  /// - Throws: `SystemError`.
  convenience init(reading path: String, flags: CInt = 0) throws(SystemError) {
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
  func duplicate() throws(SystemError) -> CInt {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw SystemError(errno) }
    return copy
  }

  /// Reads at most `count` bytes, from `offset` if that is given; empty: the end. `nil`: nothing there yet.
  ///
  /// - Throws: `SystemError`.
  func read(_ count: Int, at offset: Int? = nil) throws(SystemError) -> [UInt8]? {
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
  func status() throws(SystemError) -> FileStatus {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw SystemError(errno) }
    return FileStatus(status)
  }
}

/// What the system tells about a file.
struct FileStatus: Equatable, Sendable {
  enum Kind: Sendable {
    case regular, fifo, socket, folder, other
  }

  /// Which file it is, whatever its name.
  struct Identity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
  }

  var identity: Identity
  var kind: Kind
  /// Bytes.
  var size: Int
  /// When it was last written to, in nanoseconds since 1970.
  var modified: Int64

  init(_ status: stat) {
    identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      case S_IFDIR: .folder
      default: .other
      }
    size = Int(status.st_size)
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    modified = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// The file a path names, symbolic links followed; nil if there is none.
  ///
  /// - Throws: `SystemError`.
  init?(ofPath path: String) throws(SystemError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw SystemError(errno)
    }
    self.init(status)
  }
}

/// Why the system refused something.
struct SystemError: Error, Equatable {
  var code: CInt

  init(_ code: CInt) { self.code = code }

  /// In the system's words: "No such file or directory".
  var reason: String {
    var buffer = [CChar](repeating: 0, count: 256)
    _ = strerror_r(code, &buffer, buffer.count)
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
