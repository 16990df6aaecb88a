import NIOHTTP1

/// Who a request is from, when a trusted proxy has passed it on.
enum ClientAddress {
  /// Reads the hops from the right, past those that are trusted too. `nil`: the proxies do not say, or hide it.
  ///
  /// `X-Forwarded-For` goes before `Forwarded` (RFC 7239), which more proxies pass on as the client has sent it.
  static func behindProxy(_ headers: HTTPHeaders, trusted: [AddressNetwork]) -> IPAddress? {
    let chain = headers["x-forwarded-for"].joined(separator: ",")
    let hops = chain.isEmpty ? forwarded(headers["forwarded"].joined(separator: ",")) : list(chain)
    for hop in hops.reversed() {
      guard let address = address(hop) else { return nil }
      if !trusted.contains(where: { $0.contains(address) }) { return address }
    }
    return nil
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " && $0 != "\t" } }
  }

  /// The `for` of each element (RFC 7239 section 4); empty for an element without one.
  private static func forwarded(_ text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    return split(text[...], at: ",").map { element in
      for pair in split(element, at: ";") {
        let halves = pair.split(separator: "=", maxSplits: 1)
        guard halves.count == 2, halves[0].filter({ $0 != " " && $0 != "\t" }).lowercased() == "for" else { continue }
        return halves[1].filter { !" \t\"\\".contains($0) }
      }
      return ""
    }
  }

  /// Splits where the separator is not within quotes.
  private static func split(_ text: Substring, at separator: Character) -> [Substring] {
    var parts: [Substring] = []
    var start = text.startIndex
    var isQuoted = false
    var isEscaped = false
    for index in text.indices {
      let character = text[index]
      if isEscaped {
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == separator, !isQuoted {
        parts.append(text[start..<index])
        start = text.index(after: index)
      }
    }
    return parts + [text[start...]]
  }

  /// `1.2.3.4`, `1.2.3.4:80`, `2001:db8::1`, `[2001:db8::1]:80`; `nil` for `unknown` and `_hidden`.
  private static func address(_ node: String) -> IPAddress? {
    if node.hasPrefix("[") { return node.firstIndex(of: "]").flatMap { IPAddress(node[..<$0].dropFirst()) } }
    let parts = node.split(separator: ":", omittingEmptySubsequences: false)
    return IPAddress(parts.count == 2 ? parts[0] : node[...])
  }
}
