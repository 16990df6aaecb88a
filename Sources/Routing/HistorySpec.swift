import ConfigText
import Filters
import Streams

/// `history: {messages: 500, age: 10m, size: 4MiB, latest_by: msg.symbol}`.
package struct HistorySpec: ConfigSpec {
  package var messages = 1000
  package var age: Duration?
  package var size = ByteCount(bytes: 1 << 20)
  package var latestBy: FilterExpression?
  package var keys = 10_000

  package init() {}

  package static let label = "history"
  package static let fields = FieldTable<Self>([
    Field(
      "messages", \.messages, "How many messages are kept for those who join or come back; 0 keeps none.",
      default: "1000", example: "500"),
    Field("age", \.age, "How old a kept message may be.", default: "any age", example: "10m"),
    Field("size", \.size, "How many bytes of messages are kept.", default: "1MiB", example: "4MiB"),
    Field(
      "latest_by", \.latestBy,
      "The key of a message: the last message of each key is kept, and a new subscriber gets those first.",
      default: "messages have no keys", example: "msg.symbol"),
    .bounded(
      "keys", \.keys, 1...10_000_000, "from 1 to 10000000",
      "How many keys are kept; the one that was silent longest goes.", default: "10000", example: "500"),
  ])

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> HistorySpec? {
    guard var mapping = FieldReader(node, context: label, &reader) else { return nil }
    var spec = HistorySpec()
    mapping.read(&spec, fields, &reader)
    mapping.finish(&reader)
    guard spec.messages >= 0 else {
      reader.error("'messages' cannot be negative", at: mapping.node("messages")?.place ?? node.place)
      return nil
    }
    if let entry = mapping.entry("keys"), !mapping.has("latest_by") {
      reader.error("'keys' has no meaning without 'latest_by'", at: entry.key.place)
    }
    return spec
  }

  package var history: History {
    History(messages: messages, age: age, size: size.bytes, keys: latestBy == nil ? nil : keys)
  }
}
