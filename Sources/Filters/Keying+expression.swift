import Delivery
import Expressions
import Logging
import NIOCore
import Streams
import Synchronization

extension Keying {
  /// Keys by an expression. A message for which it has no value has no key: it goes on, but no newcomer gets it later.
  ///
  /// - Parameter name: what the log calls the stream.
  package init(_ expression: FilterExpression, name: String, timers: any EventLoop, logger: Logger) {
    let troubles = FilterTroubles(name: name, logger: logger, timers: timers)
    let places = WorkPlaces()
    self.init(text: expression.text) { batch in
      var place = places.take()
      let (labelled, failures) = place.label(batch, by: expression)
      places.putBack(place)
      if !failures.isEmpty { troubles.tell(failures) }
      return labelled
    }
  }
}

/// What keys are found with.
private struct WorkPlace: Sendable {
  var message = Message()
  var run = Run(moment: Moment(uptime: 0, wall: 0), context: FilterParameters.none.context())

  mutating func label(_ batch: Batch, by expression: FilterExpression) -> (Batch, FailureLedger) {
    var out = Batch()
    out.reserve(bytes: batch.bytes.count)
    var failures = FailureLedger()
    let moment = Moment.now()
    run.moment = moment
    run.context.now = moment.timestamp
    batch.bytes.withUnsafeBytes { bytes in
      for index in 0..<batch.count {
        let text = UnsafeRawBufferPointer(rebasing: bytes[batch.range(index)])
        var label = batch.label(index)
        // The key that it may have from another stream says nothing here.
        label.key = nil
        message.load(text, isText: batch.marks[index].isText, label: label)
        do throws(FilterFailure) {
          label.key = try expression.value(&message, &run).stateKey()
        } catch {
          failures.add(error, filter: 0, key: "latest_by")
        }
        out.append(text, isText: batch.marks[index].isText, label: label)
      }
    }
    return (out, failures)
  }
}

/// Places to work in, of which each is one's own while it is taken.
private final class WorkPlaces: Sendable {
  private let free = Mutex<[WorkPlace]>([])

  func take() -> WorkPlace { free.withLock { $0.popLast() } ?? WorkPlace() }
  func putBack(_ place: WorkPlace) { free.withLock { $0.append(place) } }
}
