/// Expected and actual messages side by side: what they share in its order, and what only one of them has.
package struct CaseDifference: Sendable, Equatable {
  package enum Line: Sendable, Equatable {
    case same(String)
    /// Expected, and not there.
    case missing(String)
    /// There, and not expected.
    case extra(String)
    /// So many equal lines are left out.
    case gap(Int)
  }

  package private(set) var lines: [Line] = []

  /// How many equal lines are shown around a difference.
  private static let context = 3
  /// The most cells of the table by which lines are matched; larger ones are shown one behind the other.
  private static let tableLimit = 4_000_000

  /// `isSame` says whether an expected line, by its index, is an actual one.
  init(expected: [String], got: [String], isSame: (Int, Int) -> Bool) {
    var head = 0
    while head < min(expected.count, got.count), isSame(head, head) { head += 1 }
    var tail = 0
    while tail < min(expected.count, got.count) - head, isSame(expected.count - 1 - tail, got.count - 1 - tail) {
      tail += 1
    }
    var all = got[..<head].map { Line.same($0) }
    all += Self.middle(
      expected, head..<expected.count - tail, got, head..<got.count - tail, isSame)
    all += got[(got.count - tail)...].map { Line.same($0) }
    lines = Self.shortened(all)
  }

  var isEmpty: Bool {
    lines.allSatisfy { line in
      switch line {
      case .same, .gap: true
      case .missing, .extra: false
      }
    }
  }

  /// By a longest common subsequence.
  private static func middle(
    _ expected: [String], _ wanted: Range<Int>, _ got: [String], _ given: Range<Int>, _ isSame: (Int, Int) -> Bool
  ) -> [Line] {
    guard wanted.count * given.count <= tableLimit else {
      return expected[wanted].map { Line.missing($0) } + got[given].map { Line.extra($0) }
    }
    let width = given.count + 1
    // lengths[i * width + j]: of the longest common subsequence behind line i of the expected and j of the others.
    var lengths = [Int32](repeating: 0, count: (wanted.count + 1) * width)
    for i in (0..<wanted.count).reversed() {
      for j in (0..<given.count).reversed() {
        lengths[i * width + j] =
          isSame(wanted.lowerBound + i, given.lowerBound + j)
          ? lengths[(i + 1) * width + j + 1] + 1 : max(lengths[(i + 1) * width + j], lengths[i * width + j + 1])
      }
    }
    var lines: [Line] = []
    var (i, j) = (0, 0)
    while i < wanted.count || j < given.count {
      let isLastWanted = i == wanted.count
      let isLastGiven = j == given.count
      if !isLastWanted, !isLastGiven, isSame(wanted.lowerBound + i, given.lowerBound + j) {
        lines.append(.same(got[given.lowerBound + j]))
        (i, j) = (i + 1, j + 1)
      } else if isLastGiven || !isLastWanted && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
        lines.append(.missing(expected[wanted.lowerBound + i]))
        i += 1
      } else {
        lines.append(.extra(got[given.lowerBound + j]))
        j += 1
      }
    }
    return lines
  }

  /// Without equal lines that are far from any difference.
  private static func shortened(_ lines: [Line]) -> [Line] {
    var isNear = [Bool](repeating: false, count: lines.count)
    for (index, line) in lines.enumerated() {
      if case .same = line { continue }
      for near in max(0, index - context)...min(lines.count - 1, index + context) { isNear[near] = true }
    }
    var shown: [Line] = []
    for (index, line) in lines.enumerated() {
      if isNear[index] {
        shown.append(line)
      } else if case .gap(let count)? = shown.last {
        shown[shown.count - 1] = .gap(count + 1)
      } else {
        shown.append(.gap(1))
      }
    }
    return shown
  }
}
