/// One extension that a client offers in `Sec-WebSocket-Extensions` (RFC 6455 section 9.1), parameters as they came.
package struct ExtensionOffer: Equatable, Sendable {
  package struct Parameter: Equatable, Sendable {
    package var name: String
    package var value: String?
  }

  package var name: String
  package var parameters: [Parameter] = []

  /// All that is offered, in order of preference; `nil` when a field is malformed. `fields`: each field's whole value.
  package static func list(_ fields: [String]) -> [ExtensionOffer]? {
    var offers: [ExtensionOffer] = []
    for field in fields {
      var reader = Reader(rest: Array(field.utf8)[...])
      repeat {
        reader.skipSpace()
        // Empty members of a list are passed over (RFC 9110 section 5.6.1.2).
        if reader.isAtEnd || reader.rest.first == UInt8(ascii: ",") { continue }
        guard let offer = reader.offer() else { return nil }
        offers.append(offer)
      } while reader.skip(",")
      guard reader.isAtEnd else { return nil }
    }
    return offers
  }
}

extension ExtensionOffer {
  /// Reads what is left of a field.
  private struct Reader {
    var rest: ArraySlice<UInt8>

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skipSpace() { rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }

    /// True when the letter was next.
    mutating func skip(_ letter: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: letter) else { return false }
      rest.removeFirst()
      return true
    }

    /// `token *( ";" extension-param )`, with the space behind it.
    mutating func offer() -> ExtensionOffer? {
      guard let name = token() else { return nil }
      var offer = ExtensionOffer(name: name)
      skipSpace()
      while skip(";") {
        skipSpace()
        guard let parameter = parameter() else { return nil }
        offer.parameters.append(parameter)
        skipSpace()
      }
      return offer
    }

    /// `token [ "=" (token / quoted-string) ]`
    private mutating func parameter() -> Parameter? {
      guard let name = token() else { return nil }
      skipSpace()
      guard skip("=") else { return Parameter(name: name) }
      skipSpace()
      guard let value = skip("\"") ? quoted() : token() else { return nil }
      return Parameter(name: name, value: value)
    }

    /// RFC 9110 section 5.6.2.
    private mutating func token() -> String? {
      let letters = rest.prefix(while: Self.isTokenByte)
      guard !letters.isEmpty else { return nil }
      rest = rest[letters.endIndex...]
      return String(decoding: letters, as: UTF8.self)
    }

    /// Up to the closing quote; what it says must be a token.
    private mutating func quoted() -> String? {
      var value: [UInt8] = []
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "\"") {
          return value.isEmpty || !value.allSatisfy(Self.isTokenByte) ? nil : String(decoding: value, as: UTF8.self)
        }
        guard byte == UInt8(ascii: "\\") else {
          value.append(byte)
          continue
        }
        guard let escaped = rest.popFirst() else { return nil }
        value.append(escaped)
      }
      return nil
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): true
      default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
    }
  }
}
