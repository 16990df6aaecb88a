/// Finds the name that was probably meant.
package enum Suggestion {
  /// The nearest of `names` to a wrong one, the first of equals; nil if none is near enough to be helpful.
  ///
  /// Near enough means: equal but for case and `-` for `_`, or an edit distance (insert, delete, replace, swap
  /// neighbours) of at most 1 for up to 4 characters, 2 for up to 8, else 3.
  package static func nearest(to wrong: String, among names: some Sequence<String>) -> String? {
    let wanted = folded(wrong)
    var best: (name: String, distance: Int)?
    for name in names where name != wrong {
      let candidate = folded(name)
      let limit = min(best.map { $0.distance - 1 } ?? 3, threshold(wanted.count))
      guard let distance = distance(wanted, candidate, limit: limit) else { continue }
      // A distance as long as the name itself has nothing in common with it.
      guard distance == 0 || distance < min(wanted.count, candidate.count) else { continue }
      best = (name, distance)
      if distance == 0 { break }
    }
    return best?.name
  }

  private static func threshold(_ length: Int) -> Int { length <= 4 ? 1 : length <= 8 ? 2 : 3 }

  private static func folded(_ name: String) -> [Unicode.Scalar] {
    name.lowercased().unicodeScalars.map { $0 == "-" ? "_" : $0 }
  }

  /// The Damerau–Levenshtein distance (optimal string alignment), or nil if it is more than `limit`.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], limit: Int) -> Int? {
    guard limit >= 0, abs(left.count - right.count) <= limit else { return nil }
    var beforeLast = [Int]()
    var last = Array(0...right.count)
    for i in 0..<left.count {
      var row = [i + 1]
      row.reserveCapacity(right.count + 1)
      for j in 0..<right.count {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      // Each further row only adds, so what is over the limit everywhere stays over it.
      guard let least = row.min(), least <= limit || (last.min() ?? 0) <= limit else { return nil }
      (beforeLast, last) = (last, row)
    }
    return last[right.count] <= limit ? last[right.count] : nil
  }
}
