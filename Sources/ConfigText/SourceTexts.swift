/// The texts of the files that were loaded, in the order of loading: what diagnostics show lines from.
package struct SourceTexts: Sendable {
  /// The names of the files, in the order of loading.
  package private(set) var files: [String] = []
  private var bytes: [String: [UInt8]] = [:]

  /// No texts.
  package init() {}

  /// Adds a file's bytes; a byte order mark is no part of line 1.
  package mutating func add(file: String, bytes text: [UInt8]) {
    if bytes.updateValue(TextCheck.withoutByteOrderMark(text), forKey: file) == nil { files.append(file) }
  }

  /// Adds all texts of another load behind these.
  package mutating func add(_ other: SourceTexts) {
    for file in other.files { add(file: file, bytes: other.bytes[file] ?? []) }
  }

  /// A line from 1 without its break, invalid UTF-8 repaired; nil if there is no such file or line.
  package func line(_ number: Int, of file: String) -> String? {
    var cursor = cursor(of: file)
    return cursor?.text(ofLine: number)
  }

  /// Walks a file's lines in one pass.
  func cursor(of file: String) -> LineCursor? { bytes[file].map(LineCursor.init) }
}
