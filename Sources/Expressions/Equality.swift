extension Value {
  /// Equality of the specification: values of different types are unequal, but numbers equal by value, lists by
  /// elements and maps by entries.
  static func equal(_ left: Value, _ right: Value, _ frame: inout Frame) throws(EvaluationError) -> Bool {
    switch (left, right) {
    case (.string(let a), .string(let b)):
      try frame.charge(bytes: min(a.utf8.count, b.utf8.count))
      return a.sameScalars(as: b)
    case (.null, .null): return true
    case (.type(let a), .type(let b)): return a == b
    case (.bytes(let a), .bytes(let b)):
      try frame.charge(bytes: min(a.count, b.count))
      return a == b
    case (.optional(let a), .optional(let b)):
      guard let a, let b else { return a == nil && b == nil }
      return try equal(a, b, &frame)
    case (.list, .list), (.list, .array), (.array, .list), (.array, .array):
      return try equalLists(left, right, &frame)
    case (.map, .map), (.map, .object), (.object, .map), (.object, .object):
      return try equalMaps(left, right, &frame)
    default: return order(left, right) == .equal
    }
  }

  private static func equalLists(_ left: Value, _ right: Value, _ frame: inout Frame) throws(EvaluationError) -> Bool {
    guard let count = left.elementCount, count == right.elementCount else { return false }
    for index in 0..<count {
      try frame.charge(1)
      guard let a = left.element(index), let b = right.element(index), try equal(a, b, &frame) else { return false }
    }
    return true
  }

  private static func equalMaps(_ left: Value, _ right: Value, _ frame: inout Frame) throws(EvaluationError) -> Bool {
    guard left.elementCount == right.elementCount else { return false }
    for key in left.keys {
      try frame.charge(1)
      guard let a = left.entry(key), let b = right.entry(key), try equal(a, b, &frame) else { return false }
    }
    return true
  }
}

/// One view on lists and maps of both kinds.
extension Value {
  /// Of a list or map; nil: neither.
  var elementCount: Int? {
    switch self {
    case .list(let elements): elements.count
    case .array(let elements): elements.count
    case .map(let map): map.count
    case .object(let object): object.count
    default: nil
    }
  }

  /// Of a list.
  func element(_ index: Int) -> Value? {
    switch self {
    case .list(let elements): elements.indices.contains(index) ? elements[index] : nil
    case .array(let elements): index >= 0 && index < elements.count ? elements.element(index) : nil
    default: nil
    }
  }

  /// Of a map.
  func entry(_ key: Value) -> Value? {
    switch (self, key) {
    case (.map(let map), _): map[key]
    case (.object(let object), .string(let name)): object.member(name)
    default: nil
    }
  }

  /// Of a map.
  var keys: [Value] {
    switch self {
    case .map(let map): map.entries.map(\.key)
    case .object(let object): object.names.map { .string($0) }
    default: []
    }
  }
}
