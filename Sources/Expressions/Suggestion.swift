/// "Did you mean": the known name nearest to an unknown one.
enum Suggestion {
  /// Nil: no name is near enough to be a slip of one.
  static func nearest(_ name: String, of known: [String]) -> String? {
    let limit = max(1, name.unicodeScalars.count / 3)
    let nearest = known.sorted().map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= limit else { return nil }
    return "did you mean \"\(nearest.name)\"?"
  }

  /// How many letters must be added, left out, changed or swapped; a change of case alone counts as none.
  private static func distance(_ one: String, _ other: String) -> Int {
    let left = Array(one.lowercased().unicodeScalars.prefix(64))
    let right = Array(other.lowercased().unicodeScalars.prefix(64))
    var rows = [Array(0...right.count)]
    for (i, scalar) in left.enumerated() {
      var row = [i + 1]
      for (j, wanted) in right.enumerated() {
        var least = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (scalar == wanted ? 0 : 1))
        if i > 0, j > 0, scalar == right[j - 1], left[i - 1] == wanted { least = min(least, rows[i - 1][j - 1] + 1) }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
