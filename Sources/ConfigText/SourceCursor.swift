/// Walks a text forwards scalar by scalar, counting as libyaml does; what it is moved to must not lie behind it.
struct SourceCursor {
  private let bytes: [UInt8]
  private var byte = 0
  /// How many Unicode scalars lie behind it.
  private(set) var index = 0
  /// The line, from 1.
  private(set) var line = 1
  /// The column, from 1, in Unicode scalars.
  private(set) var column = 1

  /// At the start of a text that is UTF-8.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Moves to a mark.
  mutating func move(to mark: YAMLMark) {
    while index < mark.index, byte < bytes.count { advance() }
    (line, column) = (mark.line + 1, mark.column + 1)
  }

  /// The byte here or some bytes ahead, 0 at the end: enough to tell the signs of YAML, which are ASCII.
  func sign(_ ahead: Int = 0) -> UInt8 { byte + ahead < bytes.count ? bytes[byte + ahead] : 0 }

  /// Whether a space or tab is here.
  var isBlank: Bool { sign() == 0x20 || sign() == 0x09 }

  /// Whether a line break is here, or some bytes ahead.
  func isBreak(_ ahead: Int = 0) -> Bool {
    byte + ahead < bytes.count && LineBreak.length(in: bytes, at: byte + ahead) > 0
  }

  /// Whether the line break here is LS or PS, which are never folded.
  var isUnfoldable: Bool { sign() == 0xE2 }

  /// Goes over one scalar, which is no line break.
  mutating func advance() {
    byte += 1
    while byte < bytes.count, bytes[byte] & 0xC0 == 0x80 { byte += 1 }
    index += 1
    column += 1
  }

  /// Goes over a line break, if one is here.
  mutating func startLine() {
    guard isBreak() else { return }
    let length = LineBreak.length(in: bytes, at: byte)
    index += sign() == 0x0D ? length : 1
    byte += length
    line += 1
    column = 1
  }
}
