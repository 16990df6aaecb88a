/// A value of an expression.
package enum Value: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  case list([Value])
  case map(ValueMap)
  case timestamp(Timestamp)
  case duration(TimeSpan)
  case type(String)
  /// A value that may be missing: `msg.?price`.
  indirect case optional(Value?)
  /// A map kept elsewhere.
  case object(any ExpressionObject)
  /// A list kept elsewhere.
  case array(any ExpressionArray)

  /// As `type()` names it.
  package var typeName: String {
    switch self {
    case .null: "null_type"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .list, .array: "list"
    case .map, .object: "map"
    case .timestamp: "google.protobuf.Timestamp"
    case .duration: "google.protobuf.Duration"
    case .type: "type"
    case .optional: "optional_type"
    }
  }
}
