import Streams

/// What another pipeline takes over from one that runs, so that each message passes one of them, and not parts of both.
///
/// ```
/// old   where ─▶ throttle ─▶ set           what throttle holds has passed where, and has set before it
/// new   where ─▶ throttle ─▶ drop          all before it is equal: it may stay, and passes drop
/// new   pick  ─▶ throttle ─▶ drop          neither is: it passes set at once; only what throttle knows stays
/// ```
struct Succession: Sendable {
  let steps: [FilterStep]
  let onError: ErrorPolicy
  /// For each new filter the old one whose state it continues.
  let origins: [Int?]
  /// Old filters that must let go what they hold: they end, or are followed by others.
  let emptied: Set<Int>
  /// Old filters that work beside the pipeline and end with it.
  let ended: Set<Int>

  init(
    of old: [FilterStep], _ oldPolicy: ErrorPolicy, to steps: [FilterStep], _ onError: ErrorPolicy,
    isAnswering: (Int) -> Bool
  ) {
    self.steps = steps
    self.onError = onError
    var origins = Self.origins(of: old, steps)
    let isSamePolicy = oldPolicy == onError
    var kept: Set<Int> = []
    for (index, origin) in origins.enumerated() {
      guard let origin else { continue }
      let isWhole =
        isSamePolicy && old[origin].onError == steps[index].onError
        && (old[..<origin].elementsEqual(steps[..<index])
          || old[(origin + 1)...].elementsEqual(steps[(index + 1)...]))
      if isWhole {
        kept.insert(origin)
      } else if isAnswering(origin) {
        origins[index] = nil
      }
    }
    self.origins = origins
    emptied = Set(old.indices).subtracting(kept)
    ended = Set(old.indices.filter { isAnswering($0) }).subtracting(kept)
  }

  private static func origins(of old: [FilterStep], _ steps: [FilterStep]) -> [Int?] {
    var next = 0
    return steps.map { step in
      guard let origin = old[next...].firstIndex(where: { $0.spec.isEqual(to: step.spec) }) else { return nil }
      next = origin + 1
      return origin
    }
  }
}

extension Pipeline {
  /// How another chain would take over from this one.
  func succession(_ steps: [FilterStep], onError: ErrorPolicy) -> Succession {
    let filters = filters
    return Succession(of: self.steps, self.onError, to: steps, onError) { filters[$0] is any AnsweringFilter }
  }

  /// What filters hold that cannot stay; those that work beside it and end are told so, and answer what they have.
  mutating func letGo(for succession: Succession, at moment: Moment) -> Batch {
    finish(at: moment) { succession.emptied.contains($0) }
  }

  /// Whether all that end have answered what they had.
  func isReady(for succession: Succession) -> Bool {
    let filters = filters
    return succession.ended.allSatisfy { (filters[$0] as? any AnsweringFilter)?.isOver ?? true }
  }
}
