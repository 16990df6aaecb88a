import Expressions
import JSONText

/// ```
/// wall clock:  ──┬─────────────────┬─────────────────┬──
/// in:              A1  B1 A2              B2
/// out:                             A{1,2} B{1}       B{2}
/// ```
struct WindowFilter: Filter {
  /// What is known of a key's messages.
  private struct Summary: Sendable {
    let key: Value
    /// The number of its first message among the keys of the window.
    let order: Int
    /// One for each member.
    var states: [AggregateState]
  }

  private let members: [WindowSpec.Member]
  private let key: FilterExpression?
  private let needs: MessageNeeds
  /// The states of no messages.
  private let start: [AggregateState]
  private var clock: WindowClock
  private var summaries: KeyedStates<Summary>
  private var order = 0

  init(_ spec: WindowSpec) {
    members = spec.members
    key = spec.keying.key
    needs = MessageNeeds(members.flatMap(\.value.expression.references))
    start = members.map { AggregateState($0.value.expression) }
    clock = WindowClock(length: spec.every.nanoseconds)
    summaries = KeyedStates(limit: spec.keying.limit)
  }

  var evictions: Int { summaries.evictions }
  var deadline: Int64? { summaries.count == 0 ? nil : clock.deadline }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    tick(&run)
    let value = try key?.value(&message, &run) ?? .null
    let text = try value.stateKey()
    let slot = summaries.slot(of: text)
    let additions = try additions(to: slot.map { summaries[$0].states } ?? start, &message, &run)
    if let slot {
      summaries.touch(slot)
      add(additions, to: slot)
    } else {
      add(additions, to: try insert(value, text, &run))
    }
    return false
  }

  /// For all members, so that a message of which one can make nothing counts for none.
  private func additions(
    to states: [AggregateState], _ message: inout Message, _ run: inout Run
  ) throws(FilterFailure) -> [AggregateState.Addition] {
    try run.withMessage(&message, needs) { (context) throws(EvaluationError) in
      var additions: [AggregateState.Addition] = []
      additions.reserveCapacity(states.count)
      for state in states { additions.append(try state.addition(of: context)) }
      return additions
    }
  }

  private mutating func add(_ additions: [AggregateState.Addition], to slot: Int) {
    for (index, addition) in additions.enumerated() { summaries[slot].states[index].add(addition) }
  }

  private mutating func insert(_ key: Value, _ text: String, _ run: inout Run) throws(FilterFailure) -> Int {
    let kept: Value
    do throws(EvaluationError) {
      kept = try key.kept()
    } catch {
      throw FilterFailure(error)
    }
    order += 1
    let (slot, evicted) = summaries.insert(Summary(key: kept, order: order, states: start), for: text)
    if let evicted { emit([evicted], &run) }
    return slot
  }

  /// Closes the window if it is over, and finds out anew when it will be.
  mutating func tick(_ run: inout Run) {
    if !clock.isIn(run.moment) { finish(&run) }
    clock.go(to: run.moment)
  }

  mutating func finish(_ run: inout Run) {
    emit(summaries.removeAll().sorted { $0.order < $1.order }, &run)
    order = 0
  }

  private func emit(_ summaries: [Summary], _ run: inout Run) {
    for summary in summaries {
      do throws(FilterFailure) {
        run.emit(try object(of: summary, at: run.moment))
      } catch {
        run.fail(error)
      }
    }
  }

  private func object(of summary: Summary, at moment: Moment) throws(FilterFailure) -> [UInt8] {
    var context = EvaluationContext(WindowVariable.table, now: moment.timestamp)
    context.values[WindowVariable.key.rawValue] = summary.key
    context.values[WindowVariable.start.rawValue] = .timestamp(Timestamp(wall: clock.start ?? 0))
    context.values[WindowVariable.end.rawValue] = .timestamp(Timestamp(wall: clock.end ?? 0))
    var out = [UInt8(ascii: "{")]
    for (member, state) in zip(members, summary.states) {
      if out.count > 1 { out.append(UInt8(ascii: ",")) }
      JSONText.appendQuoted(member.name, to: &out)
      out.append(UInt8(ascii: ":"))
      try value(of: member, state, context).appendJSON(to: &out)
    }
    out.append(UInt8(ascii: "}"))
    return out
  }

  private func value(
    of member: WindowSpec.Member, _ state: AggregateState, _ context: EvaluationContext
  ) throws(FilterFailure) -> Value {
    do throws(EvaluationError) {
      return try member.value.expression.value(of: state, context)
    } catch {
      throw FilterFailure(error)
    }
  }
}

extension Timestamp {
  /// - Parameter wall: nanoseconds since 1970-01-01T00:00:00Z.
  init(wall: Int64) { self = Timestamp(nanoseconds: Int128(wall)) ?? .epoch }
}
