/// A Swift type functions are written with, and the type of expressions it stands for.
protocol Native: SendableMetatype {
  static var type: StaticType { get }
  /// Nil: the value is of another type.
  init?(_ value: Value)
  var value: Value { get }
}

extension Value: Native {
  static var type: StaticType { .dyn }
  init?(_ value: Value) { self = value }
  var value: Value { self }
}

extension Bool: Native {
  static var type: StaticType { .bool }
  init?(_ value: Value) {
    guard case .bool(let flag) = value else { return nil }
    self = flag
  }
  var value: Value { .bool(self) }
}

extension Int64: Native {
  static var type: StaticType { .int }
  init?(_ value: Value) {
    guard case .int(let number) = value else { return nil }
    self = number
  }
  var value: Value { .int(self) }
}

extension UInt64: Native {
  static var type: StaticType { .uint }
  init?(_ value: Value) {
    guard case .uint(let number) = value else { return nil }
    self = number
  }
  var value: Value { .uint(self) }
}

extension Double: Native {
  static var type: StaticType { .double }
  init?(_ value: Value) {
    guard case .double(let number) = value else { return nil }
    self = number
  }
  var value: Value { .double(self) }
}

extension String: Native {
  static var type: StaticType { .string }
  init?(_ value: Value) {
    guard case .string(let text) = value else { return nil }
    self = text
  }
  var value: Value { .string(self) }
}

extension Timestamp: Native {
  static var type: StaticType { .timestamp }
  init?(_ value: Value) {
    guard case .timestamp(let timestamp) = value else { return nil }
    self = timestamp
  }
  var value: Value { .timestamp(self) }
}

extension TimeSpan: Native {
  static var type: StaticType { .duration }
  init?(_ value: Value) {
    guard case .duration(let span) = value else { return nil }
    self = span
  }
  var value: Value { .duration(self) }
}

/// Bytes as functions take them.
struct ByteText: Native {
  let bytes: [UInt8]

  static var type: StaticType { .bytes }
  init(_ bytes: [UInt8]) { self.bytes = bytes }
  init?(_ value: Value) {
    guard case .bytes(let bytes) = value else { return nil }
    self.bytes = bytes
  }
  var value: Value { .bytes(bytes) }
}

/// A list of either kind.
struct ListValue: Native {
  let value: Value
  var count: Int { value.elementCount ?? 0 }

  static var type: StaticType { .list(.dyn) }
  init?(_ value: Value) {
    guard value.isList else { return nil }
    self.value = value
  }
}

/// A map of either kind.
struct MapValue: Native {
  let value: Value

  static var type: StaticType { .map(.dyn, .dyn) }
  init?(_ value: Value) {
    switch value {
    case .map, .object: self.value = value
    default: return nil
    }
  }
}

/// An optional.
struct OptionalValue: Native {
  let wrapped: Value?

  static var type: StaticType { .optional(.dyn) }
  init(_ wrapped: Value?) { self.wrapped = wrapped }
  init?(_ value: Value) {
    guard case .optional(let wrapped) = value else { return nil }
    self.wrapped = wrapped
  }
  var value: Value { .optional(wrapped) }
}

/// A type as a value.
struct TypeValue: Native {
  let name: String

  static var type: StaticType { .type }
  init(_ name: String) { self.name = name }
  init?(_ value: Value) {
    guard case .type(let name) = value else { return nil }
    self.name = name
  }
  var value: Value { .type(name) }
}
