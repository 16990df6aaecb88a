import ConfigText
import Testing

@Suite struct MappingEntriesTests {
  @Test func `a duplicate key is an error with a note for the first`() throws {
    let loaded = load("a: 1\nb: 2\n\"a\": 3\na: 4\n")
    #expect(loaded.diagnostics.map(brief) == ["3:1: duplicate key 'a'", "4:1: duplicate key 'a'"])
    for diagnostic in loaded.diagnostics {
      #expect(diagnostic.notes.map(\.message) == ["first defined here"])
      #expect(at(diagnostic.notes.first?.place) == "1:1+1")
    }
    #expect(loaded.documents.first?.root["a"]?.scalar?.text == "1")
  }

  @Test func `a key must be a scalar`() {
    #expect(
      problems("? [a, b]\n: 1\n? {c: d}\n: 2\n") == [
        "1:3: a key must be a text, got a list", "3:3: a key must be a text, got a mapping",
      ])
    #expect(problems("a: 1\n?\n: 1\n") == ["2:2: a key is missing before ':'"])
  }

  @Test func `a merge key adds what is not written`() throws {
    let node = try root("base: &b {x: 1, y: 2}\na:\n  y: 3\n  <<: *b\n  z: 4\n")
    #expect(node["a"]?.entries?.map { "\($0.name)=\($0.value.kindName)" } == ["y='3'", "z='4'", "x='1'"])
  }

  @Test func `a list of merged mappings prefers the earlier one`() throws {
    let node = try root("p: &p {x: 1}\nq: &q {x: 2, y: 2}\na: {<<: [*p, *q, {y: 9, z: 9}]}\n")
    #expect(node["a"]?.entries?.map { "\($0.name)=\($0.value.kindName)" } == ["x='1'", "y='2'", "z='9'"])
  }

  @Test func `a quoted merge key is an ordinary key`() throws {
    #expect(try root("a: {'<<': 1}\n")["a"]?["<<"]?.scalar?.text == "1")
  }

  @Test func `only mappings can be merged, and once`() {
    #expect(problems("a: {<<: x}\n") == ["1:9: '<<' takes a mapping or a list of mappings, got 'x'"])
    #expect(problems("a: {<<: [{b: 1}, [c]]}\n") == ["1:18: '<<' takes a mapping or a list of mappings, got a list"])
    #expect(problems("a: {<<: {b: 1}, <<: {c: 1}}\n") == ["1:17: duplicate key '<<'"])
  }

  @Test func `a merge of merges goes through`() throws {
    let node = try root("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b, z: 3}\n")
    #expect(node["c"]?.entries?.map(\.name) == ["z", "y", "x"])
  }
}
