import Expressions
import Testing

private let variables: Variables = ["msg": .dyn, "params": .map(.string, .string), "maybe": .optional(.dyn)]

@Suite struct ShapeTests {
  @Test(arguments: [
    ("params.symbol", ["1.symbol 0+13"]),
    ("params[\"symbol\"]", ["1.symbol 0+16"]),
    ("has(params.symbol)", ["1.symbol 4+13"]),
    ("params.?symbol.hasValue()", ["1.symbol 0+14"]),
    ("params[?\"symbol\"] == msg.?a", ["1.symbol 0+17", "0.a 21+6"]),
    ("params", ["1 0+6"]),
    ("params[msg.name]", ["1 0+6", "0.name 7+8"]),
    ("params.size() + msg.a.b", ["1 0+6", "0.a 16+5"]),
    ("(params).symbol", ["1.symbol 0+15"]),
    ("'é' == params.`a-b`", ["1.a-b 7+12"]),
    ("msg.list.map(params, params.x + .params.x)", ["0.list 0+8", "1.x 33+8"]),
    ("[msg, {'a': msg.b}, msg.c ? 1 : msg.d[0]]", ["0 1+3", "0.b 12+5", "0.c 20+5", "0.d 32+5"]),
    ("now > timestamp(0)", []),
  ])
  func `every use of a variable is told with its field`(text: String, expected: [String]) throws {
    let expression = try Expression(parsing: text, variables: variables)
    let told = expression.references.map { reference in
      let field = reference.field.map { "." + $0 } ?? ""
      return "\(reference.slot)\(field) \(reference.span.offset)+\(reference.span.length)"
    }
    #expect(told == expected)
  }

  @Test(
    arguments: [
      ("msg", .path(slot: 0, fields: [])),
      ("msg.a.b", .path(slot: 0, fields: ["a", "b"])),
      ("(msg)[\"a\"].`b-c`", .path(slot: 0, fields: ["a", "b-c"])),
      ("'x'", .constant(.string("x"))), ("-1", .constant(.int(-1))), ("1.5", .constant(.double(1.5))),
      ("true", .constant(.bool(true))),
      ("msg.symbol == params.symbol", .equal(.path(slot: 0, fields: ["symbol"]), .path(slot: 1, fields: ["symbol"]))),
      (
        "msg.a == 1 && (msg.b > 2 && true)",
        .and(
          .equal(.path(slot: 0, fields: ["a"]), .constant(.int(1))),
          .and(.compare(.greater, .path(slot: 0, fields: ["b"]), .constant(.int(2))), .constant(.bool(true))))
      ),
      ("msg.?a", .other), ("msg[0]", .other), ("msg[?\"a\"]", .other), ("msg[params.a]", .other), ("now", .other),
      ("maybe.a", .other), ("1u", .other), ("null", .other),
      ("msg.a != 1", .compare(.notEqual, .path(slot: 0, fields: ["a"]), .constant(.int(1)))), ("msg.a || true", .other),
      ("msg.size()", .other), ("has(msg.a)", .other), ("dyn(msg.a).b", .other), ("!msg.a", .other),
      ("msg.map(msg, msg)", .other),
    ] as [(String, ExpressionShape)])
  func `paths, literals, equalities and conjunctions are told`(text: String, expected: ExpressionShape) throws {
    #expect(try Expression(parsing: text, variables: variables).shape == expected)
  }
}
