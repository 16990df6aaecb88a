import ConfigText
import Serving

extension Publish.Target: ConfigChoice {}

/// `publish: {to: reply, limit: {message: 4KiB}}`: what becomes of messages that clients send.
package struct PublishSpec: ConfigSpec {
  package var to = Publish.Target.reply
  package var limit = PublishLimitSpec()

  package init() {}

  package static let label = "publish"
  package static let fields = FieldTable<Self>([
    Field.required(
      "to", \.to, "Where they go: 'reply' sends each back to the client that sent it, and to nobody else.",
      example: "reply"),
    Field("limit", \.limit, "What a client may send.", default: "that of the server", example: "{message: 4KiB}"),
  ])

  /// `limit`: the longest message where the route does not say.
  package func publish(limit: ByteCount) -> Publish {
    Publish(target: to, messageLimit: (self.limit.message ?? limit).bytes)
  }
}

/// `publish.limit`.
package struct PublishLimitSpec: ConfigSpec {
  package var message: ByteCount?

  package init() {}

  package static let label = "limit"
  /// The largest `message`: 256 MiB.
  package static let largestMessage = 256 << 20
  package static let fields = FieldTable<Self>([
    Field(
      "message", \.message, "The longest message; a longer one ends the connection with 1009.",
      default: "message of server.limits",
      example: "4KiB"
    ) { node, spec, reader in
      guard let size = ByteCount.decode(node, &reader) else { return }
      if (1...largestMessage).contains(size.bytes) {
        spec.message = size
      } else {
        reader.error("'message' is from 1 to 256MiB", at: node.place)
      }
    }
  ])
}

/// A subprotocol's name: a token (RFC 6455 section 4.1, RFC 9110 section 5.6.2).
enum Subprotocol {
  static func decodeList(_ node: ConfigNode, _ reader: inout ConfigReader) -> [String] {
    guard let names = [Located<String>].decode(node, &reader) else { return [] }
    for name in names where !isToken(name.value) {
      reader.error("'\(name.value)' is not a subprotocol's name: letters, digits and !#$%&'*+-.^_`|~", at: name.place)
    }
    return names.map(\.value)
  }

  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            || "!#$%&'*+-.^_`|~".unicodeScalars.contains(scalar))
      }
  }
}
