import Delivery
import Serving
import Streams
import Testing

struct RouteTableTests {
  private func endpoint(_ path: String) throws -> Endpoint {
    Endpoint(
      EndpointSettings(
        path: try PathPattern(path), protocols: [.stream], contentType: "text/plain", history: .none, replay: .none,
        slow: SlowConsumerPolicy(lag: 0, then: .skip), health: false, isBinary: false)
    ) { _ in throw Unavailable(reason: "not in this test") }
  }

  private func table(_ paths: String...) throws -> RouteTable {
    var table = RouteTable()
    for path in paths { try table.add(endpoint(path)) }
    return table
  }

  private func match(_ table: RouteTable, _ path: String) -> String? {
    guard let target = RequestTarget(path), let (endpoint, parameters) = table.match(target.segments) else {
      return nil
    }
    let values = zip(parameters.names, parameters.values).map { "\($0)=\($1)" }.joined(separator: ",")
    return endpoint.settings.path.text + (values.isEmpty ? "" : " " + values)
  }

  @Test func `a literal is tried before a parameter, and that before the rest`() throws {
    let table = try table("/a/{x}", "/a/b", "/a/{rest...}", "/{x}/c", "/")
    #expect(match(table, "/a/b") == "/a/b")
    #expect(match(table, "/a/z") == "/a/{x} x=z")
    #expect(match(table, "/a/z/y") == "/a/{rest...} rest=z/y")
    #expect(match(table, "/q/c") == "/{x}/c x=q")
    #expect(match(table, "/") == "/")
    #expect(match(table, "/q") == nil)
    #expect(match(table, "/q/d") == nil)
  }

  @Test func `a branch that leads nowhere is left again`() throws {
    let table = try table("/a/b/c", "/{x}/b/d")
    #expect(match(table, "/a/b/d") == "/{x}/b/d x=a")
  }

  // RFC 3986 section 2.4: decoded once
  @Test func `parameters are decoded once, a coded slash stays inside, dots mean nothing`() throws {
    let table = try table("/rooms/{room}")
    #expect(match(table, "/rooms/a%2Fb") == "/rooms/{room} room=a/b")
    #expect(match(table, "/rooms/%2541") == "/rooms/{room} room=%41")
    #expect(match(table, "/rooms/..") == "/rooms/{room} room=..")
    #expect(match(table, "/rooms/../rooms/a") == nil)
    #expect(match(table, "/rooms/") == nil)
    #expect(match(table, "/rooms/a/") == nil)
    #expect(match(table, "/rooms/%zz") == nil)
    #expect(match(table, "/rooms/%ff") == nil)
  }

  @Test func `two paths that match the same requests collide`() throws {
    var table = try table("/a/{x}")
    #expect(throws: RouteTable.Conflict(other: "/a/{x}")) { try table.add(endpoint("/a/{y}")) }
  }

  @Test(arguments: ["", "a", "/{", "/{}", "/a{b}", "/{a}/{a}", "/{a...}/b", "/{1a}", "/a?b", "/%zz", "/{a-b}"])
  func `a path that cannot be is refused`(path: String) {
    #expect(throws: PathPattern.Problem.self) { try PathPattern(path) }
  }
}
