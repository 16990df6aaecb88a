import ConfigText
import Filters
import Ingest

/// Compares sources and routes of two configurations by what they mean, with all that they take from elsewhere.
struct RouteSetComparison {
  let old: RouteSet
  let new: RouteSet

  /// The keys by which two sources differ.
  func keys(ofSource before: SourceSpec, _ after: SourceSpec) -> [String] {
    var keys = before.changes(to: after)
    let shared = SourceSettings.fields.keys
    let ofKind = keys.filter { !shared.contains($0) }
    keys.removeAll { $0 == "filters" }
    if !haveSameSteps(before.settings.filters, after.settings.filters) { keys.append("filters") }
    return ofKind + shared.filter(keys.contains)
  }

  /// The keys by which two routes differ, in the order of the table.
  func keys(ofRoute before: RouteSet.Route, _ after: RouteSet.Route) -> [String] {
    let (before, after) = (before.spec, after.spec)
    var keys = Set(RouteSpec.fields.changes(from: before, to: after))
    keys.set("from", !haveSameFeeders(before.from, after.from))
    keys.set("filters", !haveSameSteps(before.filters, after.filters))
    keys.set("content_type", !haveSameContent(before, after))
    keys = keys.filter { !$0.hasPrefix("history") }.union(historyKeys(before, after))
    keys = keys.filter { !$0.hasPrefix("compression") }.union(compressionKeys(before, after))
    if old.publish(of: before) == new.publish(of: after) {
      keys = keys.filter { !$0.hasPrefix("publish") }
    } else if !keys.contains(where: { $0.hasPrefix("publish") }) {
      keys.insert("publish")
    }
    return RouteSpec.fields.keys.filter(keys.contains)
  }

  /// A chain by another name, or with its filters written in place, is the same.
  private func haveSameSteps(_ before: FilterChain, _ after: FilterChain) -> Bool {
    old.steps(of: before) == new.steps(of: after)
  }

  // MARK: - What a route takes from elsewhere

  private func haveSameContent(_ before: RouteSpec, _ after: RouteSpec) -> Bool {
    old.contentType(of: before) == new.contentType(of: after) && old.isBinary(before) == new.isBinary(after)
  }

  /// The route's own history, else that of its group, else the default.
  private func historyKeys(_ before: RouteSpec, _ after: RouteSpec) -> [String] {
    let (before, after) = (old.historySpec(of: before), new.historySpec(of: after))
    return HistorySpec.fields.changes(from: before, to: after).map { "history.\($0)" }
  }

  /// The route's own compression, else the server's.
  private func compressionKeys(_ before: RouteSpec, _ after: RouteSpec) -> [String] {
    let (before, after) = (old.compressionSpec(of: before), new.compressionSpec(of: after))
    return CompressionSpec.fields.changes(from: before, to: after).map { "compression.\($0)" }
  }

  // MARK: - What a route reads

  /// In any order, but for sources that are written in place, which are called by their number.
  private func haveSameFeeders(_ before: [FromSpec], _ after: [FromSpec]) -> Bool {
    var left = Array(before.enumerated())
    let isFound = after.enumerated().allSatisfy { index, from in
      let match = left.firstIndex { (!from.isInline || $0.offset == index) && isSame($0.element, from) }
      match.map { _ = left.remove(at: $0) }
      return match != nil
    }
    return isFound && left.isEmpty
  }

  private func isSame(_ before: FromSpec, _ after: FromSpec) -> Bool {
    switch (before, after) {
    case (.source(let one), .source(let other)): one == other && hasSameStream(one.value)
    case (.inline(let one, _), .inline(let other, _)): keys(ofSource: one, other).isEmpty
    default: before == after
    }
  }

  /// Whether a named source still feeds the same stream. One that is stopped and started anew does; one that stands for
  /// a group has another stream for another group, and of a file for each subscriber every change makes another.
  private func hasSameStream(_ name: String) -> Bool {
    guard let before = old.sources[name], let after = new.sources[name] else { return true }
    if before.isEach || after.isEach { return keys(ofSource: before, after).isEmpty }
    return (before.kind as? GroupSource)?.name == (after.kind as? GroupSource)?.name
  }
}

extension FromSpec {
  fileprivate var isInline: Bool { if case .inline = self { true } else { false } }
}

extension Set<String> {
  /// Makes a member of what is to be one.
  fileprivate mutating func set(_ key: String, _ isMember: Bool) {
    if isMember { insert(key) } else { remove(key) }
  }
}
