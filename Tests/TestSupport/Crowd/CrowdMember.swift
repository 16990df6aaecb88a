import Glibc

/// One client of the crowd: its socket and how far it is.
struct CrowdMember {
  enum Stage {
    /// The request has not been sent.
    case connecting
    /// Waits for the end of the response head.
    case asking
    case reading
    /// It has closed its socket, or the server has.
    case gone
  }

  var descriptor: CInt
  let isWebSocket: Bool
  /// The stream that it reads, by its place in the crowd's list.
  let stream: Int
  /// Comes and goes.
  let isPassing: Bool
  var stage = Stage.connecting
  var check = StreamCheck()
  /// What has come of a piece that is not whole.
  var rest: [UInt8] = []
  /// The close code that the server has sent.
  var closeCode: Int?

  /// Sends what the server is to answer, and pongs. They are small enough for any socket.
  func send(_ bytes: [UInt8]) { _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) }

  func request(_ path: String) -> [UInt8] {
    let kind =
      isWebSocket
      ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" : "Accept: text/event-stream\r\n"
    return Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(kind)\r\n".utf8)
  }

  /// Masked by zeros (RFC 6455 section 5.3).
  func pong(_ payload: UnsafeRawBufferPointer) -> [UInt8] {
    [0x8A, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + Array(payload)
  }

  /// The index behind the response head, and whether it is the answer that was wanted; `nil`: it is not whole.
  func headEnd(_ bytes: UnsafeRawBufferPointer) -> (index: Int, isRight: Bool)? {
    let end = [UInt8]("\r\n\r\n".utf8)
    guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
    let wanted = isWebSocket ? "HTTP/1.1 101" : "HTTP/1.1 200"
    return (start + end.count, bytes.starts(with: wanted.utf8))
  }
}
