import Delivery
import Filters
import Serving

/// Streams that are filtered from named groups: for each group that somebody reads, one for each value of what the filters
/// use of a request.
final class FilteredGroupStream: RouteStream {
  let open: Opener
  private let context: RunningContext
  private let streams: GroupStreams

  init(_ template: NameTemplate, _ use: FilterUse, _ definition: RouteDefinition, in context: RunningContext) {
    self.context = context
    let streams = GroupStreams(
      definition.derivedSettings(definition.steps, in: context), pool: context.groups,
      timers: context.sources.eventLoopGroup, logger: context.logger)
    self.streams = streams
    open = { request in
      let name = try template.group(of: request)
      let parameters = use.parameters(of: request)
      do throws(DerivedStreams.LimitReached) {
        let group = try streams.acquire(name, parameters)
        return StreamLease(group: group) { streams.release(name, parameters) }
      } catch {
        throw Unavailable.noMoreStreams
      }
    }
  }

  func apply(_ new: RouteDefinition) { streams.apply(new.derivedSettings(new.steps, in: context)) }

  /// The streams go with their subscribers.
  func close() {}
}
