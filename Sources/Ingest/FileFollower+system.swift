#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension FileFollower {
  /// A named pipe at the path must not make `open` wait.
  static let openFlags = O_NONBLOCK
  static let missingFile = ENOENT
  static let isFolder = EISDIR
  static let notAFile = EINVAL
}
