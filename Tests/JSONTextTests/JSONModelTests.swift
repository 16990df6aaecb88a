import JSONText
import Testing

/// Edits of random texts compared with a model that works on trees.
struct JSONModelTests {
  private static let rounds = 2000

  @Test func `pick does what it does to a tree`() throws {
    for _ in 0..<Self.rounds {
      let json = JSONModel.object()
      let paths = (0..<3).map { _ in JSONModel.path() }
      let pick = JSONPick(paths.map { JSONPath(names: $0) })
      let out = try edited(json) { try pick.write($0, $1, into: &$2, &$3) }
      #expect(try JSONModel(out) == JSONModel(json).picking(paths) ?? .object([]), "\(json) \(paths)")
    }
  }

  @Test func `drop does what it does to a tree`() throws {
    for _ in 0..<Self.rounds {
      let json = JSONModel.object()
      let paths = (0..<3).map { _ in JSONModel.path() }
      let drop = JSONDrop(paths.map { JSONPath(names: $0) })
      let out = try edited(json) { try drop.write($0, $1, into: &$2, &$3) }
      #expect(try JSONModel(out) == paths.reduce(JSONModel(json)) { $0.dropping($1) }, "\(json) \(paths)")
    }
  }

  @Test func `set does what it does to a tree`() throws {
    for _ in 0..<Self.rounds {
      let json = JSONModel.object()
      let (path, value) = (JSONModel.path(), JSONModel.text(depth: 1))
      let set = try JSONSet([JSONPath(names: path)])
      let out = try? edited(json) { try set.write($0, $1, into: &$2, &$3) { $1 += value.utf8 } }
      #expect(
        try out.map { try JSONModel($0) } == JSONModel(json).setting(path, to: JSONModel(value)), "\(json) \(path)")
    }
  }

  @Test func `an edit that touches nothing changes no byte`() throws {
    for _ in 0..<Self.rounds {
      let json = " " + JSONModel.object() + "\n"
      let rename = try JSONRename([(JSONPath(names: ["q"]), "a"), (JSONPath(names: ["a", "q"]), "b")])
      let drop = JSONDrop([JSONPath(names: ["q"]), JSONPath(names: ["a", "q"])])
      #expect(try edited(json) { try rename.write($0, $1, into: &$2, &$3) } == json)
      #expect(try edited(json) { try drop.write($0, $1, into: &$2, &$3) } == json)
    }
  }

  @Test func `edits of a damaged text give JSON, or are refused`() throws {
    let steps = [["a"], ["b", "a"], ["c"]].map { JSONPath(names: $0) }
    let set = try JSONSet(steps)
    let rename = try JSONRename(zip(steps, ["c", "b", "a"]).map { ($0, $1) })
    for _ in 0..<Self.rounds * 2 {
      var json = Array(JSONModel.text().utf8)
      for _ in 0..<Int.random(in: 0...2) where !json.isEmpty {
        json[.random(in: 0..<json.count)] = Array("{}[]\",:\\abc01e.- ".utf8).randomElement() ?? 0
      }
      guard let tape = parsed(json) else { continue }
      try json.withUnsafeBytes { text in
        for edit in 0..<5 {
          var out: [UInt8] = []
          var newTape = JSONTape()
          do throws(JSONEditProblem) {
            switch edit {
            case 0: try JSONPick(steps).write(tape, text, into: &out, &newTape)
            case 1: try JSONDrop(steps).write(tape, text, into: &out, &newTape)
            case 2: try set.write(tape, text, into: &out, &newTape) { $1.append(0x30) }
            case 3: try rename.write(tape, text, into: &out, &newTape)
            default: JSONMergePatch.apply(JSONValue(tape, 0, text), to: JSONValue(tape, 0, text), into: &out)
            }
          } catch {
            #expect(out.isEmpty)
            continue
          }
          let fresh = try #require(parsed(out), "\(String(decoding: json, as: UTF8.self)) \(edit)")
          if edit < 4 { #expect(newTape == fresh) }
        }
      }
    }
  }
}
