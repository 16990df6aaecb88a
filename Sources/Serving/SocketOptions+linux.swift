import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension NIOBSDSocket.Option {
  /// How long sent bytes may stay without an acknowledgement, in milliseconds (Linux: `TCP_USER_TIMEOUT`).
  static var tcpUserTimeout: NIOBSDSocket.Option {
    #if os(Linux)
      NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)
    #else
      NIOBSDSocket.Option(rawValue: TCP_RXT_CONNDROPTIME)
    #endif
  }
}
