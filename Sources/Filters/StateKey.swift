import ConfigText
import Expressions

/// `key: EXPR, keys: 10000` of a filter that keeps states: which messages share one, and how many there are at most.
package struct StateKey: Equatable, Sendable {
  /// Messages of one value share a state; nil: all do.
  package var key: FilterExpression?
  /// The most states; beyond them the one that was not used for the longest time goes.
  package var limit = 10_000

  /// The most states that can be asked for.
  static let largestLimit = 10_000_000
  /// The longest key, in bytes, as every state keeps its own.
  static let longestKey = 4096

  /// The keys of the mapping.
  ///
  /// - Parameter effect: what there is for each key: "Values are compared".
  static func fields<Root>(_ path: WritableKeyPath<Root, StateKey> & Sendable, _ effect: String) -> [Field<Root>] {
    [
      Field(
        "key", { $0[keyPath: path].key }, "\(effect) apart for each value of this expression.", default: "all together",
        example: "msg.symbol"
      ) { node, root, reader in
        if let key = FilterExpression.decode(node, &reader) { root[keyPath: path].key = key }
      },
      Field(
        "keys", { $0[keyPath: path].limit },
        "How many keys are remembered; beyond them the one unused for the longest time is forgotten.",
        default: "10000", example: "500"
      ) { node, root, reader in
        guard let limit = Int.decode(node, &reader) else { return }
        if (1...largestLimit).contains(limit) {
          root[keyPath: path].limit = limit
        } else {
          reader.error("'keys' is from 1 to \(largestLimit)", at: node.place)
        }
      },
    ]
  }

  var expressions: [FilterExpression] { key.map { [$0] } ?? [] }
}

extension FilterExpression? {
  /// The text by which a message's state is found; without an expression all messages have the same.
  ///
  /// - Throws: `FilterFailure` when the key has no value, or one that is too long.
  func key(of message: inout Message, _ run: inout Run) throws(FilterFailure) -> String {
    guard let self else { return "" }
    return try self.value(&message, &run).stateKey()
  }
}

extension Value {
  /// `key()` of a bounded length.
  func stateKey() throws(FilterFailure) -> String {
    let key = try key()
    guard key.utf8.count <= StateKey.longestKey else {
      throw FilterFailure("the key is too long", detail: "\(key.utf8.count) bytes; \(StateKey.longestKey) are allowed")
    }
    return key
  }
}
