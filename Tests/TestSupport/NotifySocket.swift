import Foundation

/// A service manager's end of the notify protocol.
package final class NotifySocket: Sendable {
  package let address: String
  private let descriptor: CInt

  /// `address`: a path, or `@` and an abstract name.
  package init(_ address: String) throws {
    self.address = address
    descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    let bytes = address.hasPrefix("@") ? [0] + Array(address.utf8.dropFirst()) : Array(address.utf8)
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    let result = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard result == 0 else { throw TimedOut(description: "cannot bind \(address): \(errno)") }
  }

  deinit { close(descriptor) }

  /// The next message, a variable a line.
  package func next() async throws -> [String: String] {
    var text: String?
    try await eventually("a message to the service manager") {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count >= 0 { text = String(decoding: buffer[..<count], as: UTF8.self) }
      return text != nil
    }
    let pairs = (text ?? "").split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    return Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") })
  }
}
