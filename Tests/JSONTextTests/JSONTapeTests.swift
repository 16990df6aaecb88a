import JSONText
import Testing

/// Parses a text and hands it out with its tape.
func reading<Result>(_ text: String, _ body: (JSONTape, UnsafeRawBufferPointer) throws -> Result) throws -> Result {
  var tape = JSONTape()
  return try Array(text.utf8).withUnsafeBytes { bytes in
    try tape.parse(bytes)
    return try body(tape, bytes)
  }
}

func text(at path: String, of json: String) throws -> String? {
  try reading(json) { tape, bytes in
    try tape.node(at: JSONPath(path), in: bytes).map { String(decoding: bytes[tape.range(of: $0)], as: UTF8.self) }
  }
}

struct JSONTapeTests {
  private let nested = #" {"a": {"b":[10, {"c" : 1.10}], "": true}, "a.b":"x", "\u0061\u00e9": null, "n":1,"n" :2 } "#

  @Test func `a path finds a value and its exact text`() throws {
    #expect(try text(at: "a.b[1].c", of: nested) == "1.10")
    #expect(try text(at: ".a.b[0]", of: nested) == "10")
    #expect(try text(at: #"["a.b"]"#, of: nested) == "\"x\"")
    #expect(try text(at: #"a[""]"#, of: nested) == "true")
    #expect(try text(at: "a.b[1]", of: nested) == #"{"c" : 1.10}"#)
    #expect(try text(at: ".", of: " 1e400 ") == "1e400")
  }

  @Test(arguments: ["b", "a.c", "a.b[2]", "a.b.c", "a[0]", "n.x", "a.b[1].c.d"])
  func `a path to nothing finds nothing`(_ path: String) throws { #expect(try text(at: path, of: nested) == nil) }

  @Test func `a key with escapes is found by its characters`() throws {
    #expect(try text(at: "aé", of: nested) == "null")
    #expect(try text(at: #"["\u0061é"]"#, of: nested) == "null")
  }

  @Test func `of members of one name the last counts, and it is told`() throws {
    #expect(try text(at: "n", of: nested) == "2")
    #expect(try reading(nested) { $0.hasDuplicates(in: $1) })
    #expect(try reading(#"[{"a":1,"\u0061":2}]"#) { $0.hasDuplicates(in: $1) })
    #expect(try !reading(#"[{"a":1,"b":{"a":2}},{"a":1}]"#) { $0.hasDuplicates(in: $1) })
    let many = (0..<40).map { "\"k\($0)\":0" }.joined(separator: ",")
    #expect(try !reading("{\(many)}") { $0.hasDuplicates(in: $1) })
    #expect(try reading("{\(many),\"k7\":1}") { $0.hasDuplicates(in: $1) })
  }

  @Test func `a member is found by the bytes of its name, and a string without escapes by its place`() throws {
    try reading(#"{"a":"x","n\n":"y\n","é":"é","":1,"a":""}"#) { (tape, text) throws in
      func inside(_ name: String) throws -> String? {
        var name = name
        let node = name.withUTF8 { tape.member(named: $0, of: 0, in: text) }
        return tape.stringBytes(of: try #require(node), in: text).map { String(decoding: text[$0], as: UTF8.self) }
      }
      #expect(try inside("a") == "")
      #expect(try inside("é") == "é")
      #expect(try inside("n\n") == nil)
      #expect(try inside("") == nil)
      for var name in ["b", "n", "n\\n", "aa"] {
        let found = name.withUTF8 { tape.member(named: $0, of: 0, in: text) }
        #expect(found == nil)
      }
    }
  }

  @Test func `members and elements come in the order of the text`() throws {
    try reading(#"{"b":[1,[2,3],4],"a":{"x":{}},"b":0}"#) { tape, bytes in
      #expect(tape.members(of: 0).map { tape.string(of: $0.key, in: bytes) } == ["b", "a", "b"])
      let array = try #require(tape.element(0, of: 0) ?? tape.members(of: 0).first { _ in true }?.value)
      #expect(tape.elements(of: array).map { tape.string(of: $0, in: bytes) } == ["1", "[2,3]", "4"])
      #expect(tape.count(of: 0) == 3)
      #expect(tape.count(of: array) == 3)
      #expect(Array(tape.elements(of: 0)).isEmpty)
    }
  }

  @Test func `escapes are read, and a lone surrogate is the replacement character`() throws {
    let text = #""a\"\\\/\b\f\n\r\t\u00e9\uD834\uDD1E\uD800x\uDC00\uD800\uD800\uDC00π""#
    #expect(
      try reading(text) { $0.string(of: 0, in: $1) } == "a\"\\/\u{8}\u{C}\n\r\té𝄞\u{FFFD}x\u{FFFD}\u{FFFD}\u{10000}π")
  }

  @Test func `a tape is used again, and is empty after an error`() throws {
    var tape = JSONTape()
    Array("[1,2,3]".utf8).withUnsafeBytes { try? tape.parse($0) }
    #expect(tape.count(of: 0) == 3)
    Array("[1,2".utf8).withUnsafeBytes { try? tape.parse($0) }
    #expect(tape.isEmpty)
    Array("{}".utf8).withUnsafeBytes { try? tape.parse($0) }
    #expect(tape.kind(of: 0) == .object)
  }

  @Test func `a problem says where and why`() {
    #expect(problem("[1,]")?.description == "byte 3: unexpected ']'")
    #expect(problem("{\"a\":tru")?.description == "byte 8: the text breaks off")
    #expect(problem("[1] 2") == JSONProblem(offset: 4, reason: .trailing))
    #expect(problem("[01]") == JSONProblem(offset: 2, reason: .number))
    #expect(problem(#"["ab\x"]"#) == JSONProblem(offset: 4, reason: .escape))
    #expect(problem("[\"a\nb\"]") == JSONProblem(offset: 3, reason: .control))
  }

  @Test func `depth and size have limits`() {
    func nest(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(problem(nest(128)) == nil)
    #expect(problem(nest(129)) == JSONProblem(offset: 128, reason: .tooDeep))
    #expect(problem("[1]", sizeLimit: 3) == nil)
    #expect(problem("[12]", sizeLimit: 3)?.reason == .tooLong)
  }

  @Test(arguments: [
    "", "..", "a.", "a[", "a[x]", "a[-1]", "a[1", "a[1]b", #"a["b]"#, #"a["\x"]"#, "a..b", "a]", "[\"a\\",
  ])
  func `a path that is none is refused`(_ path: String) { #expect(throws: JSONPathProblem.self) { try JSONPath(path) } }

  @Test(arguments: ["a", "a.b[0].c", ".", #"a["b.c"]"#, "[0][1]", #"[""]"#, #"["\n"]"#])
  func `a path is written as it is read`(_ path: String) throws {
    #expect(try JSONPath(JSONPath(path).description) == JSONPath(path))
  }

  @Test func `every prefix and every damage of a text is read or refused, and all ranges lie within it`() {
    var random = SystemRandomNumberGenerator()
    let text = Array((nested + #"["\ud834\udd1e\"é𝄞", -1.5e+7, true, false, null, {}, [], [[]]]"#).utf8)
    for end in 0...text.count { visit(Array(text[..<end])) }
    for start in 0...text.count { visit(Array(text[start...])) }
    for _ in 0..<20_000 {
      var damaged = text
      for _ in 0..<Int.random(in: 1...4) {
        damaged[Int.random(in: 0..<damaged.count)] =
          Bool.random() ? .random(in: 0...255) : (text.randomElement(using: &random) ?? 0)
      }
      visit(damaged)
    }
  }

  private func visit(_ bytes: [UInt8]) {
    var tape = JSONTape()
    bytes.withUnsafeBytes { text in
      guard (try? tape.parse(text)) != nil else { return }
      _ = tape.hasDuplicates(in: text)
      visit(0, tape, text)
    }
  }

  private func visit(_ node: Int, _ tape: JSONTape, _ text: UnsafeRawBufferPointer) {
    #expect(tape.range(of: node).upperBound <= text.count)
    _ = tape.string(of: node, in: text)
    for (key, value) in tape.members(of: node) {
      _ = tape.string(of: key, in: text)
      visit(value, tape, text)
    }
    for element in tape.elements(of: node) { visit(element, tape, text) }
  }
}
