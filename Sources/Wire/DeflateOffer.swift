/// What a client that offers permessage-deflate asks of the server (RFC 7692 section 7.1).
package struct DeflateOffer: Equatable, Sendable {
  package static let name = "permessage-deflate"

  /// Each message is to be compressed by itself.
  package var serverNoContextTakeover = false
  /// The largest window that the server may compress with, 8 to 15, as a power of two; `nil`: the client has not said.
  package var serverMaxWindowBits: Int?

  package init(serverNoContextTakeover: Bool = false, serverMaxWindowBits: Int? = nil) {
    self.serverNoContextTakeover = serverNoContextTakeover
    self.serverMaxWindowBits = serverMaxWindowBits
  }

  /// Whether the client can read a stream that is compressed once for all: with one window, as large as there are.
  package var canShare: Bool { !serverNoContextTakeover && serverMaxWindowBits ?? 15 == 15 }

  /// The offers of permessage-deflate that can be agreed to, in order of preference. One with a parameter that is unknown,
  /// comes twice or has a wrong value is declined (section 7), as every other extension.
  package static func list(_ offers: [ExtensionOffer]) -> [DeflateOffer] { offers.compactMap(DeflateOffer.init) }

  private init?(_ offer: ExtensionOffer) {
    guard offer.name == Self.name else { return nil }
    guard Set(offer.parameters.map(\.name)).count == offer.parameters.count else { return nil }
    for parameter in offer.parameters {
      switch (parameter.name, parameter.value) {
      case ("server_no_context_takeover", nil): serverNoContextTakeover = true
      case ("client_no_context_takeover", nil), ("client_max_window_bits", nil): break
      case ("client_max_window_bits", let value?):
        guard Self.windowBits(value) != nil else { return nil }
      case ("server_max_window_bits", let value?):
        guard let bits = Self.windowBits(value) else { return nil }
        serverMaxWindowBits = bits
      default: return nil
      }
    }
  }

  /// "a decimal integer value without leading zeroes between 8 to 15" (section 7.1.2).
  private static func windowBits(_ text: String) -> Int? {
    RawDeflater.windowBits.first { String($0) == text }
  }
}

/// What is agreed with a client that offered permessage-deflate. `client_no_context_takeover` always is, so that an idle
/// connection holds no inflater; a server may say so unasked (RFC 7692 section 7.1.1.2).
package struct DeflateAgreement: Equatable, Sendable {
  /// The compressor is reset before each message.
  package var serverNoContextTakeover: Bool
  /// As the client has asked; `nil`: it has not, and all of 2^15 is used.
  package var serverMaxWindowBits: Int?

  package init(_ offer: DeflateOffer) {
    serverNoContextTakeover = offer.serverNoContextTakeover
    serverMaxWindowBits = offer.serverMaxWindowBits
  }

  /// For `RawDeflater`.
  package var windowBits: Int { serverMaxWindowBits ?? 15 }

  /// The value of `Sec-WebSocket-Extensions`: what the client has asked must be in it, also where it changes nothing
  /// (section 7.1.2.1). `client_max_window_bits` is left out: the client's window is its own affair.
  package var header: String {
    var text = DeflateOffer.name
    if serverNoContextTakeover { text += "; server_no_context_takeover" }
    text += "; client_no_context_takeover"
    if let serverMaxWindowBits { text += "; server_max_window_bits=\(serverMaxWindowBits)" }
    return text
  }
}
