import NIOCore
import Synchronization

/// A client that takes compression, with an ordinary inflater of its own.
package final class InflatingClient: Sendable {
  private let client: TestClient
  private let state: Shared

  /// Written to by the connection's event loop.
  private final class Shared: Sendable {
    let reader: Mutex<InflatedReader>

    init(windowBits: Int) { reader = Mutex(InflatedReader(windowBits: windowBits)) }
  }

  private init(_ client: TestClient, _ state: Shared) {
    self.client = client
    self.state = state
  }

  /// Sends a request as it is on a new connection. `windowBits`: of its inflater, for a WebSocket.
  package static func request(
    _ text: String, port: Int, windowBits: Int = 15, receiveBuffer: Int? = nil, reads: Bool = true
  ) async throws -> InflatingClient {
    let state = Shared(windowBits: windowBits)
    let client = try await TestClient.connect(port: port, sending: text, receiveBuffer: receiveBuffer, reads: reads) {
      bytes in state.reader.withLock { $0.receive(bytes) }
    }
    client.channel.closeFuture.whenComplete { _ in state.reader.withLock { $0.close() } }
    return InflatingClient(client, state)
  }

  /// `encoding`: the value of `Accept-Encoding`, if there is one.
  package static func get(
    _ path: String, port: Int, encoding: String? = "gzip", headers: [String: String] = [:], receiveBuffer: Int? = nil,
    reads: Bool = true
  ) async throws -> InflatingClient {
    var headers = headers
    if let encoding { headers["Accept-Encoding"] = encoding }
    let fields = headers.map { "\($0): \($1)\r\n" }.joined()
    return try await request(
      "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n", port: port, receiveBuffer: receiveBuffer, reads: reads
    )
  }

  package static func events(
    _ path: String, port: Int, lastID: String? = nil, receiveBuffer: Int? = nil, reads: Bool = true
  ) async throws -> InflatingClient {
    var headers = ["Accept": "text/event-stream"]
    if let lastID { headers["Last-Event-ID"] = lastID }
    return try await get(path, port: port, headers: headers, receiveBuffer: receiveBuffer, reads: reads)
  }

  /// `offer`: the value of `Sec-WebSocket-Extensions`, if there is one.
  package static func webSocket(
    _ path: String, port: Int, offer: String? = "permessage-deflate", windowBits: Int = 15, receiveBuffer: Int? = nil,
    reads: Bool = true
  ) async throws -> InflatingClient {
    let offered = offer.map { "Sec-WebSocket-Extensions: \($0)\r\n" } ?? ""
    return try await request(
      "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(offered)\r\n",
      port: port, windowBits: windowBits, receiveBuffer: receiveBuffer, reads: reads)
  }

  package var reading: InflatedReading { state.reader.withLock { $0.reading } }

  /// Waits until what has come satisfies the condition, and returns it.
  @discardableResult
  package func wait(
    for what: String, within limit: Duration = .seconds(120), _ condition: (InflatedReading) -> Bool
  ) async throws -> InflatedReading {
    var reading = reading
    do {
      try await eventually(what, within: limit) {
        reading = self.reading
        if condition(reading) { return true }
        guard reading.failure == nil, !reading.isClosed else { throw TimedOut(description: "not to come: \(what)") }
        return false
      }
    } catch let error as TimedOut {
      throw TimedOut(
        description: "\(error.description); \(reading.status), failure \(reading.failure ?? "none"), "
          + "closed \(reading.isClosed), \(reading.frames.count) frames, \(reading.content.readableBytes) bytes, "
          + "at the end \(reading.tail.debugDescription)")
    }
    return reading
  }

  /// Waits until the head has come: what is new from here on it will get.
  @discardableResult
  package func waitForHead() async throws -> InflatedReading { try await wait(for: "a head") { $0.status != 0 } }

  @discardableResult
  package func waitForClose() async throws -> InflatedReading { try await wait(for: "the end") { $0.isClosed } }

  package func send(_ bytes: ByteBuffer) async throws { try await client.send(bytes) }
  package func startReading() { client.startReading() }
  package func stopReading() async throws { try await client.stopReading() }
  package func close() async { await client.close() }
}
