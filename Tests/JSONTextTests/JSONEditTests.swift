import JSONText
import Testing

/// What makes a new text and its tape of a text and its tape.
typealias Edit = (JSONTape, UnsafeRawBufferPointer, inout [UInt8], inout JSONTape) throws -> Void

/// Runs an edit over a text; what it appends must be JSON again, and the new tape what a parse of it gives.
func edited(_ json: String, depthLimit: Int = 128, sizeLimit: Int = 4096, _ edit: Edit) throws -> String {
  var out = Array("kept".utf8)
  var newTape = JSONTape(sizeLimit: sizeLimit, depthLimit: depthLimit)
  var fresh = newTape
  try Array("[true]".utf8).withUnsafeBytes { try newTape.parse($0) }
  var tape = fresh
  try Array(json.utf8).withUnsafeBytes { text in
    try tape.parse(text)
    do {
      try edit(tape, text, &out, &newTape)
    } catch {
      #expect(out == Array("kept".utf8) && newTape.isEmpty)
      throw error
    }
  }
  #expect(out.starts(with: "kept".utf8))
  let text = String(decoding: out.dropFirst(4), as: UTF8.self)
  Array(text.utf8).withUnsafeBytes { text in #expect(throws: Never.self) { try fresh.parse(text) } }
  #expect(newTape == fresh, "\(json) \(text)")
  return text
}

func paths(_ paths: [String]) throws -> [JSONPath] { try paths.map { try JSONPath($0) } }

func pick(_ names: [String], _ json: String) throws -> String {
  let pick = JSONPick(try paths(names))
  return try edited(json) { try pick.write($0, $1, into: &$2, &$3) }
}

func drop(_ names: [String], _ json: String) throws -> String {
  let drop = JSONDrop(try paths(names))
  return try edited(json) { try drop.write($0, $1, into: &$2, &$3) }
}

func set(_ values: KeyValuePairs<String, String>, _ json: String) throws -> String {
  let set = try JSONSet(try paths(values.map(\.key)))
  let texts = values.map { Array($0.value.utf8) }
  return try edited(json) { try set.write($0, $1, into: &$2, &$3) { number, out in out += texts[number] } }
}

func rename(_ names: KeyValuePairs<String, String>, _ json: String) throws -> String {
  let rename = try JSONRename(try names.map { (try JSONPath($0.key), $0.value) })
  return try edited(json) { try rename.write($0, $1, into: &$2, &$3) }
}

struct JSONEditTests {
  private let tick = #"{ "s": "MSFT", "p": 1.10, "x": {"y": 1e400, "z": [1, 2.0, 3]}, "n": 12345678901234567890123 }"#

  @Test func `pick keeps order, nesting and text`() throws {
    #expect(try pick(["n", "p"], tick) == #"{ "p": 1.10, "n": 12345678901234567890123 }"#)
    #expect(try pick(["x.y", "s"], tick) == #"{ "s": "MSFT", "x": {"y": 1e400} }"#)
    #expect(try pick(["x.z[1]", "x.z[0]"], tick) == #"{ "x": { "z": [1, 2.0]} }"#)
    #expect(try pick(["x"], tick) == #"{ "x": {"y": 1e400, "z": [1, 2.0, 3]} }"#)
    #expect(try pick(["."], tick) == tick)
  }

  @Test func `pick of nothing leaves an empty object`() throws {
    #expect(try pick(["q", "s.t", "x.q", "x.z[3]", "p[0]"], tick) == "{ }")
    #expect(try pick(["a"], " {} ") == " {} ")
    #expect(try pick(["[1]"], "[1 , 2 ,3]") == "[ 2 ]")
  }

  @Test func `drop takes a member with its comma and the white space before it`() throws {
    #expect(try drop(["s"], tick).hasPrefix(#"{ "p": 1.10, "x""#))
    #expect(try drop(["n", "x"], tick) == #"{ "s": "MSFT", "p": 1.10 }"#)
    #expect(try drop(["x.z[1]", "x.y", "s", "p", "n"], tick) == #"{ "x": { "z": [1, 3]} }"#)
    #expect(try drop(["a", "b"], #"{"a":1,"b":2}"#) == "{}")
    #expect(try drop(["a"], "{\n  \"a\": 1,\n  \"b\": 2\n}\n") == "{\n  \"b\": 2\n}\n")
    #expect(try drop(["b"], "{\n  \"a\": 1,\n  \"b\": 2\n}\n") == "{\n  \"a\": 1\n}\n")
    #expect(try drop(["q", "p.q", "."], tick) == tick)
  }

  @Test func `set replaces in place, appends what is new and makes the objects on the way`() throws {
    #expect(try set(["p": "2.50"], tick) == tick.replacing("1.10", with: "2.50"))
    #expect(try set(["x.z[1]": "null", "x.z[3]": "4"], tick) == tick.replacing("2.0, 3]", with: "null, 3,4]"))
    #expect(try set(["b": "1", "c.d": "2", "c.e": "3"], #"{"a" : 0 }"#) == #"{"a" : 0,"b":1,"c":{"d":2,"e":3} }"#)
    #expect(try set([##"["a\""]"##: "1"], "{}") == #"{"a\"":1}"#)
    #expect(try set(["x.q": "[]"], tick) == tick.replacing("3]}", with: #"3],"q":[]}"#))
    #expect(try set([".": "7"], " [1] ") == " 7 ")
    #expect(try set(["[0]": "7"], "[ ]") == "[7 ]")
  }

  @Test func `set through something that is no object is an error, and appends nothing`() throws {
    #expect(throws: JSONEditProblem.notAContainer(try JSONPath("p"))) { try set(["s": "1", "p.q": "1"], tick) }
    #expect(throws: JSONEditProblem.notAContainer(try JSONPath("x"))) { try set(["x[0]": "1"], tick) }
    #expect(throws: JSONEditProblem.missing(try JSONPath("x.z[4]"))) { try set(["x.z[4]": "1"], tick) }
    #expect(throws: JSONEditProblem.missing(try JSONPath("q"))) { try set(["q[0]": "1"], tick) }
    #expect(throws: JSONEditProblem.notAContainer(try JSONPath("."))) { try set(["q": "1"], "1") }
    #expect(throws: JSONEditProblem.conflict(try JSONPath("a.b"))) { try JSONSet(try paths(["a", "a.b"])) }
    #expect(throws: JSONEditProblem.notAContainer(try JSONPath("."))) { try pick(["a"], "1") }
  }

  @Test func `rename changes the key where it stands`() throws {
    #expect(
      try rename(["p": "price", "x.y": "why"], tick)
        == tick.replacing("\"p\"", with: "\"price\"").replacing("\"y\"", with: "\"why\""))
    #expect(try rename(["a": "b", "b": "a"], #"{"a":1,"b":2}"#) == #"{"b":1,"a":2}"#)
    #expect(try rename(["a": "b"], #"{"b":0,"a":1,"b":2}"#) == #"{"a":1}"#.replacing("a", with: "b"))
    #expect(try rename(["q": "b"], #"{"b":0}"#) == #"{"b":0}"#)
    #expect(try rename(["a": "b", "a.c": "d"], #"{"a" : {"c":1}}"#) == #"{"b" : {"d":1}}"#)
    #expect(throws: JSONEditProblem.conflict(try JSONPath("b"))) { try rename(["a": "c", "b": "c"], "{}") }
    #expect(throws: JSONEditProblem.conflict(try JSONPath("a[0]"))) { try rename(["a[0]": "c"], "{}") }
  }

  @Test func `of members of one name only the last counts in every edit`() throws {
    let twice = #"{"a":{"b":1},"c":0,"\u0061":{"d":2}}"#
    #expect(try pick(["a"], twice) == #"{"\u0061":{"d":2}}"#)
    #expect(try pick(["a.b"], twice) == "{}")
    #expect(try drop(["a"], twice) == #"{"c":0}"#)
    #expect(try set(["a.b": "9"], twice) == #"{"a":{"b":1},"c":0,"\u0061":{"d":2,"b":9}}"#)
    #expect(try rename(["a": "e"], twice) == #"{"c":0,"e":{"d":2}}"#)
  }

  @Test func `wrap and unwrap are each other's reverse`() throws {
    let wrapped = try edited(tick) { try JSONText.wrap($0, $1, in: JSONName("a\"b"), into: &$2, &$3) }
    #expect(wrapped == #"{"a\"b":"# + tick + "}")
    let path = JSONPath(names: ["a\"b"])
    #expect(try edited(wrapped) { try JSONText.unwrap($0, $1, path, into: &$2, &$3) } == tick)
    #expect(try edited(tick) { try JSONText.unwrap($0, $1, JSONPath("x.z[1]"), into: &$2, &$3) } == "2.0")
    #expect(throws: JSONEditProblem.missing(try JSONPath("q"))) {
      try edited(tick) { try JSONText.unwrap($0, $1, JSONPath("q"), into: &$2, &$3) }
    }
  }

  @Test(arguments: ["", " ", "1 2", "[", "}", "1,\"q\":2", "tru", "\"a"])
  func `a value that is no JSON text is not set`(_ value: String) throws {
    #expect(throws: JSONEditProblem.notJSON(try JSONPath("p"))) { try set(["p": value], tick) }
    #expect(throws: JSONEditProblem.notJSON(try JSONPath("q.r"))) { try set(["p": " 1 ", "q.r": value], tick) }
    #expect(throws: JSONEditProblem.notJSON(try JSONPath("."))) { try set([".": value], tick) }
  }

  @Test func `an edit keeps the limits of the tape`() throws {
    func set(_ path: String, _ value: String, _ json: String, depth: Int) throws -> String {
      let set = try JSONSet([try JSONPath(path)])
      return try edited(json, depthLimit: depth) { try set.write($0, $1, into: &$2, &$3) { $1 += value.utf8 } }
    }
    #expect(try set("a.b.c", "[]", "{}", depth: 4) == #"{"a":{"b":{"c":[]}}}"#)
    #expect(throws: JSONEditProblem.tooDeep) { try set("a.b.c", "[]", "{}", depth: 3) }
    #expect(throws: JSONEditProblem.tooDeep) { try set("a.b.c", "1", "{}", depth: 2) }
    #expect(try set("a[1]", "[1]", #"{"a":[0]}"#, depth: 3) == #"{"a":[0,[1]]}"#)
    #expect(throws: JSONEditProblem.tooDeep) { try set("a[0]", "[1]", #"{"a":[0]}"#, depth: 2) }
    func wrap(_ json: String, depth: Int = 3, size: Int = 100) throws -> String {
      try edited(json, depthLimit: depth, sizeLimit: size) {
        try JSONText.wrap($0, $1, in: JSONName("a"), into: &$2, &$3)
      }
    }
    #expect(try wrap("[[1],[2,[]],3]", depth: 4) == #"{"a":[[1],[2,[]],3]}"#)
    #expect(throws: JSONEditProblem.tooDeep) { try wrap("[[1],[2,[]],3]") }
    #expect(try wrap("[1]", size: 9) == #"{"a":[1]}"#)
    #expect(throws: JSONEditProblem.tooLong) { try wrap("[1]", size: 8) }
  }

  @Test(arguments: [
    "1.10", "1e400", "-0", "-0.0", "1E+2", "12345678901234567890123", "0.1000000000000000055", "1.0e-0005",
  ])
  func `the spelling of a number survives every edit`(_ number: String) throws {
    let json = #"{"a":0,"n":"# + number + #","b":[0,"# + number + "]}"
    #expect(try pick(["n", "b[1]"], json) == #"{"n":"# + number + #","b":["# + number + "]}")
    #expect(try drop(["a"], json) == #"{"n":"# + number + #","b":[0,"# + number + "]}")
    #expect(
      try set(["a": number, "c": number], json) == json.replacing("\"a\":0", with: "\"a\":" + number).dropLast()
        + ",\"c\":" + number + "}")
    #expect(try rename(["n": "m"], json) == json.replacing("\"n\"", with: "\"m\""))
  }
}
