import ConfigText
import JSONText

/// `distinct: EXPR` or `distinct: {of: EXPR, key: EXPR}`: drops what says the same as the message before.
package struct DistinctSpec: FilterSpec {
  package var of: FilterExpression
  package var keying = StateKey()

  package static let key = "distinct"
  package static let summary = "Drops a message if an expression has the same value as for the last one (of its key)."
  package static let example = "{of: msg.price, key: msg.symbol}"
  package static var keys: [FilterKey] { fields.filterKeys }

  private struct Draft: Sendable {
    var of: FilterExpression?
    var keying = StateKey()
  }

  private static let fields = FieldTable<Draft>(
    [.required("of", \.of, "What is compared: a field, msg, text or any expression.", example: "msg.price")]
      + StateKey.fields(\.keying, "Values are compared"))

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> DistinctSpec? {
    guard let draft = fields.decode(node, into: Draft(), label: key, short: "of", &reader), let of = draft.of else {
      return nil
    }
    return DistinctSpec(of: of, keying: draft.keying)
  }

  package var expressions: [FilterExpression] { [of] + keying.expressions }
  package func makeFilter() -> any Filter { DistinctFilter(of: of, keying: keying) }
}

struct DistinctFilter: Filter {
  private let of: FilterExpression
  private let key: FilterExpression?
  /// The last values as JSON.
  private var values: KeyedStates<[UInt8]>
  /// The value of the message at hand.
  private var value: [UInt8] = []
  private var comparison = JSONComparison()

  init(of: FilterExpression, keying: StateKey) {
    self.of = of
    key = keying.key
    values = KeyedStates(limit: keying.limit)
  }

  var evictions: Int { values.evictions }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    let key = try key.key(of: &message, &run)
    value.removeAll(keepingCapacity: true)
    try of.appendJSON(of: &message, &run, to: &value)
    guard let slot = values.slot(of: key) else {
      _ = values.insert(value.copy, for: key)
      return true
    }
    values.touch(slot)
    guard !comparison.isSame(values[slot], value) else { return false }
    values[slot].take(value)
    return true
  }
}

/// Compares JSON texts by what they mean: numbers by value, objects whatever the order of their members.
struct JSONComparison: Sendable {
  private var tapes = (JSONTape(sizeLimit: Message.maximumBytes), JSONTape(sizeLimit: Message.maximumBytes))

  /// Both are JSON; a string is one that `JSONText.appendQuoted` wrote.
  mutating func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    if one == other { return true }
    let quote = UInt8(ascii: "\"")
    guard one.first != quote, other.first != quote else { return false }
    return one.withUnsafeBytes { one in
      other.withUnsafeBytes { other in
        guard (try? tapes.0.parse(one)) != nil, (try? tapes.1.parse(other)) != nil else { return false }
        return JSONValue(tapes.0, 0, one).isSame(as: JSONValue(tapes.1, 0, other))
      }
    }
  }
}
