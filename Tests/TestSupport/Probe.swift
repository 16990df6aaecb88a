import Foundation

/// One request, and the start of its answer.
package enum Probe {
  /// The status of a response; `nil`: nobody listens, or nothing is answered within some seconds.
  package static func status(_ path: String, port: Int) -> Int? {
    let descriptor = Sockets.connect(UInt16(port))
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
    var answer = [UInt8](repeating: 0, count: 1024)
    guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count,
      recv(descriptor, &answer, answer.count, 0) > 12
    else { return nil }
    return Int(String(decoding: answer[9..<12], as: UTF8.self))
  }
}
