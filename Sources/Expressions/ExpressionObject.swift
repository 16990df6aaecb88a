/// A map with string keys whose values are read when they are asked for, such as the JSON object of a message.
package protocol ExpressionObject: Sendable {
  /// The value of a field; nil: it has none of the name.
  func member(_ name: String) -> Value?
  /// How many fields it has.
  var count: Int { get }
  /// The names of the fields in their order.
  var names: [String] { get }
}

/// A list whose elements are read when they are asked for.
package protocol ExpressionArray: Sendable {
  var count: Int { get }
  /// The element at an index from 0 up to `count`; nil: none there.
  func element(_ index: Int) -> Value?
}
