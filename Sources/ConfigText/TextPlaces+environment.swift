extension TextPlaces {
  /// The places of the text in which references to the environment are replaced; `start` is where the scalar starts.
  func replacing(_ replacements: [EnvironmentText.Replacement], of count: Int, from start: Place) -> TextPlaces {
    if replacements.isEmpty { return self }
    let old = runs(from: start)
    var new = [TextRun]()
    var (source, offset) = (0, 0)  // in the old text and the new one
    for replacement in replacements {
      Self.append(source..<replacement.range.lowerBound, of: old, at: offset, to: &new)
      offset += replacement.range.lowerBound - source
      let place = place(offset: replacement.range.lowerBound, length: replacement.range.count, of: count, from: start)
      if replacement.count > 0 {
        new.append(TextRun(offset: offset, line: place.line, column: place.column, width: place.length))
      }
      source = replacement.range.upperBound
      offset += replacement.count
    }
    Self.append(source..<count + 1, of: old, at: offset, to: &new)
    return .runs(new)
  }

  private func runs(from start: Place) -> [TextRun] {
    switch self {
    case .asWritten(let behind): [TextRun(offset: 0, line: start.line, column: start.column + behind)]
    case .runs(let runs): runs
    }
  }

  /// Adds what `runs` tell of a range, moved to another offset.
  private static func append(_ range: Range<Int>, of runs: [TextRun], at offset: Int, to new: inout [TextRun]) {
    if range.isEmpty { return }
    for run in runs[index(of: range.lowerBound, in: runs)...].prefix(while: { $0.offset < range.upperBound }) {
      let from = max(Int(run.offset), range.lowerBound)
      var moved = run
      moved.offset = Int32(from - range.lowerBound + offset)
      moved.column = Int32(run.column(at: from))
      new.append(moved)
    }
  }
}
