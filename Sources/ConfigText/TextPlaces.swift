/// Where the pieces of a scalar's text stand in its file; offsets count Unicode scalars of the text.
///
///     file   v: "a\tb${X}c"      where X is "yz"
///     text   a ⇥ b y z c
///     runs   0 from 1:5, 1 at 1:6+2, 2 from 1:8, 3 at 1:9+4, 5 from 1:13
enum TextPlaces: Sendable, Equatable {
  /// As it is on the scalar's first line, so many columns (the quote's one) behind the scalar's start.
  case asWritten(behind: Int)
  /// Rising by offset, the first from 0 on; each goes up to the next, the last over the end.
  case runs([TextRun])
}

/// A run of a scalar's text, and where it comes from.
struct TextRun: Sendable, Equatable {
  /// Where it starts in the text, from 0.
  var offset: Int32
  /// The line, from 1.
  var line: Int32
  /// The column of its first scalar, from 1.
  var column: Int32
  /// How many columns the run as a whole comes from, such as those of an escape; 0 for a line break.
  ///
  /// Negative: its scalars stand in the file one by one.
  var width: Int32

  /// A run whose scalars stand in the file one by one, unless a width is given.
  init(offset: Int, line: Int, column: Int, width: Int = -1) {
    // A file's 16 MiB fit.
    self.offset = Int32(truncatingIfNeeded: offset)
    self.line = Int32(truncatingIfNeeded: line)
    self.column = Int32(truncatingIfNeeded: column)
    self.width = Int32(truncatingIfNeeded: width)
  }

  /// Whether its scalars stand in the file one by one.
  var isEven: Bool { width < 0 }

  /// Whether the other run, which follows in the text, is a piece of this one.
  func goesOn(with next: TextRun) -> Bool {
    isEven && next.isEven && line == next.line && column(at: Int(next.offset)) == Int(next.column)
  }

  /// The column of the scalar at an offset.
  func column(at offset: Int) -> Int { Int(column) + (isEven ? offset - Int(self.offset) : 0) }

  /// The column behind what comes before an offset.
  func endColumn(before offset: Int) -> Int { isEven ? column(at: offset) : Int(column + width) }
}

extension TextPlaces {
  /// The place of a piece of the text, which has `count` scalars; `start` is where the scalar starts.
  ///
  /// Of a piece over several lines, the part on the first one is meant.
  func place(offset: Int, length: Int, of count: Int, from start: Place) -> Place {
    let offset = min(max(offset, 0), count)
    let end = offset + min(max(length, 0), count - offset)
    var place = start
    switch self {
    case .asWritten(let behind):
      place.column += behind + offset
      place.length = max(end - offset, 1)
    case .runs(let runs):
      let index = Self.index(of: offset, in: runs)
      place.line = Int(runs[index].line)
      place.column = runs[index].column(at: offset)
      place.length = max(Self.endColumn(from: index, to: end, in: runs) - place.column, 1)
    }
    return place
  }

  /// The last run that starts at or before an offset.
  static func index(of offset: Int, in runs: [TextRun]) -> Int {
    var (low, high) = (0, runs.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if Int(runs[middle].offset) <= offset { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The column behind a piece that starts in a run and goes on to `end`, or to the end of the run's line.
  private static func endColumn(from first: Int, to end: Int, in runs: [TextRun]) -> Int {
    var column = 0
    for index in first..<runs.count {
      if index > first, Int(runs[index].offset) >= end || runs[index].line != runs[first].line { break }
      let next = index + 1 < runs.count ? Int(runs[index + 1].offset) : end
      column = runs[index].endColumn(before: min(next, end))
    }
    return column
  }
}
