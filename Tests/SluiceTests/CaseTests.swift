import Foundation
import TestSupport
import Testing

/// `sluice test`, as a shell sees it.
struct CaseTests {
  private let routes = """
    sources:
      ticks: {interval: 1s, filters: [{drop: volume}]}
    filters:
      clean: [{drop: internal}]
    routes:
      /stocks:
        from: ticks
        filters: [clean, {where: msg.price > 100}]
      /stocks/{symbol}:
        from: ticks
        protocols: [sse]
        filters: [{where: msg.symbol == params.symbol}]
    tests:

    """

  private func test(
    _ cases: String, _ arguments: [String] = [], files: [String: String] = [:]
  ) async throws -> (status: Int32, output: String, errors: String) {
    let folder = try TemporaryFolder()
    try folder.write("r.yaml", routes + cases)
    for (name, text) in files { try folder.write(name, text) }
    return try await SluiceProcess.run(["test"] + arguments + ["r.yaml"], folder: folder)
  }

  @Test func `tests that pass are counted`() async throws {
    let result = try await test(
      """
        - name: only big trades pass
          route: /stocks
          input: ['{"price":1}', '{"price":101,"internal":1,"volume":3}']
          output: ['{"price":101}']
        - name: one symbol
          route: /stocks/{symbol}
          params: {symbol: ACME}
          input: [{symbol: ACME}, {symbol: INIT}]
          output: ['{"symbol":"ACME"}']
        - {name: a source, source: ticks, input: [{volume: 1, price: 2}], output: [{price: 2.0}]}
        - {name: by name, filters: clean, input: [{internal: 1}], output: ['{}']}
        - {name: in place, filters: [clean, {pick: a}], input: [{a: 1, b: 2}], output: [{a: 1}]}
      """)
    #expect(result == (0, "5 tests passed\n", ""))
  }

  @Test func `a failed test shows what was expected and what came`() async throws {
    let result = try await test(
      """
        - name: wrong
          route: /stocks
          input: [{price: 101}, {price: 102}, {price: 103}]
          output: ['{"price":101}', '{"price":7}', '{"price":103}']
        - name: right
          route: /stocks
          input: []
          output: []
      """)
    #expect(result.status == 1)
    #expect(
      result.output == """
        r.yaml:14:5: failed: wrong
              {"price":101}
            - {"price":7}
            + {"price":102}
              {"price":103}
        1 of 2 tests failed

        """)
  }

  @Test func `a text is compared by its bytes, a mapping as JSON`() async throws {
    let result = try await test(
      """
        - {name: text, filters: clean, input: ['{"a": 1.0}'], output: ['{"a":1}']}
        - {name: mapping, filters: clean, input: ['{"b":"x", "a": 1.0}'], output: [{a: 1, b: x}]}
        - {name: quotes, filters: clean, input: ['{"a":"1"}'], output: [{a: '1'}]}
        - {name: no quotes, filters: clean, input: ['{"a":"1"}'], output: [{a: 1}]}
      """)
    #expect(result.status == 1)
    #expect(result.output.contains("failed: text\n"))
    #expect(!result.output.contains("failed: mapping\n"))
    #expect(!result.output.contains("failed: quotes\n"))
    #expect(result.output.contains("failed: no quotes\n"))
  }

  @Test func `a message that cannot be dealt with fails a test that does not expect it`() async throws {
    let result = try await test(
      """
        - name: none expected
          route: /stocks
          input:
            - '{"price":101}'
            - '{}'
          output: ['{"price":101}']
        - {name: one, route: /stocks, input: ['{}'], output: [], failures: 1}
        - {name: its reason, route: /stocks, input: ['{}'], output: [], failures: [no such field]}
        - {name: another reason, route: /stocks, input: ['{}'], output: [], failures: [too long]}
        - {name: too few, route: /stocks, input: [{price: 1}], output: [], failures: 2}
      """)
    #expect(result.status == 1)
    #expect(
      result.output.contains(
        "failed: none expected\n    message 2, line 18, could not be dealt with: filter 3 'where': no such field: price"
      ))
    #expect(!result.output.contains("failed: one\n"))
    #expect(!result.output.contains("failed: its reason\n"))
    #expect(result.output.contains("expected was 'too long'"))
    #expect(result.output.contains("    2 failures expected, 0 found\n"))
  }

  @Test func `time passes only as the test says, and what is held then is not output`() async throws {
    let result = try await test(
      """
        - name: a throttle gives out the latest when its time is over
          filters: [{throttle: {every: 1s}}]
          input: [a, b, c, {time: 500ms}, {time: 600ms}, d]
          output: [a, c]
        - name: a batch is full or late
          filters: [{batch: {messages: 2, every: 1s}}]
          input: [{a: 1}, {time: 2s}, {a: 2}, {a: 3}, {a: 4}]
          output: [[{a: 1}], [{a: 2}, {a: 3}]]
        - name: the end of the source lets go what is held
          filters: [{batch: {messages: 2, every: 1s}}]
          input: [{a: 4}]
          output: [[{a: 4}]]
          finish: true
        - name: the clock starts where it is told
          filters: [{set: {t: now}}]
          at: 2026-07-01T12:00:00Z
          input: [{}, {time: 90s}, {}]
          output: [{t: 2026-07-01T12:00:00Z}, {t: 2026-07-01T12:01:30Z}]
      """)
    #expect(result == (0, "4 tests passed\n", ""))
  }

  @Test func `messages stand in files beside the route file`() async throws {
    let cases = """
        - {name: files, route: /stocks, input_file: in.jsonl, output_file: out.jsonl}
      """
    let right = ["in.jsonl": "{\"price\":1}\r\n{\"price\":200}\n", "out.jsonl": "{\"price\":200}\n"]
    #expect(try await test(cases, files: right) == (0, "1 test passed\n", ""))
    let missing = try await test(cases, files: ["in.jsonl": ""])
    #expect(missing.status == 1)
    #expect(missing.output.contains("cannot read 'out.jsonl': No such file or directory"))
  }

  @Test func `requests are matched with routes and protocols`() async throws {
    let result = try await test(
      """
        - name: sse
          request: {url: /stocks/ACME?x=1, headers: {Accept: text/event-stream}}
          expect: {route: '/stocks/{symbol}', params: {symbol: ACME}, protocol: sse, status: 200}
        - {name: stream, request: /stocks, expect: {protocol: stream}}
        - {name: websocket, request: 'ws://localhost/stocks', expect: {protocol: websocket, status: 101}}
        - {name: nothing, request: /nothing, expect: {status: 404}}
        - {name: method, request: {url: /stocks, method: PUT}, expect: {route: /stocks, status: 405}}
        - {name: wrong, request: 'ws:/stocks/ACME', expect: {protocol: sse, route: /stocks}}
      """)
    #expect(result.status == 1)
    #expect(
      result.output == """
        r.yaml:21:5: failed: wrong
            - route: /stocks
            + route: none
            - protocol: sse
            + protocol: none
            the request is refused: 400 Bad Request: the request target is malformed
        1 of 6 tests failed

        """)
  }

  @Test func `check finds what is wrong with tests`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "r.yaml",
      routes + """
          - {name: a, route: /stoks, input: [], output: []}
          - {name: b, route: '/stocks/{symbol}', params: {symbl: A, symbol: B}, input: [], output: []}
          - {name: c, route: '/stocks/{symbol}', input: [], output: []}
          - {name: d, source: tick, input: []}
          - {name: e, filters: claen, input: [], output: []}
          - {name: f, request: /, input: []}
          - {name: g, route: /stocks, inputs: [], output: []}
          - {name: h, input: [], output: []}
          - {name: i, filters: [{where: msg.a == params.a}], input: [], output: []}
          - {name: j, filters: clean, source: ticks, input: [], output: []}
          - {name: k, request: /, expect: {protocol: sse, route: /x, state: 1}}
        """)
    let result = try await SluiceProcess.run(["check", "r.yaml"], folder: folder)
    #expect(result.status == 78)
    let lines = result.errors.split(separator: "\n").filter { $0.contains("error:") }
      .map { $0.drop { $0 != " " }.dropFirst() }
    #expect(
      lines == [
        "error: there is no route '/stoks'; did you mean '/stocks'?",
        "error: the path '/stocks/{symbol}' has no parameter '{symbl}'; did you mean 'symbol'?",
        "error: the filters of '/stocks/{symbol}' use '{symbol}', which 'params' does not give",
        "error: test 'd' needs 'output' or 'output_file'",
        "error: there is no chain 'claen'; did you mean 'clean'?",
        "error: test 'f' needs 'expect'", "error: 'input' has no meaning with 'request'",
        "error: unknown key 'inputs' in test 'g'; did you mean 'input'?",
        "error: test 'h' needs one of route, source, filters or request",
        "error: 'params' of the test does not give the parameter 'a'",
        "error: 'filters' cannot stand with 'source'",
        "error: unknown key 'state' in expect; did you mean 'status'?",
      ])
  }

  @Test func `results are written for machines`() async throws {
    let cases = """
        - {name: good, filters: clean, input: [], output: []}
        - {name: <bad>, filters: clean, input: [], output: [a]}
      """
    let json = try await test(cases, ["--format", "json"])
    #expect(json.status == 1)
    let parsed = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
    #expect(parsed?.map { $0["passed"] as? Bool } == [true, false])
    #expect(parsed?.last?["difference"] as? [String] == ["- a"])
    #expect(parsed?.last?["line"] as? Int == 15)
    let junit = try await test(cases, ["--format", "junit"])
    #expect(junit.status == 1)
    let document = try XMLText.attributes(of: "testcase", in: junit.output)
    #expect(document == ["good", "<bad>"])
    #expect(junit.output.contains("<testsuite name=\"sluice\" tests=\"2\" failures=\"1\" errors=\"0\">"))
  }

  @Test func `only tests whose name contains a text are run`() async throws {
    let cases = """
        - {name: big one, filters: clean, input: [], output: []}
        - {name: small one, filters: clean, input: [], output: [a]}
      """
    #expect(try await test(cases, ["--filter", "big"]) == (0, "1 test passed\n", ""))
    let none = try await test(cases, ["--filter", "huge"])
    #expect(none == (0, "none of 2 tests has 'huge' in its name\n", ""))
  }

  @Test func `without tests there is nothing to do, and that is said`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("r.yaml", "routes: {/x: {from: {interval: 1s}}}\n")
    #expect(try await SluiceProcess.run(["test", "r.yaml"], folder: folder) == (0, "there are no tests\n", ""))
  }
}

/// Attributes in XML, by a parser of its own.
private enum XMLText {
  static func attributes(of element: String, in text: String) throws -> [String] {
    text.matches(of: try Regex("<\(element) name=\"([^\"]*)\"")).map { match in
      let raw = match.output[1].substring.map(String.init) ?? ""
      return raw.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }
  }
}
