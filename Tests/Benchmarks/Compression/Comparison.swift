/// All rounds' results, compared with those of `off` in the same round. Processor time is that of steady rounds alone.
struct Comparison {
  private var results: [Case: [Trial.Result]] = [:]

  mutating func add(_ result: Trial.Result, _ kind: Case) { results[kind, default: []].append(result) }

  func text(_ cases: [Case]) -> String {
    let head = [
      "", "bytes a message", "of the message", "of off", "µs a message", "of off", "bytes a subscriber",
      "more than off",
      "KB for all",
    ]
    let rows = cases.map { row($0) }
    let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
    return ([head] + rows).map { row in
      zip(row, widths).enumerated().map { column, cell in
        let pad = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + pad : pad + cell.0
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private func row(_ kind: Case) -> [String] {
    [
      kind.name, rounded(median(kind) { $0.bytes }, 1), rounded(share(kind)), rounded(ratio(kind) { $0.bytes }),
      rounded(median(kind, \.isSteady) { $0.cost }), rounded(cost(kind)),
      rounded(median(kind) { $0.memory }, 0), rounded(more(kind), 0),
      rounded(median(kind) { Double($0.base) / 1024 }, 0),
    ]
  }

  /// What was aimed at, and whether it was met. What a message is without compression is, as an event, its event.
  func goals(_ cases: [Case]) -> String {
    cases.filter { $0.mode == "shared" }.map { kind in
      let size = kind.endpoint == .sse ? ratio(kind) { $0.bytes } : share(kind)
      let than = kind.endpoint == .sse ? "bytes that off sends" : "messages' bytes"
      return """
        \(kind.name)
          \(rounded(size)) of the \(than), aimed at 0.28 or less: \(verdict(size, 0.28))
          \(rounded(cost(kind))) times the processor time of off, aimed at 1.2 or less: \(verdict(cost(kind), 1.2))
          \(rounded(more(kind), 0)) bytes a subscriber more than off, aimed at 200 or less: \(verdict(more(kind), 200))
        """
    }.joined(separator: "\n")
  }

  private func verdict(_ value: Double, _ goal: Double) -> String {
    value.isNaN ? "no round was steady" : value <= goal ? "met" : "NOT MET"
  }

  private func cost(_ kind: Case) -> Double { ratio(kind, \.isSteady) { $0.cost } }

  private func share(_ kind: Case) -> Double { median(kind) { $0.bytes / $0.messageBytes } }

  private typealias Filter = (Trial.Result) -> Bool

  private func median(_ kind: Case, _ holds: Filter = { _ in true }, _ value: (Trial.Result) -> Double) -> Double {
    Self.median((results[kind] ?? []).filter(holds).map(value))
  }

  private func ratio(_ kind: Case, _ holds: Filter = { _ in true }, _ value: (Trial.Result) -> Double) -> Double {
    Self.median(pairs(kind).filter { holds($0) && holds($1) }.map { value($0) / value($1) })
  }

  private func more(_ kind: Case) -> Double { Self.median(pairs(kind).map { $0.memory - $1.memory }) }

  /// Of each round, with the reference.
  private func pairs(_ kind: Case) -> Zip2Sequence<[Trial.Result], [Trial.Result]> {
    zip(results[kind] ?? [], results[kind.reference] ?? [])
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

/// With so many digits behind the point, or fewer.
func rounded(_ value: Double, _ digits: Int = 2) -> String {
  guard !value.isNaN else { return "–" }
  let unit = [1.0, 10, 100][digits]
  return digits == 0 ? "\(Int(value.rounded()))" : "\((value * unit).rounded() / unit)"
}
