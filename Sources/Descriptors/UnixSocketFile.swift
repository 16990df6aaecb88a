import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The file of a listening Unix socket: made for this server's user alone, removed at the end.
package final class UnixSocketFile: Sendable {
  private let path: String
  private let identity: FileStatus.Identity?
  private let socket: Mutex<CInt?>

  /// Makes a bound socket that does not listen yet; a file that nobody answers on is replaced.
  ///
  /// - Throws: `OpenFailure` when the path cannot be used, or somebody listens there.
  package init(binding path: String) throws(OpenFailure) {
    guard var address = Self.address(path) else { throw Self.failure(path, "its path is too long for a socket") }
    try Self.removeStale(path, &address)
    let socket = try Self.makeSocket(path)
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    guard Self.withSocketAddress(&address, { bind(socket, $0, length) }) == 0 else {
      let error = SystemError(errno)
      close(socket)
      throw Self.failure(path, error)
    }
    // Nobody can connect before the socket listens, so there is no moment at which others could.
    chmod(path, 0o600)
    self.path = path
    self.socket = Mutex(socket)
    identity = try? FileStatus(ofPath: path)?.identity
  }

  deinit { if let socket = socket.withLock({ $0 }) { close(socket) } }

  /// The bound socket; its taker closes it.
  package func takeSocket() -> CInt {
    socket.withLock { socket in
      defer { socket = nil }
      return socket ?? -1
    }
  }

  /// Removes the file, if it is still this one.
  package func remove() {
    guard let identity, let now = try? FileStatus(ofPath: path), now.identity == identity else { return }
    unlink(path)
  }

  private static func failure(_ path: String, _ reason: String) -> OpenFailure {
    OpenFailure("cannot listen on \(path)", reason)
  }

  private static func failure(_ path: String, _ error: SystemError) -> OpenFailure {
    OpenFailure("cannot listen on \(path)", error)
  }

  private static func removeStale(_ path: String, _ address: inout sockaddr_un) throws(OpenFailure) {
    let status: FileStatus?
    do {
      status = try FileStatus(ofPath: path)
    } catch {
      throw failure(path, error)
    }
    guard let status else { return }
    guard status.kind == .socket else { throw failure(path, "it is a file, not a socket") }
    let probe = try makeSocket(path)
    defer { close(probe) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let answer = withSocketAddress(&address) { connect(probe, $0, length) }
    // Only a refusal means that nobody listens; a full backlog or a lack of rights does not.
    guard answer != 0, errno == ECONNREFUSED else {
      throw failure(path, "somebody listens there")
    }
    unlink(path)
  }

  private static func makeSocket(_ path: String) throws(OpenFailure) -> CInt {
    #if canImport(Glibc)
      let type = CInt(SOCK_STREAM.rawValue)
    #else
      let type = SOCK_STREAM
    #endif
    let made = Glue.socket(AF_UNIX, type, 0)
    guard made >= 0 else { throw failure(path, SystemError(errno)) }
    _ = fcntl(made, F_SETFD, FD_CLOEXEC)
    _ = fcntl(made, F_SETFL, O_NONBLOCK)
    return made
  }

  private static func address(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
      guard bytes.count < room.count else { return false }
      room.copyBytes(from: bytes)
      return true
    }
    return fits ? address : nil
  }

  private static func withSocketAddress(_ address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>) -> CInt) -> CInt
  {
    withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
  }
}

/// The system's function, where a property has its name.
private enum Glue {
  static func socket(_ family: CInt, _ type: CInt, _ proto: CInt) -> CInt {
    #if canImport(Glibc)
      Glibc.socket(family, type, proto)
    #elseif canImport(Musl)
      Musl.socket(family, type, proto)
    #else
      Darwin.socket(family, type, proto)
    #endif
  }
}
