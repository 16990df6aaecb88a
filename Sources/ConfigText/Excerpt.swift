/// One line of a file over a caret, cut to what a terminal shows.
struct Excerpt {
  /// How many terminal columns of a line are shown.
  static let widest = 100
  /// How many columns the line number has at least.
  static let gutter = 5

  /// Both lines, each ended by a newline.
  let text: String

  init(line: String, place: Place) {
    let cells = line.unicodeScalars.map(Cell.init)
    let first = min(place.column - 1, cells.count)
    let last = min(first + place.length, cells.count)
    let window = Self.window(cells, around: first)

    let before = cells[window.lowerBound..<first].reduce(0) { $0 + $1.width }
    let marked = cells[first..<max(first, min(last, window.upperBound))].reduce(0) { $0 + $1.width }
    let cutBefore = window.lowerBound > 0
    let cutAfter = window.upperBound < cells.count

    let number = String(place.line)
    let gutter = max(Self.gutter, number.count)
    var shown = cutBefore ? "…" : ""
    for cell in cells[window] { shown += cell.shown }
    if cutAfter { shown += "…" }

    let numbered = String(repeating: " ", count: gutter - number.count) + number + " | " + shown
    let padding = String(repeating: " ", count: before + (cutBefore ? 1 : 0))
    let tail = String(repeating: "~", count: max(marked - 1, 0))
    text = "\(numbered)\n\(String(repeating: " ", count: gutter)) | \(padding)^\(tail)\n"
  }

  /// What is shown of a line that is too long: as much after the caret as before it, and no more than fits.
  private static func window(_ cells: [Cell], around caret: Int) -> Range<Int> {
    if cells.reduce(0, { $0 + $1.width }) <= widest { return 0..<cells.count }
    var (low, high) = (caret, caret)
    var room = widest - 2  // for an ellipsis on either side
    while true {
      let widthBefore = low > 0 ? cells[low - 1].width : nil
      let widthAfter = high < cells.count ? cells[high].width : nil
      let takesAfter = widthAfter != nil && (widthBefore == nil || high - caret <= caret - low)
      guard let width = takesAfter ? widthAfter : widthBefore, width <= room else { return low..<high }
      room -= width
      if takesAfter { high += 1 } else { low -= 1 }
    }
  }
}

/// One scalar of a line as it is shown.
private struct Cell {
  let shown: String
  let width: Int

  init(_ scalar: Unicode.Scalar) {
    // One space for a tab, whose width on the terminal is unknown, keeps the caret under its text.
    shown = scalar == "\t" ? " " : VisibleText.form(of: scalar)
    let isItself = shown.unicodeScalars.count == 1
    width = isItself ? VisibleText.width(of: scalar) : shown.unicodeScalars.count
  }
}
