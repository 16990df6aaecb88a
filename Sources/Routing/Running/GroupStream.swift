import Delivery
import Filters
import Serving

/// Named groups, each held by its subscribers; with `into` also by the route.
final class GroupStream: RouteStream {
  let open: Opener
  private let template: NameTemplate
  private let context: RunningContext
  private var into: (sink: IntoSink, base: Group, tap: Tap)?

  init(_ template: NameTemplate, _ definition: RouteDefinition, in context: RunningContext) {
    self.template = template
    self.context = context
    open = { request in
      let name = try template.group(of: request)
      return StreamLease(group: context.groups.acquire(name)) { context.groups.release(name) }
    }
    take(definition.into)
  }

  func apply(_ new: RouteDefinition) {
    guard into?.sink.template != new.into else { return }
    close()
    take(new.into)
  }

  private func take(_ template: IntoTemplate?) {
    guard let template else { return }
    let base = context.groups.acquire(self.template.text)
    let sink = IntoSink(template, of: "group '\(self.template.text)'", in: context)
    into = (sink, base, base.forward(to: sink.sink))
  }

  func close() {
    guard let (sink, base, tap) = into else { return }
    base.stopForwarding(tap)
    sink.close()
    context.groups.release(base.name)
    into = nil
  }
}
