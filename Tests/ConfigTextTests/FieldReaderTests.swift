import ConfigText
import Testing

private struct Slow: ConfigSpec {
  var lag = ByteCount(bytes: 1024)
  var notify: Bool?
  static let label = "slow"
  static let fields = FieldTable<Slow>([
    Field("lag", \.lag, "How far a subscriber may fall behind.", default: "1KiB", example: "1MiB"),
    Field("notify", \.notify, "Whether to tell it.", example: "true"),
  ])
}

private struct Route: ConfigSpec {
  var from = ""
  var limit: Int?
  var slow = Slow()
  var length = 0
  static let label = "route"
  static let fields = FieldTable<Route>([
    .required("from", \.from, "The source.", example: "ticks"),
    Field("limit", \.limit, "The most messages.", example: "5"),
    Field("slow", \.slow, "What happens to slow subscribers.", example: "{lag: 1MiB}"),
    Field("text", \.length, "Only its length counts.", example: "abc") { node, root, reader in
      if let text = String.decode(node, &reader) { root.length = text.count }
    },
  ])
}

private struct Common: Equatable {
  var name = "none"
  static let fields = FieldTable<Common>([Field("name", \.name, "Its name.", default: "none", example: "x")])
}

@Suite struct FieldReaderTests {
  @Test func `a spec is decoded by its table, nested ones too`() {
    let route = decode(Route.self, "{from: ticks, limit: 5, slow: {lag: 2KiB, notify: false}, text: abcd}")
    #expect(route.problems == [])
    #expect(
      route.value
        == Route(from: "ticks", limit: 5, slow: Slow(lag: ByteCount(bytes: 2048), notify: false), length: 4))
  }

  @Test func `what is not written keeps its default`() {
    #expect(decode(Route.self, "{from: x}").value == Route(from: "x"))
    #expect(decode(Slow.self, "{}").value == Slow())
  }

  @Test func `all errors of a mapping are reported at their places`() throws {
    let text = "route:\n  form: ticks\n  limit: many\n  slow:\n    lag: 1XB\n    nofity: true\n  text:\n"
    var reader = ConfigReader()
    #expect(try Route.decode(#require(try root(text)["route"]), &reader) == nil)
    #expect(
      reader.diagnostics.map(brief) == [
        "3:10: expected a whole number, got 'many'",
        "5:10: expected a size such as 512, 64KiB or 1MB, got '1XB' (units are B, KB, MB, GB, TB and KiB, MiB, GiB, TiB)",
        "6:5: unknown key 'nofity' in slow; did you mean 'notify'?", "7:3: 'text' has no value",
        "2:3: unknown key 'form' in route; did you mean 'from'?",
      ])
  }

  @Test func `a required key that is missing is told, unless it is only misspelt`() {
    #expect(decode(Route.self, "{limit: 5}").problems == ["route needs 'from'"])
    #expect(decode(Route.self, "{fron: x}").problems.count == 1)
  }

  @Test func `a key without a value is an error at the key`() {
    #expect(decode(Route.self, "{from: x, slow: }").problems == ["'slow' has no value"])
    #expect(decode(Route.self, "{from: ~}").problems == ["'from' has no value"])
  }

  @Test func `what is no mapping is refused with its name`() {
    #expect(decode(Route.self, "[a]").problems == ["expected a mapping for route, got a list"])
    #expect(decode(Route.self, "{from: x, slow: 5}").problems == ["expected a mapping for slow, got '5'"])
  }

  @Test func `a warning does not refuse a spec`() {
    var reader = ConfigReader()
    reader.warning("odd", at: Place(file: "a"))
    #expect(!reader.hasErrors)
    reader.error("wrong", at: Place(file: "a"))
    #expect(reader.hasErrors)
  }

  @Test func `several tables read one mapping, and only what none knows is unknown`() throws {
    var reader = ConfigReader()
    let node = try root("from: a\nname: b\nkind: c\nknid: d\nname2: e\nzzzzzz: f\n")
    var mapping = try #require(FieldReader(node, context: "source 'x'", &reader))
    var (route, common) = (Route(), Common())
    mapping.read(&route, Route.fields, &reader)
    mapping.read(&common, Common.fields, &reader)
    #expect(mapping.has("kind") && !mapping.has("nothing"))
    #expect(mapping.node("kind")?.scalar?.text == "c")
    #expect(at(mapping.place) == "1:1+4")
    mapping.finish(&reader, also: ["kind"])
    #expect((route.from, common.name) == ("a", "b"))
    #expect(
      reader.diagnostics.map(brief) == [
        "4:1: unknown key 'knid' in source 'x'; did you mean 'kind'?",
        "5:1: unknown key 'name2' in source 'x'; did you mean 'name'?", "6:1: unknown key 'zzzzzz' in source 'x'",
      ])
  }

  @Test func `a table tells manuals what it knows`() {
    #expect(Route.fields.names == ["from", "limit", "slow", "text"])
    #expect(Route.fields.fields.map(\.isRequired) == [true, false, false, false])
    #expect(
      Route.fields.fields.map(\.expectation) == ["a text", "a whole number", "a mapping with lag, notify", nil])
    #expect(Slow.fields.fields.first?.defaultText == "1KiB")
    #expect(Slow.fields.fields.first?.example == "1MiB")
  }
}
