import Foundation

/// A program's side of a server's control socket.
package struct ServerControl: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  package struct Answer: Sendable {
    /// The exit status of the command.
    package var status: Int
    package var text: String
  }

  /// Asks, and waits for the answer; `nil`: there is none.
  package func ask(_ line: String) -> Answer? { begin(line)?.answer() }

  /// A request whose answer is not waited for.
  package struct Call: Sendable {
    fileprivate let descriptor: CInt

    /// Waits for it, at most a minute; `nil`: the server closed, or said nothing. To be called once.
    package func answer() -> Answer? {
      defer { close(descriptor) }
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { break }
        bytes += buffer[..<count]
      }
      guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
      let numbers = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
      guard numbers.count == 2, numbers[1] == bytes.count - end - 1 else { return nil }
      return Answer(status: numbers[0], text: String(decoding: bytes[(end + 1)...], as: UTF8.self))
    }
  }

  /// Sends a request; `nil`: nobody takes it.
  package func begin(_ line: String) -> Call? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    let bytes = Array((line + "\n").utf8)
    guard result == 0, send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      close(descriptor)
      return nil
    }
    return Call(descriptor: descriptor)
  }
}
