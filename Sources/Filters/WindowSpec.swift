import ConfigText

/// `window: {every: 1m, key: EXPR, set: {open: first(msg.price)}}`: one message for all of a time.
package struct WindowSpec: FilterSpec {
  package struct Member: Equatable, Sendable {
    var name: String
    var value: WindowExpression
  }

  package var every = Duration.zero
  package var keying = StateKey()
  package var members: [Member] = []

  package static let key = "window"
  package static let summary =
    "Puts one JSON object in place of all messages of a time (and of a key): their count, sum, maximum, last and so on."
  package static let example =
    "{every: 1m, key: msg.symbol, set: {symbol: key, at: start, high: max(msg.price), trades: count()}}"
  package static var keys: [FilterKey] { fields.filterKeys }

  private static let fields = FieldTable<WindowSpec>(
    [
      .period(
        "every", \.every, "How long a window is; it starts at a multiple of this since 1970-01-01T00:00:00Z.",
        example: "1m", isRequired: true),
      Field(
        "set", \.members, "The fields of the object: names and expressions over the window's messages.",
        example: "{symbol: key, high: max(msg.price)}", isRequired: true, decode: decodeMembers),
    ] + StateKey.fields(\.keying, "Windows are"))

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> WindowSpec? {
    fields.decode(node, into: WindowSpec(), label: key, &reader)
  }

  private static func decodeMembers(_ node: ConfigNode, _ spec: inout WindowSpec, _ reader: inout ConfigReader) {
    guard let entries = node.entries else {
      return reader.mismatch(node, expected: "a mapping of fields to expressions such as {high: max(msg.price)}")
    }
    if entries.isEmpty { reader.error("'set' needs a field", at: node.place) }
    spec.members = entries.compactMap { entry in
      WindowExpression.decode(entry.value, &reader).map { Member(name: entry.name, value: $0) }
    }
  }

  package var expressions: [FilterExpression] { keying.expressions }
  package var uses: [VariableUses] { expressions.map(\.uses) + members.map(\.value.uses) }
  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> { .success(.object) }
  package func makeFilter() -> any Filter { WindowFilter(self) }
}
