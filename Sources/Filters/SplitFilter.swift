import ConfigText
import Expressions
import JSONText
import Streams

/// `split: ","` or `split: {array: items}`: a message becomes several.
package struct SplitSpec: FilterSpec {
  package enum Place: Hashable, Sendable {
    /// Between the parts of a text.
    case separator(String)
    /// Between the elements of a JSON array.
    case array(FieldPath)
  }

  package var place: Place

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "split"
  package static let summary =
    "Makes a message of each part of a text, or of each element of a JSON array; empty parts are passed over."
  package static let example = "{array: trades}"
  package static var keys: [FilterKey] { ArraySettings.fields.filterKeys }

  /// The most parts of a message.
  static let mostParts = 100_000
  /// The longest separator, in bytes.
  private static let longestSeparator = 64

  package struct ArraySettings: ConfigSpec {
    var array: FieldPath?

    package init() {}

    package static let label = key
    package static let fields = FieldTable<ArraySettings>([
      .required(
        "array", \.array, "The JSON array whose elements become messages; '.' is the message itself.",
        example: "trades")
    ])
  }

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> SplitSpec? {
    guard let scalar = node.scalar else {
      guard node.entries != nil else {
        reader.mismatch(node, expected: "a separator such as \",\", or {array: FIELD}")
        return nil
      }
      return ArraySettings.decode(node, &reader)?.array.map { SplitSpec(place: .array($0)) }
    }
    guard !scalar.isBroken else { return nil }
    guard (1...longestSeparator).contains(scalar.text.utf8.count) else {
      reader.error("a separator has 1 to \(longestSeparator) bytes", at: node.place)
      return nil
    }
    return SplitSpec(place: .separator(scalar.text))
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    switch place {
    case .separator: return form == .binary ? .failure(FormMismatch(needs: "text")) : .success(.any)
    case .array(let field):
      let fits = form.mayBeJSON && !(field.path.steps.isEmpty && form == .object)
      return fits ? .success(.json) : .failure(FormMismatch(needs: "a JSON array"))
    }
  }

  package func makeFilter() -> any Filter { SplitFilter(place: place) }
}

struct SplitFilter: Filter {
  let place: SplitSpec.Place

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    let parts =
      switch place {
      case .separator(let separator): try Self.parts(of: message, at: Array(separator.utf8))
      case .array(let field): try Self.elements(of: &message, at: field.path)
      }
    // Who has the message's own id has all of its parts.
    var label = message.label
    label.id = nil
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1 { label.id = message.label.id }
      run.emit(Array(message.bytes[part]), label: label)
    }
    return false
  }

  private static func parts(of message: Message, at separator: [UInt8]) throws(FilterFailure) -> [Range<Int>] {
    guard message.isText else { throw FilterFailure(known: .notText) }
    var parts: [Range<Int>] = []
    var start = 0
    try message.bytes.withText { (text) throws(FilterFailure) in
      while start <= text.count {
        let end = text.find(separator, from: start) ?? text.count
        if end > start { try add(start..<end, to: &parts) }
        start = end + separator.count
      }
    }
    return parts
  }

  private static func elements(
    of message: inout Message, at path: JSONPath
  ) throws(FilterFailure) -> [Range<Int>] {
    try message.read { (tape, text) throws(FilterFailure) in
      guard let node = tape.node(at: path, in: text), tape.kind(of: node) == .array else {
        throw FilterFailure("no array at '\(path)'")
      }
      var parts: [Range<Int>] = []
      for element in tape.elements(of: node) { try add(tape.range(of: element), to: &parts) }
      return parts
    }
  }

  private static func add(_ part: Range<Int>, to parts: inout [Range<Int>]) throws(FilterFailure) {
    guard parts.count < SplitSpec.mostParts else {
      throw FilterFailure("the message has more than \(SplitSpec.mostParts) parts")
    }
    parts.append(part)
  }
}

extension UnsafeRawBufferPointer {
  /// Where a part that is not empty stands at or behind a place.
  func find(_ part: [UInt8], from start: Int) -> Int? {
    var index = start
    while index + part.count <= count {
      if self[index] == part[0], part.indices.allSatisfy({ self[index + $0] == part[$0] }) { return index }
      index += 1
    }
    return nil
  }
}
