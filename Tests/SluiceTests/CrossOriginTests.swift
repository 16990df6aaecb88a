import TestSupport
import Testing

/// Whose pages may read an endpoint (Fetch standard section 3.2, RFC 6455 section 10.2), through the built binary.
struct CrossOriginTests {
  private func serve() async throws -> SluiceProcess {
    try await SluiceProcess.serve(
      """
      sources: {beat: {interval: 20ms, text: beat}}
      routes:
        /listed: {from: beat, origins: [https://example.com, "http://localhost:3000"]}
        /any: {from: beat, origins: ["*"]}
        /both: {from: beat, origins: ["*", https://example.com]}
        /none: {from: beat}
      """)
  }

  private func head(
    _ sluice: SluiceProcess, _ path: String, _ headers: [String: String], method: String = "GET"
  ) async throws -> Response {
    let lines = headers.map { "\($0): \($1)\r\n" }.joined()
    let client = try await TestClient.connect(
      port: sluice.port, sending: "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(lines)\r\n")
    let response = try await client.wait(for: "a head") { _ in true }
    await client.close()
    return response
  }

  private let upgrade = [
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  ]

  @Test func `a page of a listed origin may read, with credentials, over every protocol`() async throws {
    let sluice = try await serve()
    for origin in ["https://example.com", "HTTPS://EXAMPLE.com:443", "http://localhost:3000"] {
      for accept in ["*/*", "text/event-stream"] {
        let response = try await head(sluice, "/listed", ["Origin": origin, "Accept": accept])
        #expect(response.status == 200)
        #expect(response.headers["access-control-allow-origin"] == origin)
        #expect(response.headers["access-control-allow-credentials"] == "true")
        #expect(response.headers["access-control-expose-headers"]?.contains("Sluice-Position") == true)
      }
      let socket = try await head(sluice, "/listed", upgrade.merging(["Origin": origin]) { $1 })
      #expect(socket.status == 101)
    }
    try await sluice.stop()
  }

  @Test func `a page of another origin is refused, our own included unless it is listed`() async throws {
    let sluice = try await serve()
    let others = [
      "https://evil.example", "http://example.com", "https://example.com.evil.example", "https://example.com:8443",
      "null", "https://example.com/", "http://localhost:\(sluice.port)",
    ]
    for origin in others {
      for headers in [[:], ["Accept": "text/event-stream"], upgrade] {
        let response = try await head(sluice, "/listed", headers.merging(["Origin": origin]) { $1 })
        #expect(response.status == 403, "\(origin)")
        #expect(response.headers["access-control-allow-origin"] == nil)
        #expect(response.headers["vary"] == "Origin")
      }
      #expect(try await head(sluice, "/listed", ["Origin": origin], method: "OPTIONS").status == 403)
    }
    let twice = try await head(sluice, "/listed", ["Origin": "https://example.com\r\nOrigin: https://evil.example"])
    #expect(twice.status == 403)
    try await sluice.stop()
  }

  @Test func `what sends no origin is no page and is served`() async throws {
    let sluice = try await serve()
    #expect(try await head(sluice, "/listed", [:]).status == 200)
    #expect(try await head(sluice, "/listed", upgrade).status == 101)
    try await sluice.stop()
  }

  @Test func `any origin may read without credentials, a listed one beside it with them`() async throws {
    let sluice = try await serve()
    for path in ["/any", "/both"] {
      for origin in ["https://other.example", "null"] {
        let response = try await head(sluice, path, ["Origin": origin])
        #expect(response.status == 200)
        #expect(response.headers["access-control-allow-origin"] == "*")
        #expect(response.headers["access-control-allow-credentials"] == nil)
      }
    }
    let listed = try await head(sluice, "/both", ["Origin": "https://example.com"])
    #expect(listed.headers["access-control-allow-origin"] == "https://example.com")
    #expect(listed.headers["access-control-allow-credentials"] == "true")
    try await sluice.stop()
  }

  @Test func `without 'origins' nothing is said of origins, and any WebSocket is taken`() async throws {
    let sluice = try await serve()
    let response = try await head(sluice, "/none", ["Origin": "https://example.com"])
    #expect(response.status == 200)
    #expect(!response.headers.keys.contains { $0.hasPrefix("access-control") })
    #expect(try await head(sluice, "/none", upgrade.merging(["Origin": "https://evil.example"]) { $1 }).status == 101)
    let preflight = ["Origin": "https://example.com", "Access-Control-Request-Method": "GET"]
    let options = try await head(sluice, "/none", preflight, method: "OPTIONS")
    #expect(options.status == 204)
    #expect(!options.headers.keys.contains { $0.hasPrefix("access-control") })
    try await sluice.stop()
  }

  // Fetch standard section 4.8 "CORS-preflight fetch"
  @Test func `a preflight is answered for what a script may send`() async throws {
    let sluice = try await serve()
    let preflight = [
      "Origin": "https://example.com", "Access-Control-Request-Method": "GET",
      "Access-Control-Request-Headers": "last-event-id, Authorization,x-unknown",
    ]
    let response = try await head(sluice, "/listed", preflight, method: "OPTIONS")
    #expect(response.status == 204)
    #expect(response.headers["access-control-allow-origin"] == "https://example.com")
    #expect(response.headers["access-control-allow-credentials"] == "true")
    #expect(response.headers["access-control-allow-methods"] == "GET, HEAD")
    #expect(
      response.headers["access-control-allow-headers"] == "Last-Event-ID, Cache-Control, Prefer, authorization")
    #expect(response.headers["access-control-max-age"] == "600")
    #expect(response.headers["content-length"] == nil)
    try await sluice.stop()
  }

  @Test func `a script can read why it was refused`() async throws {
    let sluice = try await serve()
    let headers = ["Origin": "https://example.com", "Accept": "image/png"]
    let response = try await head(sluice, "/listed", headers)
    #expect(response.status == 406)
    #expect(response.headers["access-control-allow-origin"] == "https://example.com")
    #expect(try await head(sluice, "/listed", headers, method: "POST").headers["access-control-allow-origin"] != nil)
    #expect(try await head(sluice, "/listed", headers, method: "HEAD").status == 406)
    try await sluice.stop()
  }
}
