import ConfigText
import Testing

@Suite struct NodePlaceTests {
  @Test func `keys and values know their line, column and length`() throws {
    let node = try root("routes:\n  /stocks:\n    from: ticks\n")
    let route = try #require(node["routes"]?["/stocks"])
    let entry = try #require(route.entries?.first)
    #expect(at(node["routes"]?.entries?.first?.key.place) == "2:3+7")
    #expect(at(entry.key.place) == "3:5+4")
    #expect(at(entry.value.place) == "3:11+5")
    #expect(at(route.place) == "3:5+4")
    #expect(route.place.file == "a.yaml")
  }

  @Test func `columns count scalars, not bytes`() throws {
    let node = try root("größe: [äöü, 漢字, 😀, x]\n")
    #expect(node["größe"]?.elements?.map { at($0.place) } == ["1:9+3", "1:14+2", "1:18+1", "1:21+1"])
  }

  @Test func `a flow collection on one line is marked whole`() throws {
    let node = try root("a: [1, 2]\nb: {x: 1}\nc: [1,\n  2]\n")
    #expect(at(node["a"]?.place) == "1:4+6")
    #expect(at(node["b"]?.place) == "2:4+6")
    #expect(at(node["c"]?.place) == "3:4+1")
    #expect(at(node["c"]?.elements?[1].place) == "4:3+1")
  }

  @Test func `a quoted scalar is marked with its quotes`() throws {
    let node = try root("a: 'it''s'\nb: \"x\\ty\"\n")
    #expect(at(node["a"]?.place) == "1:4+7")
    #expect(at(node["b"]?.place) == "2:4+6")
    #expect(node["a"]?.scalar == .init(text: "it's", isPlain: false))
    #expect(node["b"]?.scalar == .init(text: "x\ty", isPlain: false))
  }

  @Test func `a block scalar is marked at its sign`() throws {
    let node = try root("a: |\n  one\n  two\nb: >-\n  one\n  two\n")
    #expect(at(node["a"]?.place) == "1:4+1")
    #expect(node["a"]?.scalar == .init(text: "one\ntwo\n", isPlain: false))
    #expect(node["b"]?.scalar == .init(text: "one two", isPlain: false))
  }

  @Test func `lines count the same with every kind of line break`() throws {
    let node = try root("a: 1\r\nb: 2\rc: 3\nd: 4\n")
    #expect(node.entries?.map { $0.key.place.line } == [1, 2, 3, 4])
    let texts = load("a: 1\r\nb: 2\rc: 3\nd: 4\n").texts
    #expect((1...5).map { texts.line($0, of: "a.yaml") } == ["a: 1", "b: 2", "c: 3", "d: 4", ""])
    #expect(texts.line(6, of: "a.yaml") == nil)
    #expect(texts.line(1, of: "other.yaml") == nil)
  }

  @Test func `a byte order mark moves no column`() throws {
    let loaded = ConfigLoader(environment: [:]).load(bytes: [0xEF, 0xBB, 0xBF] + Array("a: b\n".utf8), file: "a.yaml")
    #expect(loaded.diagnostics.isEmpty)
    #expect(at(loaded.documents.first?.root["a"]?.place) == "1:4+1")
    #expect(loaded.texts.line(1, of: "a.yaml") == "a: b")
  }
}
