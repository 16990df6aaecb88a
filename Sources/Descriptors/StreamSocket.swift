import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The system's calls for a stream socket, by its number.
enum StreamSocket {
  /// Connections that wait to be accepted; the system may allow fewer (`net.core.somaxconn`).
  static let backlog: CInt = 4096

  /// A socket for an address of this kind, never to be inherited by a process nor waited on; its user closes it.
  static func make(for address: SocketAddress) throws(SystemError) -> CInt {
    let family = CInt(address.protocol.rawValue)
    #if canImport(Glibc)
      let made = socket(family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    #elseif canImport(Musl)
      let made = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)
    #else
      let made = socket(family, SOCK_STREAM, 0)
      _ = fcntl(made, F_SETFD, FD_CLOEXEC)
      _ = fcntl(made, F_SETFL, O_NONBLOCK)
    #endif
    guard made >= 0 else { throw SystemError(errno) }
    return made
  }

  /// A socket that listens on one of these addresses, the first that this machine has.
  static func listening(on addresses: [SocketAddress]) throws(SystemError) -> CInt {
    var refused = SystemError(EADDRNOTAVAIL)
    for address in addresses {
      do throws(SystemError) {
        return try listening(on: address)
      } catch {
        refused = error
        guard [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.code) else { break }
      }
    }
    throw refused
  }

  private static func listening(on address: SocketAddress) throws(SystemError) -> CInt {
    let number = try make(for: address)
    do throws(SystemError) {
      var yes: CInt = 1
      setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
      try bind(number, to: address)
      // Only this tells that somebody else listens there.
      try listen(number)
      return number
    } catch {
      close(number)
      throw error
    }
  }

  static func bind(_ number: CInt, to address: SocketAddress) throws(SystemError) {
    let result = address.withSockAddr { Glue.bind(number, $0, socklen_t($1)) }
    guard result == 0 else { throw SystemError(errno) }
  }

  static func listen(_ number: CInt) throws(SystemError) {
    guard Glue.listen(number, backlog) == 0 else { throw SystemError(errno) }
  }

  /// Ends listening, whoever else has the socket; its address is free when the last of them has closed it, or for a
  /// socket that listens there anew.
  static func shutDown(_ number: CInt) { _ = shutdown(number, CInt(SHUT_RDWR)) }

  static func connect(_ number: CInt, to address: SocketAddress) throws(SystemError) {
    let result = address.withSockAddr { Glue.connect(number, $0, socklen_t($1)) }
    guard result == 0 else { throw SystemError(errno) }
  }
}

/// The system's functions, where others have their names.
private enum Glue {
  #if canImport(Glibc)
    static let bind = Glibc.bind
    static let listen = Glibc.listen
    static let connect = Glibc.connect
  #elseif canImport(Musl)
    static let bind = Musl.bind
    static let listen = Musl.listen
    static let connect = Musl.connect
  #else
    static let bind = Darwin.bind
    static let listen = Darwin.listen
    static let connect = Darwin.connect
  #endif
}
