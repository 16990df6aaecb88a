/// What a merge patch can say about the way from one value to another.
package enum JSONDelta: Sendable {
  /// The values mean the same; nothing was appended.
  case unchanged
  /// The patch was appended.
  case patch
  /// No patch leads to the new value, which must be sent whole; nothing was appended.
  case inexpressible
}

/// JSON merge patches (RFC 7396): an object with the members that change; null takes a member away.
///
/// What they cannot say: that a member is null; and an array changes only as a whole.
package enum JSONMergePatch {
  /// Appends the patch that makes the new value from the old. Its keys and values are spelled as in the new text, so
  /// that numbers stay as they are. Numbers of one value and different spelling are no change (`JSONValue.isSame`).
  package static func delta(
    from old: JSONValue, to new: JSONValue, into out: inout [UInt8]
  ) -> JSONDelta {
    guard old.kind == .object, new.kind == .object else {
      if old.isSame(as: new) { return .unchanged }
      guard !losesNull(new) else { return .inexpressible }
      out.append(contentsOf: new.bytes)
      return .patch
    }
    let start = out.count
    let result = objects(old, new, &out)
    if result != .patch { out.removeSubrange(start...) }
    return result
  }

  private static func objects(_ old: JSONValue, _ new: JSONValue, _ out: inout [UInt8]) -> JSONDelta {
    var (oldFields, newFields) = (JSONFields(old), JSONFields(new))
    var result = JSONDelta.unchanged
    out.append(UInt8(ascii: "{"))
    for (key, value) in newFields.members {
      let start = out.count
      open(key, isFirst: result == .unchanged, &out)
      switch change(from: oldFields.value(named: key), to: value, &out) {
      case .unchanged: out.removeSubrange(start...)
      case .patch: result = .patch
      case .inexpressible: return .inexpressible
      }
    }
    for (key, _) in oldFields.members where newFields.value(named: key) == nil {
      open(key, isFirst: result == .unchanged, &out)
      out.append(contentsOf: "null".utf8)
      result = .patch
    }
    out.append(UInt8(ascii: "}"))
    return result
  }

  private static func change(from old: JSONValue?, to new: JSONValue, _ out: inout [UInt8]) -> JSONDelta {
    if let old, old.kind == .object, new.kind == .object { return objects(old, new, &out) }
    if let old, old.isSame(as: new) { return .unchanged }
    guard new.kind != .null, !losesNull(new) else { return .inexpressible }
    out.append(contentsOf: new.bytes)
    return .patch
  }

  /// Whether a value, put into a patch, would not arrive whole, as it is an object with a null in it. In arrays nulls
  /// are safe.
  private static func losesNull(_ value: JSONValue) -> Bool {
    value.tape.members(of: value.node).contains { value.at($0.value).kind == .null || losesNull(value.at($0.value)) }
  }

  private static func open(_ key: JSONValue, isFirst: Bool, _ out: inout [UInt8]) {
    if !isFirst { out.append(UInt8(ascii: ",")) }
    out.append(contentsOf: key.bytes)
    out.append(UInt8(ascii: ":"))
  }

  /// Appends what a patch makes of a value (RFC 7396 section 2), or of nothing. Members the patch does not name keep
  /// their text.
  package static func apply(_ patch: JSONValue, to target: JSONValue?, into out: inout [UInt8]) {
    guard patch.kind == .object else { return out.append(contentsOf: patch.bytes) }
    var changes = JSONFields(patch)
    var fields = target?.kind == .object ? target.map { JSONFields($0) } : nil
    var isFirst = true
    out.append(UInt8(ascii: "{"))
    if let fields {
      for (key, value) in fields.members {
        let change = changes.value(named: key)
        guard change?.kind != .null else { continue }
        open(key, isFirst: isFirst, &out)
        isFirst = false
        if let change { apply(change, to: value, into: &out) } else { out.append(contentsOf: value.bytes) }
      }
    }
    for (key, change) in changes.members where change.kind != .null && fields?.value(named: key) == nil {
      open(key, isFirst: isFirst, &out)
      isFirst = false
      apply(change, to: nil, into: &out)
    }
    out.append(UInt8(ascii: "}"))
  }
}
