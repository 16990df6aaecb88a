/// All aggregates there are, each in one table entry.
package enum AggregateRegistry {
  package static let all: [Aggregate] = [
    Aggregate(
      "count", "How many messages there are, or for how many of them a condition is true.",
      example: ("count(msg.price > 1)", "2"), [(nil, .int), (.bool, .int)]
    ) { _ in .count(0) },
    Aggregate(
      "sum", "The sum; 0 of no messages.", example: ("sum(msg.price)", "6"),
      [(.int, .int), (.uint, .uint), (.double, .double)]
    ) { .sum(RunningSum(of: $0)) },
    Aggregate(
      "avg", "The sum divided by the number of messages.", example: ("avg(msg.price)", "2.0"),
      [(.int, .double), (.uint, .double), (.double, .double)]
    ) { .average(RunningSum(of: $0)) },
    Aggregate("min", "The least value.", example: ("min(msg.price)", "1"), ordered) { _ in .least(nil) },
    Aggregate("max", "The greatest value.", example: ("max(msg.price)", "3"), ordered) { _ in .greatest(nil) },
    Aggregate(
      "first", "The value for the first message.", example: ("first(msg.price)", "1"), [(.dyn, .dyn)]
    ) { _ in .first(nil) },
    Aggregate(
      "last", "The value for the last message.", example: ("last(msg.price)", "2"), [(.dyn, .dyn)]
    ) { _ in .last(nil) },
  ]

  private static let ordered: [(StaticType?, StaticType)] =
    [.int, .uint, .double, .string, .timestamp, .duration].map { ($0, $0) }

  private static let byName: [String: Aggregate] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// Nil: no aggregate has the name.
  static func named(_ name: String) -> Aggregate? { byName[name] }

  static var names: [String] { all.map(\.name) }
}
