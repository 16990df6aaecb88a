import ConfigText
import Testing

private struct Inner: ConfigSpec {
  var messages = 1
  var age: Duration?
  static let label = "inner"
  static let fields = FieldTable<Inner>([
    .bounded("messages", \.messages, 1...9, "from 1 to 9", "How many.", example: "5"),
    Field("age", \.age, "How old.", example: "10s"),
  ])
}

private struct Outer: Equatable, Sendable {
  var name = ""
  var at = Located("", at: Place(file: "a.yaml"))
  var always = Inner()
  var perhaps: Inner?
  var both: (length: Int, isLoud: Bool) = (0, false)

  static func == (left: Outer, right: Outer) -> Bool { left.name == right.name }

  static let fields = FieldTable<Outer>([
    .required("name", \.name, "Its name.", example: "x"),
    Field("at", \.at, "Where it is.", example: "here"),
    Field("always", \.always, "Always there.", example: "{}"),
    Field("perhaps", \.perhaps, "Perhaps there.", example: "{}"),
    Field("both", { [$0.both.length, $0.both.isLoud ? 1 : 0] }, "Two at once.", example: "loud") { node, root, _ in
      root.both = (node.scalar?.text.count ?? 0, true)
    },
  ])
}

@Suite struct FieldChangeTests {
  @Test func `equal roots differ in nothing`() {
    #expect(Outer.fields.changes(from: Outer(), to: Outer()) == [])
  }

  @Test func `fields that differ are named in the order of the table`() {
    var other = Outer()
    other.both.isLoud = true
    other.name = "x"
    #expect(Outer.fields.changes(from: Outer(), to: other) == ["name", "both"])
  }

  @Test func `a value that only stands elsewhere is equal`() {
    var other = Outer()
    other.at.place.line = 99
    #expect(Outer.fields.changes(from: Outer(), to: other) == [])
  }

  @Test func `of a mapping that both have, its own keys are named`() {
    var (one, other) = (Outer(), Outer())
    other.always = Inner(messages: 2, age: .seconds(1))
    (one.perhaps, other.perhaps) = (Inner(), Inner(age: .seconds(1)))
    #expect(Outer.fields.changes(from: one, to: other) == ["always.messages", "always.age", "perhaps.age"])
  }

  @Test func `a mapping that comes or goes is named itself`() {
    var other = Outer()
    other.perhaps = Inner()
    #expect(Outer.fields.changes(from: Outer(), to: other) == ["perhaps"])
    #expect(Outer.fields.changes(from: other, to: Outer()) == ["perhaps"])
  }

  @Test func `a table tells every key that can be named`() {
    let keys = [
      "name", "at", "always.messages", "always.age", "perhaps", "perhaps.messages", "perhaps.age", "both",
    ]
    #expect(Outer.fields.keys == keys)
  }

  @Test func `a list in any order is equal to another with the same values as often`() {
    #expect(AnyOrder([1, 2, 1]) == AnyOrder([1, 1, 2]))
    #expect(AnyOrder([1, 2]) != AnyOrder([1, 1, 2]))
    #expect(decode(AnyOrder<Int>.self, "[2, 1]").value == AnyOrder([1, 2]))
    #expect(decode(AnyOrder<Int>.self, "1").value?.values == [1])
    #expect(decode(AnyOrder<Int>.self, "[1, x]").problems == ["expected a whole number, got 'x'"])
  }
}
