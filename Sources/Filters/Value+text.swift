import Expressions
import JSONText

extension Value {
  /// Appends the value as JSON: bytes are base64, timestamps and durations are texts. What comes from the message keeps
  /// the spelling it has there.
  ///
  /// - Throws: `FilterFailure` for what JSON has no form for, and beyond `Message.maximumBytes`.
  func appendJSON(to out: inout [UInt8]) throws(FilterFailure) {
    guard out.count <= Message.maximumBytes else { throw FilterFailure(known: .tooLong) }
    switch self {
    case .null, .optional(nil): out.append(contentsOf: "null".utf8)
    case .bool(let flag): out.append(contentsOf: (flag ? "true" : "false").utf8)
    case .int(let number): out.append(contentsOf: String(number).utf8)
    case .uint(let number): out.append(contentsOf: String(number).utf8)
    case .double(let number):
      guard number.isFinite else { throw FilterFailure("JSON has no such number", detail: number.shortText) }
      out.append(contentsOf: number.shortText.utf8)
    case .string(let text): JSONText.appendQuoted(text, to: &out)
    case .bytes(let bytes): JSONText.appendQuoted(Base64.encode(bytes), to: &out)
    case .timestamp(let timestamp): JSONText.appendQuoted(timestamp.text, to: &out)
    case .duration(let span): JSONText.appendQuoted(span.text, to: &out)
    case .optional(let value?): try value.appendJSON(to: &out)
    case .list(let elements): try Self.append(elements, to: &out)
    case .map(let map): try Self.append(map, to: &out)
    case .object(let object as SharedObject): object.json.append(object.node, to: &out)
    case .array(let array as SharedArray): array.json.append(array.node, to: &out)
    case .object, .array, .type: throw FilterFailure("JSON has no such value", detail: typeName)
    }
  }

  private static func append(_ elements: [Value], to out: inout [UInt8]) throws(FilterFailure) {
    out.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      try element.appendJSON(to: &out)
    }
    out.append(UInt8(ascii: "]"))
  }

  private static func append(_ map: ValueMap, to out: inout [UInt8]) throws(FilterFailure) {
    out.append(UInt8(ascii: "{"))
    for (index, entry) in map.entries.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      JSONText.appendQuoted(try entry.key.plainText(), to: &out)
      out.append(UInt8(ascii: ":"))
      try entry.value.appendJSON(to: &out)
    }
    out.append(UInt8(ascii: "}"))
  }

  /// The value as people read it: a text is itself, all else as in JSON.
  func plainText() throws(FilterFailure) -> String {
    switch self {
    case .string(let text): return text
    case .int(let number): return String(number)
    case .uint(let number): return String(number)
    case .bool(let flag): return String(flag)
    case .double(let number): return number.shortText
    case .timestamp(let timestamp): return timestamp.text
    case .duration(let span): return span.text
    case .bytes(let bytes): return Base64.encode(bytes)
    case .optional(let value?): return try value.plainText()
    default:
      var out: [UInt8] = []
      try appendJSON(to: &out)
      return String(decoding: out, as: UTF8.self)
    }
  }

  /// A text by which values are told apart: numbers of one value are one key whatever their type, `1` and `"1"` are two.
  func key() throws(FilterFailure) -> String {
    switch self {
    case .string(let text): return "\"" + text
    case .double(let number):
      if let int = Int64(exactly: number) { return String(int) }
      if let uint = UInt64(exactly: number) { return String(uint) }
      return number.shortText
    default: return try plainText()
    }
  }
}

extension SharedJSON {
  /// The value's own text.
  func append(_ node: Int, to out: inout [UInt8]) {
    bytes.withUnsafeBytes { out.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[tape.range(of: node)])) }
  }
}
