import ConfigText
import Testing

@Suite struct TextPlaceTests {
  /// The place of the first piece of the text of the key "v" that reads so.
  private func place(
    of piece: String, in yaml: String, environment: [String: String] = [:]
  ) throws -> String {
    let node = try #require(try root(yaml, environment: environment)["v"])
    let text = Array(try #require(node.scalar).text.unicodeScalars)
    let wanted = Array(piece.unicodeScalars)
    let offset = try #require(
      (0...max(text.count - wanted.count, 0)).first { text[$0...].starts(with: wanted) }, "\(text)")
    return at(node.place(offset: offset, length: wanted.count))
  }

  @Test(arguments: [
    ("v: äöü == b\n", "== b", "1:8+4"),
    ("v:   漢 😀 x  # x\n", "x", "1:10+1"),
    ("v:\n  one\n  two x\n", "two", "3:3+3"),
    ("v: one\n\n\n  two\n     drei ä x\n", "x", "5:13+1"),
    ("v: one\n\n\n  two\n", "\n\ntwo", "2:1+1"),
    ("v: one  \n  two\n", " two", "1:9+1"),
    ("v: one\r\n  two\r\n", "two", "2:3+3"),
    ("v: &a !!str x y\n", "y", "1:15+1"),
    ("v: !!str # x\n  # x\n  &a\n  x y\n", "x", "4:3+1"),
  ])
  func `a piece of a plain scalar has its line and column`(yaml: String, piece: String, expected: String) throws {
    #expect(try place(of: piece, in: yaml) == expected)
  }

  @Test(arguments: [
    ("v: 'ä == b'\n", "b", "1:10+1"),
    ("v: 'it''s ''x'' y'\n", "x", "1:13+1"),
    ("v: 'it''s ''x'' y'\n", "'s", "1:7+3"),
    ("v: 'it''s ''x'' y'\n", "y", "1:17+1"),
    ("v: 'one\n   two''\n\n   x'\n", "x", "4:4+1"),
    ("v: 'one\n   two''\n\n   x'\n", "\nx", "3:1+1"),
    ("v: 'one\n   two''\n\n   x'\n", "'", "2:7+2"),
    ("v: ' one\n  two '\n", "e two", "1:8+1"),
    ("v: &a 'one'\n", "one", "1:8+3"),
  ])
  func `a piece of a single-quoted scalar has its line and column`(yaml: String, piece: String, expected: String) throws
  {
    #expect(try place(of: piece, in: yaml) == expected)
  }

  @Test(arguments: [
    ("v: \"ä == b\"\n", "b", "1:10+1"),
    ("v: \"a\\n\\\"ä\\\" x\"\n", "x", "1:14+1"),
    ("v: \"a\\n\\\"ä\\\" x\"\n", "\"ä", "1:8+3"),
    ("v: \"\\x41\\u00e4\\U0001F600x\\/\\e\"\n", "x", "1:25+1"),
    ("v: \"\\x41\\u00e4\\U0001F600x\\/\\e\"\n", "ä😀x", "1:9+17"),
    ("v: \"\\x41\\u00e4\\U0001F600x\\/y\"\n", "/y", "1:26+3"),
    ("v: \"one\\\n   two\\\n\n   \\  x\\\n  \"\n", "x", "4:7+1"),
    ("v: \"one\\\n   two\\\n\n   \\  x\\\n  \"\n", "netwo", "1:6+2"),
    ("v: \"one  \n   two\\t  \n  x\"\n", "x", "3:3+1"),
    ("v: \"one  \n   two\\t  \n  x\"\n", "\t", "2:7+2"),
    ("v: \"one\n\n\n   x\"\n", "\n\n", "2:1+1"),
  ])
  func `a piece of a double-quoted scalar has its line and column`(yaml: String, piece: String, expected: String) throws
  {
    #expect(try place(of: piece, in: yaml) == expected)
  }

  @Test(arguments: [
    ("v: |\n  ä == b &&\n  x\n", "b", "2:8+1"),
    ("v: |\n  ä == b &&\n  x\n", "&&\nx", "2:10+2"),
    ("v: |\n  ä == b &&\n  x\n", "x", "3:3+1"),
    ("v: |-  # a | comment\n\n\n     one\n       x\n", "x", "5:8+1"),
    ("v: |-  # a | comment\n\n\n     one\n       x\n", "\n\none", "2:1+1"),
    ("v: |2+\n     one\n  x\n\n", "one", "2:6+3"),
    ("v: |2+\n     one\n  x\n\n", "x", "3:3+1"),
    ("w: 1\nv: |+2 # c\n\n     \n     one\n", "  one", "5:4+5"),
    ("v: |\n  one\n   \n\n  x\nw: 1\n", "x", "5:3+1"),
    ("v: |\r\n  one\r\n\r\n  x\r\n", "x", "4:3+1"),
    ("v: &a !!str |\n  x", "x", "2:3+1"),
    ("v: >\n  one\n  two\n  x y\n", "x", "4:3+1"),
    ("v: >\n  one\n  two\n  x y\n", "two x", "3:3+3"),
    ("v: >-\n\n  one\n\n\n  two\n    ä x\n\n    y\n  z\n", "x", "7:7+1"),
    ("v: >-\n\n  one\n\n\n  two\n    ä x\n\n    y\n  z\n", "y", "9:5+1"),
    ("v: >-\n\n  one\n\n\n  two\n    ä x\n\n    y\n  z\n", "z", "10:3+1"),
    ("v: >-\n\n  one\n\n\n  two\n    ä x\n\n    y\n  z\n", "\n\ntwo", "4:1+1"),
    ("v: >1\n   one\n  two\n x\n", "x", "4:2+1"),
  ])
  func `a piece of a block scalar has its line and column`(yaml: String, piece: String, expected: String) throws {
    #expect(try place(of: piece, in: yaml) == expected)
  }

  @Test(arguments: [
    ("v: ä ${SYMBOL} x ${NONE:-no}y\n", "CM", "1:6+9"),
    ("v: ä ${SYMBOL} x ${NONE:-no}y\n", "x", "1:16+1"),
    ("v: ä ${SYMBOL} x ${NONE:-no}y\n", "no", "1:18+11"),
    ("v: ä ${SYMBOL} x ${NONE:-no}y\n", "y", "1:29+1"),
    ("v: ${EMPTY}x$$y\n", "x$", "1:12+3"),
    ("v: ${EMPTY}x$$y\n", "y", "1:15+1"),
    ("v: \"\\t${SYMBOL}\\tx\"\n", "ACME\tx", "1:7+12"),
    ("v: |\n  a\n  ${SYMBOL}\n  x\n", "ACME", "3:3+9"),
    ("v: |\n  a\n  ${SYMBOL}\n  x\n", "x", "4:3+1"),
    ("v: 'a\n  ${SYMBOL}${SYMBOL}\n  x'\n", "EACM", "2:3+18"),
  ])
  func `what the environment put in is where the reference stands`(
    yaml: String, piece: String, expected: String
  ) throws {
    #expect(try place(of: piece, in: yaml, environment: ["SYMBOL": "ACME", "EMPTY": ""]) == expected)
  }

  @Test(arguments: [
    ("v: abc\n", "1:7+1"), ("v: 'abc'\n", "1:8+1"), ("v: \"a\\n\"\n", "1:8+1"), ("v: |\n  abc\nw: 1\n", "2:6+1"),
    ("v: >+\n  abc\n\nw: 1\n", "3:1+1"), ("v: a${X}\n", "1:9+1"), ("v:\n", "1:3+1"), ("v: ''\n", "1:4+1"),
    ("v: |\n\nw: 1\n", "1:4+1"), ("v: a\n  b\n", "2:4+1"),
  ])
  func `the end is behind the last character, and so is what lies beyond it`(yaml: String, expected: String) throws {
    let node = try #require(try root(yaml, environment: ["X": "x"])["v"])
    let count = node.scalar?.text.unicodeScalars.count ?? 0
    #expect(at(node.place(offset: count, length: 0)) == expected)
    #expect(at(node.place(offset: count + 5, length: 5)) == expected)
    #expect(at(node.place(offset: .max, length: .max)) == expected)
    #expect(at(node.place(offset: -1, length: -1)) == at(node.place(offset: 0, length: 1)))
  }

  @Test func `pieces of many scalars on a line have their columns`() throws {
    let node = try root("r: [\"ä\\n\", {\"v\\t\": \"x\\ty\"}, 'it''s']\n")
    let map = node["r"]?.elements?[1].entries?.first
    #expect(at(map?.key.place(offset: 1, length: 1)) == "1:15+2")
    #expect(at(map?.value.place(offset: 2, length: 1)) == "1:24+1")
    #expect(at(node["r"]?.elements?[2].place(offset: 3, length: 1)) == "1:34+1")
  }

  @Test func `a list or mapping has no pieces`() throws {
    let node = try root("v: [x, y]\n")
    #expect(at(node["v"]?.place(offset: 2, length: 1)) == "1:4+6")
  }

  @Test func `a piece of an alias stands at its anchor`() throws {
    let node = try root("a: &x |\n  one x\nv: *x\nw: {<<: {b: 'y z'}}\n")
    #expect(at(node["v"]?.place(offset: 4, length: 1)) == "2:7+1")
    #expect(at(node["w"]?["b"]?.place(offset: 2, length: 1)) == "4:16+1")
  }

  @Test func `scalars are equal by what they mean`() throws {
    let node = try root("a: \"x\\x41\"\nb: 'xA'\n")
    #expect(node["a"]?.scalar == node["b"]?.scalar)
  }

  @Test func `every character of random scalars is where it is said to be`() {
    var random = LinearGenerator(state: 11)
    let words = [
      "a", "b ", " ", "\n", "\n ", "\n  ", "ä", "''", "'", "\\n", "\\x41", "\\\n", "\t", "😀", "$$", "\r\n", "# ",
    ]
    let styles = ["%", "'%'", "\"%\"", "|\n  %", ">\n  %", "|2-\n  %", ">+1\n  %", "&a !!str >\n   %", "!!str '%'"]
    var found = 0
    for _ in 0..<20_000 {
      let body = (0..<random.next(9)).map { _ in words[random.next(words.count)] }.joined()
      let style = styles[random.next(styles.count)]
      let yaml = "k: 1\nv: " + style.replacing("%", with: body.replacing("\n", with: "\n   ")) + "\n"
      let loaded = load(yaml)
      guard loaded.diagnostics.isEmpty, let node = loaded.documents.first?.root["v"],
        let text = node.scalar?.text.unicodeScalars, !text.allSatisfy(\.properties.isWhitespace)
      else { continue }
      for (offset, scalar) in text.enumerated() {
        let place = node.place(offset: offset, length: 1)
        let line = Array((loaded.texts.line(place.line, of: "a.yaml") ?? "").unicodeScalars)
        #expect(stands(scalar, in: line, at: place.column - 1), "\(offset) of \(yaml.debugDescription): \(at(place))")
        found += 1
      }
    }
    #expect(found > 10_000)
  }

  /// Whether a character of a text is written at an index of a line, or is the line's end.
  private func stands(_ scalar: Unicode.Scalar, in line: [Unicode.Scalar], at index: Int) -> Bool {
    guard index < line.count else { return index == line.count && (scalar == "\n" || scalar == " ") }
    if line[index] == "\\" { return scalar == "\\" || scalar == "\n" || scalar == "A" }
    return line[index] == scalar
  }
}

private struct LinearGenerator {
  var state: UInt64

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
