#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The few system calls that loading needs; none of them can hang on a pipe or a device.
package enum FileSystem {
  /// What a path names.
  enum Kind: Equatable {
    case file, folder
    /// What is neither, in words: "a named pipe".
    case other(String)
  }

  /// A system call failed; `reason` is the system's text for it.
  package struct Failure: Error {
    package let reason: String
    init(_ reason: String) { self.reason = reason }
    fileprivate init(errno code: Int32) { reason = String(cString: strerror(code)) }
  }

  /// The process's own folder, which never changes.
  static let currentFolder: String = {
    guard let path = getcwd(nil, 0) else { return "" }
    defer { free(path) }
    return String(cString: path)
  }()

  /// What a path names, symbolic links followed.
  static func kind(of path: String) throws(Failure) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { throw Failure(errno: errno) }
    return kind(status)
  }

  private static func kind(_ status: stat) -> Kind {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFIFO: .other("a named pipe")
    case S_IFSOCK: .other("a socket")
    default: .other("a device")
    }
  }

  /// The names in a folder, in no order, without "." and "..".
  static func names(inFolder path: String) throws(Failure) -> [String] {
    guard let folder = opendir(path) else { throw Failure(errno: errno) }
    defer { closedir(folder) }
    var names = [String]()
    while true {
      errno = 0
      guard let entry = readdir(folder) else {
        if errno != 0 { throw Failure(errno: errno) }
        return names
      }
      // Read in place, up to its zero byte: a record is shorter than the array its type declares.
      guard let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) else { preconditionFailure("no d_name") }
      let start = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
      let name = String(cString: start)
      if name != ".", name != ".." { names.append(name) }
    }
  }

  /// A regular file's bytes; nil if it has more than `limit`.
  package static func bytes(ofFile path: String, limit: Int) throws(Failure) -> [UInt8]? {
    // Not blocking: the path may have become a pipe since it was looked at.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Failure(errno: errno) }
    if case .other(let name) = kind(status) { throw Failure("it is \(name)") }
    var bytes = [UInt8]()
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= limit {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(errno: errno)
      }
      bytes += buffer[..<count]
    }
    return nil
  }
}
