/// A map of an expression: entries in the order they were written, found by key in constant time.
package struct ValueMap: Sendable {
  package private(set) var entries: [(key: Value, value: Value)] = []
  private var places: [Key: Int] = [:]

  package init() {}

  package var count: Int { entries.count }

  /// The value of a key; numbers that are equal are one key, whatever their type.
  package subscript(_ key: Value) -> Value? {
    guard let place = Key(key).flatMap({ places[$0] }) else { return nil }
    return entries[place].value
  }

  /// The value of a field.
  func member(_ name: String) -> Value? { places[.text(Text(name))].map { entries[$0].value } }

  /// False: the key is there already, or is of a type that cannot be one.
  package mutating func insert(_ key: Value, _ value: Value) -> Bool {
    guard let id = Key(key), places[id] == nil else { return false }
    if case .double = key { return false }
    places[id] = entries.count
    entries.append((key, value))
    return true
  }

  static func canBeKey(_ value: Value) -> Bool {
    switch value {
    case .bool, .int, .uint, .string: true
    default: false
    }
  }

  /// A key without its number type.
  private enum Key: Hashable {
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case text(Text)

    init?(_ value: Value) {
      switch value {
      case .bool(let flag): self = .bool(flag)
      case .int(let number): self = .int(number)
      case .uint(let number): self = Int64(exactly: number).map { .int($0) } ?? .uint(number)
      case .double(let number):
        if let int = Int64(exactly: number) {
          self = .int(int)
        } else if let uint = UInt64(exactly: number) {
          self = .uint(uint)
        } else {
          return nil
        }
      case .string(let text): self = .text(Text(text))
      default: return nil
      }
    }
  }

  /// Text that is equal only scalar by scalar; Swift's own `==` takes "é" and "e" with an accent for one.
  private struct Text: Hashable {
    let string: String

    init(_ string: String) { self.string = string }

    static func == (left: Text, right: Text) -> Bool { left.string.sameScalars(as: right.string) }

    func hash(into hasher: inout Hasher) {
      for byte in string.utf8 { hasher.combine(byte) }
      hasher.combine(0xFF as UInt8)
    }
  }
}
