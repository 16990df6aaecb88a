import Foundation
import TestSupport
import Testing

/// `sluice explain`, as a shell sees it.
struct ExplainTests {
  private let routes = """
    sources:
      ticks: {interval: 1s, filters: [{drop: volume}], on_demand: true}
    routes:
      /stocks/{symbol}:
        from: ticks
        protocols: [sse, websocket]
        filters: [{pick: [symbol, price]}, {where: msg.symbol == params.symbol && msg.price > 1}]
        history: {messages: 5, age: 1m}
        replay: last
      /stocks: {from: ticks}
      /rooms/{room}: {from: {group: 'room.{room}'}, origins: ['https://a.example']}
      /{page...}: {from: {interval: 1s}}

    """

  private func explain(_ arguments: [String]) async throws -> (status: Int32, output: String, errors: String) {
    let folder = try TemporaryFolder()
    try folder.write("r.yaml", routes)
    return try await SluiceProcess.run(["explain"] + arguments + ["r.yaml"], folder: folder)
  }

  @Test func `a request that would be served is explained`() async throws {
    let result = try await explain(["/stocks/ACME?x=1", "-H", "Accept: text/event-stream"])
    #expect(result.errors == "")
    #expect(result.status == 0)
    #expect(
      result.output == """
        GET /stocks/ACME?x=1: 200, sse
          route              /stocks/{symbol}
          defined at         r.yaml:4:3
          parameters         symbol = ACME
          protocol           sse: Accept names text/event-stream
          not                websocket: the request has no 'Upgrade: websocket'
                             stream: the route does not speak it
                             poll: the route does not speak it
          source             ticks: interval, on demand
          source filters     drop (r.yaml:2:36)
          filters            pick (r.yaml:7:16)
          filters per value  where: msg.symbol == params.symbol && msg.price > 1 (r.yaml:7:41)
          values             params.symbol
          index              msg.symbol == params.symbol
          replay             last
          history            5 messages, 1MiB, 1m
          slow               skip at 4MiB, waits 250ms
          compression        shared, level 6, messages from 32 bytes
          publish            refused
          other routes       /stocks: the request has 2 segments, the path 1
                             /{page...}: matches too, but /stocks/{symbol} is more specific
                             /rooms/{room}: segment 1 is 'stocks', not 'rooms'

        """)
  }

  @Test func `a refusal is explained, and exits with 1`() async throws {
    let result = try await explain(["/stocks/ACME"])
    #expect(result.status == 0)
    let refused = try await explain(["/stocks/ACME", "-H", "Accept: text/html"])
    #expect(refused.status == 1)
    #expect(refused.output.hasPrefix("GET /stocks/ACME: 406 Not Acceptable\n"))
    #expect(refused.output.contains("reason             this endpoint sends text/event-stream\n"))
    #expect(refused.output.contains("sse: Accept does not admit text/event-stream\n"))
    let method = try await explain(["/stocks", "-X", "PUT"])
    #expect(method.status == 1)
    #expect(method.output.hasPrefix("PUT /stocks: 405 Method Not Allowed\n"))
    let origin = try await explain(["/rooms/a", "-H", "Origin: https://b.example"])
    #expect(origin.output.hasPrefix("GET /rooms/a: 403 Forbidden\n"))
  }

  @Test func `a ws URL asks for a WebSocket`() async throws {
    let result = try await explain(["ws://localhost:8080/stocks"])
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("GET http://localhost:8080/stocks: 101, websocket\n"))
    #expect(result.output.contains("websocket: the request has 'Upgrade: websocket'\n"))
  }

  @Test func `the group of a request is named`() async throws {
    let result = try await explain(["/rooms/lobby?after=abc-5"])
    #expect(result.output.contains("source        group room.lobby\n"))
    #expect(result.output.contains("resume        behind abc-5\n"))
  }

  @Test func `an explanation is written for machines`() async throws {
    let result = try await explain(["/stocks/ACME", "--format", "json", "-H", "accept:text/event-stream"])
    let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    #expect(parsed?["status"] as? Int == 200)
    #expect(parsed?["served"] as? Bool == true)
    #expect(parsed?["parameters"] as? [String: String] == ["symbol": "ACME"])
    #expect((parsed?["not"] as? [String])?.count == 3)
  }

  @Test func `a header that is none exits with 64, a broken configuration with 78`() async throws {
    #expect(try await explain(["/x", "-H", "nonsense"]).status == 64)
    #expect(try await SluiceProcess.run(["explain", "/x", "missing.yaml"]).status == 78)
  }
}
