import NIOCore

extension TestClient {
  package var response: Response? { Response(bytes) }

  /// Sends a GET on a new connection.
  package static func get(
    _ path: String, port: Int, headers: [String: String] = [:], receiveBuffer: Int? = nil, reads: Bool = true,
    answersPings: Bool = true, consume: (@Sendable (ByteBuffer) -> Void)? = nil
  ) async throws -> TestClient {
    let extra = headers.map { "\($0): \($1)\r\n" }.joined()
    return try await connect(
      port: port, sending: "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(extra)\r\n", receiveBuffer: receiveBuffer,
      reads: reads, answersPings: answersPings, consume: consume)
  }

  package static func events(_ path: String, port: Int, lastID: String? = nil) async throws -> TestClient {
    var headers = ["Accept": "text/event-stream"]
    if let lastID { headers["Last-Event-ID"] = lastID }
    return try await get(path, port: port, headers: headers)
  }

  package static func webSocket(
    _ path: String, port: Int, answersPings: Bool = true, consume: (@Sendable (ByteBuffer) -> Void)? = nil
  ) async throws -> TestClient {
    try await get(
      path, port: port,
      headers: [
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      ], answersPings: answersPings, consume: consume)
  }

  /// Sends a masked frame.
  package func send(opcode: UInt8, _ payload: String) async throws {
    try await send(ClientFrame.encode(ClientFrame.final | opcode, Array(payload.utf8)))
  }

  /// Waits until the response satisfies the condition, and returns it.
  @discardableResult
  package func wait(
    for what: String, within limit: Duration = .seconds(120), _ condition: (Response) -> Bool
  ) async throws -> Response {
    // A response is read anew only when more of it has come.
    var seen = -1
    try await waitForBytes(what, within: limit) {
      let bytes = bytes
      guard bytes.readableBytes != seen else { return false }
      seen = bytes.readableBytes
      return Response(bytes).map(condition) ?? false
    }
    guard let response else { throw TimedOut(description: what) }
    return response
  }
}
