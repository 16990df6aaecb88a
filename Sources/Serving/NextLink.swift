import Streams

/// The target of a poll's `Link` (RFC 8288): the same request, behind what this one has brought.
enum NextLink {
  /// `target`: a request target that `RequestTarget` takes. Other query parameters stay as they were written.
  static func target(of target: String, after token: ResumeToken) -> String {
    let local = RequestTarget.originForm(target[...]) ?? "/"
    let parts = local.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let pairs = parts.count == 2 ? parts[1].split(separator: "&") : []
    let kept = pairs.filter { pair in
      let name = PercentCoding.decode(pair.prefix { $0 != "=" }, plusIsSpace: true)
      return name != "after" && name != "last_event_id"
    }
    // A target that begins with two slashes would name another host (RFC 3986 section 4.2).
    let path = parts[0].hasPrefix("//") ? "/." + parts[0] : String(parts[0])
    return escaped(path) + "?" + (kept.map { escaped(String($0)) } + ["after=\(token)"]).joined(separator: "&")
  }

  /// What cannot stand in a URI, as percent-encoding: a target could end the `<…>` it stands in, or the line.
  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: mustEscape) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if mustEscape(byte) {
        let digits = Array("0123456789ABCDEF".utf8)
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func mustEscape(_ byte: UInt8) -> Bool { !(0x21...0x7E).contains(byte) || "<>\"#".utf8.contains(byte) }
}
