import Expressions
import JSONText

/// A parsed message as expressions see it: values are read from its text when they are asked for.
///
/// It shares the message's buffers; the message lets it go before it changes them.
final class SharedJSON: Sendable {
  let tape: JSONTape
  let bytes: [UInt8]

  init(tape: JSONTape, bytes: [UInt8]) {
    self.tape = tape
    self.bytes = bytes
  }

  /// A number is an `int` when it is written as a whole one that fits, else a `uint`, else a `double`.
  func value(of node: Int) -> Value {
    switch tape.kind(of: node) {
    case .object: .object(SharedObject(json: self, node: node))
    case .array: .array(SharedArray(json: self, node: node))
    case .string: .string(bytes.withUnsafeBytes { tape.string(of: node, in: $0) })
    case .number: number(node)
    case .true: .bool(true)
    case .false: .bool(false)
    case .null: .null
    }
  }

  private func number(_ node: Int) -> Value {
    bytes.withUnsafeBytes { text in
      if let number = tape.int64(of: node, in: text) { return .int(number) }
      if let number = tape.uint64(of: node, in: text) { return .uint(number) }
      if let number = tape.double(of: node, in: text) { return .double(number) }
      return .double(text[tape.range(of: node).lowerBound] == UInt8(ascii: "-") ? -.infinity : .infinity)
    }
  }
}

/// An object of a message.
struct SharedObject: ExpressionObject {
  let json: SharedJSON
  let node: Int

  func member(_ name: String) -> Value? {
    json.bytes.withUnsafeBytes { text in
      // Strings of this language's own have their UTF-8 in one piece.
      name.utf8.withContiguousStorageIfAvailable { json.tape.member(named: $0, of: node, in: text) }
        ?? json.tape.member(JSONName(name), of: node, in: text)
    }.map(json.value)
  }

  var count: Int { names.count }

  /// Of two members of one name the last counts.
  var names: [String] {
    var seen: Set<String> = []
    return json.bytes.withUnsafeBytes { text in
      json.tape.members(of: node).map { json.tape.string(of: $0.key, in: text) }
    }.filter { seen.insert($0).inserted }
  }
}

/// An array of a message.
struct SharedArray: ExpressionArray {
  let json: SharedJSON
  let node: Int

  var count: Int { json.tape.count(of: node) }

  func element(_ index: Int) -> Value? { json.tape.element(index, of: node).map(json.value) }
}
