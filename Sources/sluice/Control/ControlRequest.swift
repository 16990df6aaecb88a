import Serving

/// What a client asks through the control socket: a line of words, `plan --json /etc/sluice/routes`.
enum ControlRequest: Equatable, Sendable {
  case reload
  case status(isJSON: Bool)
  /// `paths`: absolute; none: those of the server.
  case plan(paths: [String], isJSON: Bool)

  /// The longest line: 64 KiB.
  static let maximumBytes = 64 << 10

  private static let json = "--json"

  /// Reads a line, without its end.
  init?(line: String) {
    let words = line.split(separator: " ").map(String.init)
    guard let name = words.first else { return nil }
    let isJSON = words.dropFirst().first == Self.json
    let rest = words.dropFirst(isJSON ? 2 : 1)
    switch name {
    case "reload" where rest.isEmpty && !isJSON: self = .reload
    case "status" where rest.isEmpty: self = .status(isJSON: isJSON)
    case "plan":
      let paths = rest.compactMap { PercentCoding.decode($0) }
      guard paths.count == rest.count, paths.allSatisfy({ $0.hasPrefix("/") }) else { return nil }
      self = .plan(paths: paths, isJSON: isJSON)
    default: return nil
    }
  }

  /// The line, without its end.
  var line: String {
    switch self {
    case .reload: "reload"
    case .status(let isJSON): isJSON ? "status \(Self.json)" : "status"
    case .plan(let paths, let isJSON):
      (["plan"] + (isJSON ? [Self.json] : []) + paths.map(Self.encoded)).joined(separator: " ")
    }
  }

  /// A path as one word.
  private static func encoded(_ path: String) -> String {
    path.utf8.reduce(into: "") { word, byte in
      switch byte {
      case 0x21...0x7E where byte != UInt8(ascii: "%"): word.unicodeScalars.append(Unicode.Scalar(byte))
      default: word += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
  }
}
