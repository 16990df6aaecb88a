import Testing

@testable import Expressions

@Suite struct AggregateTests {
  @Test func `every example of the registry has the value it says`() {
    for aggregate in AggregateRegistry.all {
      let value = aggregated(aggregate.example.expression, prices(.int(1), .int(3), .int(2)))
      #expect(value == aggregate.example.value, "\(aggregate.name)")
    }
  }

  @Test(arguments: [
    ("max(msg.price) - min(msg.price)", "2"), ("count()", "3"), ("count() > 0 ? avg(msg.price) : 0.0", "2.0"),
    ("{'key': key, 'n': count(), 'x': sum(msg.price * 2)}", "{\"key\": \"ACME\", \"n\": 3, \"x\": 12}"),
    ("key + last(text)", "\"ACMEé\""), ("sum(size) / count()", "3"), ("[min(msg.price)].map(x, x + 1)", "[2]"),
    ("first([1, 2].map(x, x * msg.price))", "[1, 2]"), ("start", "timestamp(\"1970-01-01T00:00:00Z\")"),
    ("max(string(msg.price))", "\"3\""), ("max(timestamp(msg.price)).getSeconds()", "3"),
    ("min(duration(string(msg.price) + 's'))", "duration(\"1s\")"), ("avg(double(msg.price))", "2.0"),
    ("sum(uint(msg.price))", "6u"), ("last(has(msg.price) ? key_of : 1)", "problem: there is no variable \"key_of\""),
  ])
  func `what stands around aggregates is an ordinary expression`(text: String, expected: String) {
    #expect(aggregated(text, prices(.int(1), .int(3), .int(2))) == expected)
  }

  @Test(arguments: [
    ("count()", "0"), ("count(msg.price > 1)", "0"), ("sum(msg.price)", "0"), ("sum(double(msg.price))", "0.0"),
    ("sum(uint(msg.price))", "0u"), ("avg(msg.price)", "error: avg of no messages"),
    ("min(msg.price)", "error: min of no messages"), ("max(msg.price)", "error: max of no messages"),
    ("first(msg)", "error: first of no messages"), ("last(msg)", "error: last of no messages"),
    ("count() == 0 ? 1 : last(msg.price)", "1"),
  ])
  func `no messages have a count and a sum, but nothing else`(text: String, expected: String) {
    #expect(aggregated(text, []) == expected)
  }

  @Test func `a sum of ints is exact in any order, and an error if it does not fit`() {
    #expect(aggregated("sum(msg.price)", prices(.int(.max), .int(1), .int(-1))) == "9223372036854775807")
    #expect(aggregated("sum(msg.price)", prices(.int(.max), .int(1))) == "error: int overflow")
    #expect(aggregated("sum(uint(msg.price))", prices(.uint(.max), .uint(1))) == "error: uint overflow")
    #expect(aggregated("avg(msg.price)", prices(.int(.max), .int(.max))) == "9.223372036854775807e+18".asDouble)
    #expect(aggregated("count() > 1 || sum(msg.price) > 1", prices(.int(.max), .int(.max))) == "true")
  }

  @Test func `a sum with a double is a double and loses nothing on the way`() {
    #expect(aggregated("sum(msg.price)", prices(.int(1), .double(0.5))) == "1.5")
    #expect(aggregated("sum(msg.price)", prices(.double(1), .double(1e100), .double(1), .double(-1e100))) == "2.0")
    #expect(aggregated("sum(msg.price)", Array(repeating: prices(.double(0.1)), count: 10).flatMap(\.self)) == "1.0")
    #expect(aggregated("sum(msg.price)", prices(.double(.infinity), .double(1))) == "Infinity")
    #expect(aggregated("avg(msg.price)", prices(.double(.infinity), .double(-.infinity))) == "NaN")
  }

  @Test func `numbers of all types have a least and a greatest one`() {
    let mixed = prices(.double(2.5), .int(2), .uint(3), .double(.nan))
    #expect(aggregated("min(msg.price)", mixed) == "2")
    #expect(aggregated("max(msg.price)", mixed) == "3u")
    #expect(aggregated("max(msg.price)", mixed.reversed()) == "3u")
    #expect(aggregated("max(msg.price)", prices(.int(2), .double(2))) == "2")
  }

  @Test(arguments: [
    ("sum(msg.price)", "1 (no matching overload: sum(string))"),
    ("avg(msg.price)", "1.0 (no matching overload: avg(string))"),
    ("min(msg.price)", "1 (no matching overload: string < int)"),
    ("[count(), sum(msg.price)]", "[1, 1] (no matching overload: sum(string))"),
    ("[sum(1), min(msg.price), count()]", "[1, 1, 1] (no matching overload: string < int)"),
    ("[count(), last(msg.price + 1)]", "[1, 2] (no matching overload: string + int)"),
    ("count(msg.price)", "0 (no matching overload: count(int)) (no matching overload: count(string))"),
    ("max([msg.price][0] == 1 ? msg : 1)", "1 (no matching overload: max(map))"),
  ])
  func `a message that one aggregate cannot take is taken by none`(text: String, expected: String) {
    #expect(aggregated(text, prices(.int(1), .string("x"))) == expected)
  }

  @Test func `nothing keeps a message alive`() throws {
    final class Storage: Sendable {}
    struct View: ExpressionObject, ExpressionArray {
      let storage: Storage
      func member(_ name: String) -> Value? { name == "list" ? .array(self) : .string(name) }
      func element(_ index: Int) -> Value? { index == 0 ? .object(Message(fields: ["a": .null])) : .int(1) }
      var count: Int { 2 }
      var names: [String] { ["a", "list"] }
    }
    let text = "[first(msg), last([msg]), last({'a': msg.list}), last(msg.?list), max(msg.a)]"
    let expression = try AggregateExpression(parsing: text, variables: messageVariables, results: windowVariables)
    var state = AggregateState(expression)
    weak var storage: Storage?
    try {
      let strong = Storage()
      storage = strong
      try state.add(messageContext(.object(View(storage: strong))))
    }()
    #expect(storage == nil)
    let map = "{\"a\": \"a\", \"list\": [{\"a\": null}, 1]}"
    let list = "[{\"a\": null}, 1]"
    #expect(
      try expression.value(of: state, windowContext()).description
        == "[\(map), [\(map)], {\"a\": \(list)}, optional.of(\(list)), \"a\"]")
  }

  @Test func `a value that is too large to keep is an error`() {
    let long = Value.string(String(repeating: "a", count: 66_000))
    let many = Value.array(Elements(elements: Array(repeating: .null, count: 5_000)))
    let deep = (0..<300).reduce(Value.int(1)) { inner, _ in .array(Elements(elements: [inner])) }
    let error = " (an aggregate keeps values of at most 65536 bytes)"
    for value in [long, many, deep] {
      #expect(aggregated("last(msg.price)", prices(.int(1), value)) == "1" + error)
      #expect(aggregated("first(msg.price)", prices(.int(1), value)) == "1")
      #expect(aggregated("first({'a': msg})", prices(value)) == "error: first of no messages" + error)
    }
    #expect(aggregated("max(msg.price)", prices(long)) == "error: max of no messages" + error)
    #expect(aggregated("count(msg.price != '')", prices(long)) == "1")
  }

  @Test func `identical calls share an accumulator, and identical arguments are evaluated once`() throws {
    let text = "max(msg.price) + max( msg.price ) - min(msg.price) + sum(msg.price + 1) + count() + count()"
    let expression = try AggregateExpression(parsing: text, variables: messageVariables, results: windowVariables)
    #expect(AggregateState(expression).accumulators.count == 4)
    var context = messageContext(prices(.int(1))[0])
    #expect(try expression.plan.values(context).count == 2)
    let other = try AggregateExpression(
      parsing: "[last('e\\u0301'), last('é'), last('e\u{301}')]", variables: messageVariables, results: [:])
    context.values = []
    #expect(try other.plan.values(context).count == 3)
  }

  @Test func `a state is a small value`() throws {
    #expect(MemoryLayout<Accumulator>.stride == 48)
    let expression = try AggregateExpression(
      parsing: "sum(msg.price)", variables: messageVariables, results: windowVariables)
    var state = AggregateState(expression)
    try state.add(messageContext(prices(.int(1))[0]))
    let before = state
    try state.add(messageContext(prices(.int(2))[0]))
    #expect(try expression.value(of: before, windowContext()).description == "1")
    #expect(try expression.value(of: state, windowContext()).description == "3")
  }

  @Test func `the arguments together have the budget of one evaluation`() throws {
    let text = "[count([1, 2].all(x, x > 0)), sum([1, 2].size())]"
    let expression = try AggregateExpression(parsing: text, variables: [:], results: [:])
    var state = AggregateState(expression)
    #expect(throws: EvaluationError(.costLimit)) { try state.add(EvaluationContext([:], budget: 1)) }
    #expect(throws: Never.self) { try state.add(EvaluationContext([:], budget: 2)) }
  }
}

extension String {
  /// A number as an expression writes it.
  fileprivate var asDouble: String { Value.double(Double(self) ?? 0).description }
}
