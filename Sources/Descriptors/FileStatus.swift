#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the system tells about a file.
package struct FileStatus: Equatable, Sendable {
  /// What kind of file it is.
  package enum Kind: Sendable {
    case regular, fifo, socket, folder, other
  }

  /// Which file it is, whatever its name.
  package struct Identity: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64
  }

  package var identity: Identity
  package var kind: Kind
  /// Bytes.
  package var size: Int
  /// When it was last written to, in nanoseconds since 1970.
  package var modified: Int64

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
  package init?(ofPath path: String) throws(SystemError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw SystemError(errno)
    }
    self.init(status)
  }
}
