extension Value {
  /// How large a value may be that an aggregate keeps: its text in UTF-8 bytes and 16 bytes for each value in it.
  static let mostKeptBytes = 65_536

  /// The value itself, or a copy of a view on a message, which would keep the whole message.
  ///
  /// Throws if it is larger than `mostKeptBytes` or nests deeper than expressions may.
  package func kept() throws(EvaluationError) -> Value {
    var room = Self.mostKeptBytes
    return try kept(&room, depth: Parser.deepest)
  }

  private func kept(_ room: inout Int, depth: Int) throws(EvaluationError) -> Value {
    room -= 16 + byteCount
    guard room >= 0, depth > 0 else {
      throw EvaluationError(.badArgument("an aggregate keeps values of at most \(Self.mostKeptBytes) bytes"))
    }
    switch self {
    case .list, .array:
      var elements: [Value] = []
      for index in 0..<(elementCount ?? 0) {
        elements.append(try (element(index) ?? .null).kept(&room, depth: depth - 1))
      }
      return .list(elements)
    case .map, .object:
      var map = ValueMap()
      for key in keys {
        room -= 16 + key.byteCount
        _ = map.insert(key, try (entry(key) ?? .null).kept(&room, depth: depth - 1))
      }
      return .map(map)
    case .optional(let inner?): return .optional(try inner.kept(&room, depth: depth - 1))
    default: return self
    }
  }
}
