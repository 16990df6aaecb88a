#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The address of a Unix socket as the system takes it.
struct UnixAddress: Sendable {
  private let bytes: [UInt8]

  /// `text`: a path, or `@` and an abstract name. `nil`: it is neither, or too long.
  init?(_ text: String) {
    guard text.hasPrefix("/") || (text.hasPrefix("@") && text.utf8.count > 1) else { return nil }
    self.init(bytes: text.hasPrefix("@") ? [0] + text.utf8.dropFirst() : Array(text.utf8))
  }

  /// A path, also a relative one. `nil`: it is too long, or empty.
  init?(path: String) { self.init(bytes: Array(path.utf8)) }

  private init?(bytes: [UInt8]) {
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
    self.bytes = bytes
  }

  func withSystemAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    // An abstract name is as long as the address says, a path ends at its zero byte.
    let head = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? MemoryLayout<sa_family_t>.size
    let length = socklen_t(head + bytes.count + (bytes.first == 0 ? 0 : 1))
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// A socket for such addresses that waits at most a few seconds for a peer that takes nothing.
  static func makeSocket(isStream: Bool) -> CInt? {
    #if canImport(Glibc)
      let type = CInt((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
    #else
      let type = isStream ? SOCK_STREAM : SOCK_DGRAM
    #endif
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { return nil }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    setTimeout(descriptor, SO_SNDTIMEO, seconds: 5)
    return descriptor
  }

  /// Bounds each wait of a socket.
  static func setTimeout(_ descriptor: CInt, _ option: CInt, seconds: Int) {
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
  }
}
