extension Value: CustomStringConvertible {
  /// As an expression would write it.
  package var description: String {
    switch self {
    case .null: "null"
    case .bool(let flag): String(flag)
    case .int(let number): String(number)
    case .uint(let number): "\(number)u"
    case .double(let number):
      number.isFinite && !number.shortText.contains(where: { $0 == "." || $0 == "e" })
        ? number.shortText + ".0" : number.shortText
    case .string(let text): Self.quoted(text)
    case .bytes(let bytes): "b" + Self.quoted(bytes)
    case .list, .array:
      "[\((0..<(elementCount ?? 0)).compactMap { element($0)?.description }.joined(separator: ", "))]"
    case .map, .object:
      "{\(keys.map { "\($0): \(entry($0) ?? .null)" }.joined(separator: ", "))}"
    case .timestamp(let timestamp): "timestamp(\"\(timestamp.text)\")"
    case .duration(let span): "duration(\"\(span.text)\")"
    case .type(let name): name
    case .optional(let value): value.map { "optional.of(\($0))" } ?? "optional.none()"
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{0}"..<" ", "\u{7F}": out += hex(UInt8(scalar.value))
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  private static func quoted(_ bytes: [UInt8]) -> String {
    let parts = bytes.map { byte in
      switch byte {
      case 0x22, 0x5C: "\\\(Unicode.Scalar(byte))"
      case 0x20..<0x7F: String(Unicode.Scalar(byte))
      default: hex(byte)
      }
    }
    return "\"\(parts.joined())\""
  }

  private static func hex(_ byte: UInt8) -> String {
    "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}

extension Double {
  /// The shortest text that means the same number: no fraction if there is none, an exponent only far from 1.
  package var shortText: String {
    if isNaN { return "NaN" }
    if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
    if self == rounded(.towardZero), magnitude < 1e15 {
      return self == 0 && sign == .minus ? "-0" : String(Int64(self))
    }
    return String(describing: self)
  }
}
