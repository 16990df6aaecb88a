import Foundation

/// The manual pages, as words.
enum Manual {
  /// The words behind the macros that name something; `\&` and quotes taken away.
  static func text(_ page: String) throws -> Set<String> {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let source = try String(contentsOf: folder.appendingPathComponent("man/\(page)"), encoding: .utf8)
    let clean = source.replacingOccurrences(of: "\\&", with: "").replacingOccurrences(of: "\\-", with: "-")
    let words = clean.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    return Set(words.map { String($0) })
  }
}
