/// "Did you mean": the known name nearest to an unknown one.
enum Suggestion {
  /// Nil: no name is near enough to be a slip of one.
  static func nearest(_ name: String, of known: [String]) -> String? {
    let limit = max(1, name.unicodeScalars.count / 3)
    let nearest = known.sorted().map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= limit else { return nil }
    return "did you mean \"\(nearest.name)\"?"
  }

  /// How many letters must be added, left out or changed; a change of case alone counts as none.
  private static func distance(_ one: String, _ other: String) -> Int {
    let left = Array(one.lowercased().unicodeScalars.prefix(64))
    let right = Array(other.lowercased().unicodeScalars.prefix(64))
    var row = Array(0...right.count)
    for (i, scalar) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in right.indices {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (scalar == right[j] ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
