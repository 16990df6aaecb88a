/// What is known of a value's type when an expression is loaded.
package indirect enum StaticType: Sendable, Equatable {
  /// Known only at run time, such as a field of a message.
  case dyn
  case null
  case bool
  case int
  case uint
  case double
  case string
  case bytes
  case timestamp
  case duration
  case type
  case list(StaticType)
  case map(StaticType, StaticType)
  case optional(StaticType)

  /// As messages and the manual write it.
  package var name: String {
    switch self {
    case .dyn: "dyn"
    case .null: "null"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .timestamp: "timestamp"
    case .duration: "duration"
    case .type: "type"
    case .list(.dyn): "list"
    case .list(let element): "list(\(element.name))"
    case .map(.dyn, .dyn): "map"
    case .map(let key, let value): "map(\(key.name), \(value.name))"
    case .optional(.dyn): "optional"
    case .optional(let value): "optional(\(value.name))"
    }
  }

  var isNumber: Bool { self == .int || self == .uint || self == .double }

  /// Whether a value of the other type can be one of this.
  func accepts(_ other: StaticType) -> Bool {
    switch (self, other) {
    case (.dyn, _), (_, .dyn): true
    case (.list(let mine), .list(let theirs)): mine.accepts(theirs)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      key.accepts(otherKey) && value.accepts(otherValue)
    case (.optional(let mine), .optional(let theirs)): mine.accepts(theirs)
    default: self == other
    }
  }

  /// Whether values of both types can be equal: numbers of all types can.
  func comparable(with other: StaticType) -> Bool {
    if self == .null || other == .null || (isNumber && other.isNumber) { return true }
    switch (self, other) {
    case (.list(let mine), .list(let theirs)): return mine.comparable(with: theirs)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      return key.comparable(with: otherKey) && value.comparable(with: otherValue)
    default: return accepts(other)
    }
  }

  /// The type of a value that is of one or the other.
  func joined(_ other: StaticType) -> StaticType { self == other ? self : .dyn }
}
