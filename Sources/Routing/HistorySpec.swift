import ConfigText
import Streams

/// `history: {messages: 500, age: 10m, size: 4MiB}`.
package struct HistorySpec: ConfigSpec {
  package var messages = 1000
  package var age: Duration?
  package var size = ByteCount(bytes: 1 << 20)

  package init() {}

  package static let label = "history"
  package static let fields = FieldTable<Self>([
    Field(
      "messages", \.messages, "How many messages are kept for those who join or come back; 0 keeps none.",
      default: "1000", example: "500"),
    Field("age", \.age, "How old a kept message may be.", default: "any age", example: "10m"),
    Field("size", \.size, "How many bytes of messages are kept.", default: "1MiB", example: "4MiB"),
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
    return spec
  }

  package var history: History { History(messages: messages, age: age, size: size.bytes) }
}
