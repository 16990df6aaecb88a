/// Where lines end, by libyaml's rules, so that line numbers are the same in its marks and in what is shown.
enum LineBreak {
  /// The length in bytes of the line break at `index`, or 0 if there is none.
  ///
  /// YAML 1.1 knows LF, CR, CR LF, NEL (U+0085), LS (U+2028) and PS (U+2029).
  static func length(in bytes: [UInt8], at index: Int) -> Int {
    func byte(_ distance: Int) -> UInt8 { index + distance < bytes.count ? bytes[index + distance] : 0 }
    switch bytes[index] {
    case 0x0A: return 1
    case 0x0D: return byte(1) == 0x0A ? 2 : 1
    case 0xC2: return byte(1) == 0x85 ? 2 : 0
    case 0xE2: return byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9) ? 3 : 0
    default: return 0
    }
  }
}

/// Walks the lines of a text forwards, so that many lines in order are found in one pass over it.
struct LineCursor {
  private let bytes: [UInt8]
  private var start = 0
  private var line = 1

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The text of a line without its break, invalid UTF-8 repaired; nil behind the end.
  mutating func text(ofLine wanted: Int) -> String? {
    if wanted < line { (start, line) = (0, 1) }
    while true {
      var end = start
      var width = 0
      while end < bytes.count {
        width = LineBreak.length(in: bytes, at: end)
        if width > 0 { break }
        end += 1
      }
      if line == wanted { return String(decoding: bytes[start..<end], as: UTF8.self) }
      if width == 0 { return nil }
      start = end + width
      line += 1
    }
  }
}
