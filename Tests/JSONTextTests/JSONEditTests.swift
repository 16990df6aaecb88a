import JSONText
import Testing

/// Runs an edit over a text; what it appends must be JSON again.
func edited(
  _ json: String, _ edit: (JSONTape, UnsafeRawBufferPointer, inout [UInt8]) throws -> Void
) throws -> String {
  var out = Array("kept".utf8)
  try reading(json) { try edit($0, $1, &out) }
  #expect(out.starts(with: "kept".utf8))
  let text = String(decoding: out.dropFirst(4), as: UTF8.self)
  #expect(problem(text) == nil, "\(text)")
  return text
}

func paths(_ paths: [String]) throws -> [JSONPath] { try paths.map { try JSONPath($0) } }

func pick(_ names: [String], _ json: String) throws -> String {
  let pick = JSONPick(try paths(names))
  return try edited(json) { try pick.write($0, $1, into: &$2) }
}

func drop(_ names: [String], _ json: String) throws -> String {
  let drop = JSONDrop(try paths(names))
  return try edited(json) { try drop.write($0, $1, into: &$2) }
}

func set(_ values: KeyValuePairs<String, String>, _ json: String) throws -> String {
  let set = try JSONSet(try paths(values.map(\.key)))
  let texts = values.map { Array($0.value.utf8) }
  return try edited(json) { tape, text, out in try set.write(tape, text, into: &out) { $1 += texts[$0] } }
}

func rename(_ names: KeyValuePairs<String, String>, _ json: String) throws -> String {
  let rename = try JSONRename(try names.map { (try JSONPath($0.key), $0.value) })
  return try edited(json) { try rename.write($0, $1, into: &$2) }
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
    let wrapped = try edited(tick) { _, text, out in JSONText.wrap(text, in: JSONName("a\"b"), into: &out) }
    #expect(wrapped == #"{"a\"b":"# + tick + "}")
    let path = JSONPath(names: ["a\"b"])
    #expect(try edited(wrapped) { try JSONText.unwrap($0, $1, path, into: &$2) } == tick)
    #expect(try edited(tick) { try JSONText.unwrap($0, $1, JSONPath("x.z[1]"), into: &$2) } == "2.0")
    #expect(throws: JSONEditProblem.missing(try JSONPath("q"))) {
      try edited(tick) { try JSONText.unwrap($0, $1, JSONPath("q"), into: &$2) }
    }
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
