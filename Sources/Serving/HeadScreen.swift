import NIOCore

/// Looks at a request's head as it comes, cut anywhere: finds its end, and refuses what is too large or no HTTP/1.
///
/// What it lets through is whole, and goes to the parser in one piece. Only that is checked here which the parser cannot
/// tell or is too kind to: sizes, line ends, the request line's spaces and version.
struct HeadScreen {
  enum Verdict: Equatable {
    case more
    /// The head is whole: so many bytes, empty lines before it included (RFC 9112 section 2.2).
    case whole(Int)
    case refuse(Refusal, LimitKind?)
  }

  let headBytes: Int
  let fieldCount: Int

  /// The most bytes of a request line (RFC 9112 section 3 wants at least 8,000).
  static let lineBytes = 8 << 10

  /// Bytes that were looked at.
  private var position = 0
  private var lineStart = 0
  private var hasRequestLine = false
  private var fields = 0

  init(headBytes: Int, fieldCount: Int) {
    self.headBytes = headBytes
    self.fieldCount = fieldCount
  }

  /// `bytes`: all that came since the head's first byte; each look goes on where the last one ended.
  mutating func look(at bytes: ByteBufferView) -> Verdict {
    while let end = bytes.dropFirst(position).prefix(headBytes - position).firstIndex(of: UInt8(ascii: "\n")) {
      let line = bytes[(bytes.startIndex + lineStart)..<end]
      position = end - bytes.startIndex + 1
      lineStart = position
      guard line.last == UInt8(ascii: "\r") else { return .refuse(.badRequest("a line does not end with CR LF"), nil) }
      if let verdict = take(line.dropLast()) { return verdict }
    }
    position = min(bytes.count, headBytes)
    if !hasRequestLine, lineStart < bytes.count {
      guard Self.isToken(bytes[bytes.startIndex + lineStart]) || bytes[bytes.startIndex + lineStart] == 13 else {
        return .refuse(.notHTTP, nil)
      }
      if bytes.count - lineStart > min(Self.lineBytes, headBytes) { return .refuse(.targetTooLong, .requestLine) }
    }
    return bytes.count >= headBytes ? .refuse(.headerTooLarge, .header) : .more
  }

  private mutating func take(_ line: ByteBufferView) -> Verdict? {
    guard hasRequestLine else {
      if line.isEmpty { return nil }
      hasRequestLine = true
      if line.count > Self.lineBytes { return .refuse(.targetTooLong, .requestLine) }
      return Self.fault(ofRequestLine: line).map { .refuse($0, nil) }
    }
    if line.isEmpty { return .whole(position) }
    fields += 1
    return fields > fieldCount ? .refuse(.headerTooLarge, .header) : nil
  }

  /// `method SP target SP HTTP/1.x`, with exactly these spaces (RFC 9112 section 3).
  private static func fault(ofRequestLine line: ByteBufferView) -> Refusal? {
    let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(isToken), !parts[1].isEmpty else { return .notHTTP }
    let version = String(decoding: parts[2], as: UTF8.self)
    if version == "HTTP/1.1" || version == "HTTP/1.0" { return nil }
    return version.wholeMatch(of: #/HTTP/[0-9]\.[0-9]/#) == nil ? .notHTTP : .versionNotSupported
  }

  /// RFC 9110 section 5.6.2.
  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}

extension Refusal {
  static let notHTTP = badRequest("this is not HTTP/1.1")
  /// RFC 9110 section 15.6.6.
  static let versionNotSupported = Refusal(.httpVersionNotSupported, "HTTP/1.1 and HTTP/1.0 are spoken here")
  static let targetTooLong = Refusal(.uriTooLong, "the request line is too long")
  /// RFC 6585 section 5.
  static let headerTooLarge = Refusal(.requestHeaderFieldsTooLarge, "the header is too large")
  static let bodyTooLarge = Refusal(.payloadTooLarge, "the body is too large")
  static let timeout = Refusal(.requestTimeout, "the request took too long")
}
