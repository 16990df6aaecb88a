import NIOCore

@testable import Descriptors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A client's end, with calls that wait.
struct Peer: ~Copyable {
  private let number: CInt

  init(to address: SocketAddress) throws {
    let made = try StreamSocket.make(for: address)
    _ = fcntl(made, F_SETFL, 0)
    do {
      try StreamSocket.connect(made, to: address)
    } catch {
      close(made)
      throw error
    }
    number = made
  }

  deinit { close(number) }

  func say(_ text: String) { _ = write(number, text, text.utf8.count) }
}

/// Accepts a connection that waits on a listening socket, and reads its first bytes.
func serveOne(on socket: CInt) -> String {
  _ = fcntl(socket, F_SETFL, 0)
  let accepted = accept(socket, nil, nil)
  guard accepted >= 0 else { return "error \(errno)" }
  defer { close(accepted) }
  return readText(accepted)
}

func readText(_ descriptor: CInt) -> String {
  var bytes = [UInt8](repeating: 0, count: 100)
  let count = read(descriptor, &bytes, bytes.count)
  return count < 0 ? "error \(errno)" : String(decoding: bytes.prefix(count), as: UTF8.self)
}

/// The port that the system has chosen.
func port(of socket: CInt) -> Int {
  var address = sockaddr_storage()
  var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
  withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(socket, $0, &length) }
  }
  return withUnsafeBytes(of: &address) { Int($0[2]) << 8 | Int($0[3]) }
}
