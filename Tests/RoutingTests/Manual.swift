import Foundation

/// The manual pages, as words.
enum Manual {
  /// The words behind the macros that name something; `\&` and quotes taken away.
  static func text(_ page: String) throws -> Set<String> {
    let source = try source(page)
    let clean = source.replacingOccurrences(of: "\\&", with: "").replacingOccurrences(of: "\\-", with: "-")
    let words = clean.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    return Set(words.map { String($0) })
  }

  /// The lines of a section, without its heading.
  static func section(_ heading: String, of page: String) throws -> [String] {
    let lines = try source(page).split(separator: "\n").map { String($0) }
    let behind = lines.drop { $0 != ".Sh \(heading)" }.dropFirst()
    return Array(behind.prefix { !$0.hasPrefix(".Sh ") })
  }

  private static func source(_ page: String) throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: folder.appendingPathComponent("man/\(page)"), encoding: .utf8)
  }
}
