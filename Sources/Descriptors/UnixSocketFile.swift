import NIOCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The file of a listening Unix socket: removed at the end, if it is still the same.
package final class UnixSocketFile: Sendable {
  /// Who may connect, and what becomes of a socket that is there already.
  package enum Access: Hashable, Sendable {
    /// This server's user alone; a socket that somebody listens on stays.
    case owner
    /// Whom the umask lets; any socket is replaced, for good when this one is kept.
    case umask
  }

  private let path: String
  /// Which file it is.
  let identity: FileStatus.Identity?
  private let socket: Mutex<CInt?>
  /// Where the socket is that it replaces, until it is kept.
  private let former: Mutex<String?>

  /// The longest path of a socket, in bytes.
  private static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// Makes a bound socket that does not listen yet; a file that nobody answers on is replaced.
  ///
  /// - Throws: `OpenFailure` when the path cannot be used, or somebody listens there.
  package init(binding path: String, access: Access = .owner) throws(OpenFailure) {
    guard path.utf8.count <= Self.longestPath, let address = try? SocketAddress(unixDomainSocketPath: path) else {
      throw OpenFailure(Self.refusal(path), "its path is too long for a socket")
    }
    let former = try Self.makeWay(at: path, for: access, address)
    let number: CInt
    do throws(OpenFailure) {
      number = try Self.bound(address, path)
    } catch {
      if let former { rename(former, path) }
      throw error
    }
    // Nobody can connect before the socket listens, so there is no moment at which others could.
    if access == .owner { chmod(path, 0o600) }
    self.path = path
    socket = Mutex(number)
    self.former = Mutex(former)
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

  /// Gives up the socket that this one replaces.
  func keep() { if let former = former.withLock({ $0.take() }) { unlink(former) } }

  /// Removes the file, if it is still this one. If it was not kept, what it has replaced is back.
  package func remove() {
    let former = former.withLock { $0.take() }
    guard let identity, let now = try? FileStatus(ofPath: path), now.identity == identity else {
      if let former { unlink(former) }
      return
    }
    if let former { rename(former, path) } else { unlink(path) }
  }

  /// Removes a socket that is there already, or moves one that somebody may listen on out of the way. Returns where to.
  private static func makeWay(
    at path: String, for access: Access, _ address: SocketAddress
  ) throws(OpenFailure) -> String? {
    let status = try OpenFailure.of(refusal(path)) { () throws(SystemError) in try FileStatus(ofPath: path) }
    guard let status else { return nil }
    guard status.kind == .socket else { throw OpenFailure(refusal(path), "it is a file, not a socket") }
    let isAnswered = try isAnswered(address, path)
    if isAnswered, access == .owner { throw OpenFailure(refusal(path), "somebody listens there") }
    let former = isAnswered ? "\(path).before-\(getpid())" : nil
    let result = former.map { rename(path, $0) } ?? unlink(path)
    guard result == 0 || errno == ENOENT else { throw OpenFailure(refusal(path), SystemError(errno)) }
    return former
  }

  private static func isAnswered(_ address: SocketAddress, _ path: String) throws(OpenFailure) -> Bool {
    let probe = try OpenFailure.of(refusal(path)) { () throws(SystemError) in try StreamSocket.make(for: address) }
    defer { close(probe) }
    do throws(SystemError) {
      try StreamSocket.connect(probe, to: address)
      return true
    } catch {
      // Only a refusal means that nobody listens; a full backlog or a lack of rights does not.
      return error.code != ECONNREFUSED
    }
  }

  private static func bound(_ address: SocketAddress, _ path: String) throws(OpenFailure) -> CInt {
    try OpenFailure.of(refusal(path)) { () throws(SystemError) in
      let number = try StreamSocket.make(for: address)
      do throws(SystemError) {
        try StreamSocket.bind(number, to: address)
      } catch {
        close(number)
        throw error
      }
      return number
    }
  }

  private static func refusal(_ path: String) -> String { Claim.unix(path: path).refusal }
}
