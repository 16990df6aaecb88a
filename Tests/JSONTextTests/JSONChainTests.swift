import JSONText
import Testing

/// A chain of edits parses its message once: the tape that each edit leaves is that of its text.
struct JSONChainTests {
  private static let rounds = 2000

  @Test func `the tape an edit leaves is what a parse of its text gives`() {
    for _ in 0..<Self.rounds {
      let json = JSONModel.text(duplicates: true)
      for _ in 0..<4 { _ = try? edited(json, depthLimit: 5, Self.edit()) }
    }
  }

  @Test func `edits of a chain read each other's tapes`() throws {
    for _ in 0..<Self.rounds {
      var json = Array(JSONModel.text(duplicates: true).utf8)
      var tape = JSONTape()
      try json.withUnsafeBytes { try tape.parse($0) }
      for _ in 0..<6 {
        var out: [UInt8] = []
        var newTape = JSONTape()
        let edit = Self.edit()
        guard (try? json.withUnsafeBytes { try edit(tape, $0, &out, &newTape) }) != nil else { continue }
        let fresh = try #require(parsed(out), "\(String(decoding: out, as: UTF8.self))")
        try #require(newTape == fresh, "\(String(decoding: json, as: UTF8.self))")
        swap(&json, &out)
        swap(&tape, &newTape)
      }
    }
  }

  @Test func `what an edit leaves can be looked up`() throws {
    for _ in 0..<Self.rounds {
      let json = JSONModel.object()
      let (path, value) = (JSONModel.path(), JSONModel.text(depth: 1))
      let set = try JSONSet([JSONPath(names: path)])
      var out: [UInt8] = []
      var newTape = JSONTape()
      let isSet = try reading(json) { tape, text in
        (try? set.write(tape, text, into: &out, &newTape) { $1 += value.utf8 }) != nil
      }
      guard isSet else { continue }
      let found = try out.withUnsafeBytes { text in
        let node = try #require(newTape.node(at: JSONPath(names: path), in: text))
        return String(decoding: text[newTape.range(of: node)], as: UTF8.self)
      }
      #expect(try JSONModel(found) == JSONModel(value))
    }
  }

  /// One of all edits, of random names and indices.
  private static func edit() -> Edit {
    let paths = (0..<Int.random(in: 1...3)).map { _ in path() }
    switch Int.random(in: 0...5) {
    case 0: return { try JSONPick(paths).write($0, $1, into: &$2, &$3) }
    case 1: return { try JSONDrop(paths).write($0, $1, into: &$2, &$3) }
    case 2:
      guard let set = try? JSONSet(paths) else { return edit() }
      let values = paths.map { _ in " " + JSONModel.text(depth: 2) + "\n" }
      return { try set.write($0, $1, into: &$2, &$3) { $1 += values[$0].utf8 } }
    case 3:
      let names = paths.map { (old: $0, new: JSONModel.name()) }
      guard let rename = try? JSONRename(names) else { return edit() }
      return { try rename.write($0, $1, into: &$2, &$3) }
    case 4:
      let name = JSONName(JSONModel.name())
      return { try JSONText.wrap($0, $1, in: name, into: &$2, &$3) }
    default: return { try JSONText.unwrap($0, $1, paths[0], into: &$2, &$3) }
    }
  }

  private static func path() -> JSONPath {
    JSONPath(
      steps: JSONModel.path().map {
        Int.random(in: 0...4) == 0 ? .index(.random(in: 0...3)) : .name(JSONName($0))
      })
  }
}
