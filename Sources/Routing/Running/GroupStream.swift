import Delivery
import Filters
import Serving

/// Named groups, each held by its subscribers; with `into` also by the route.
final class GroupStream: RouteStream {
  let open: Opener
  private let template: NameTemplate
  private let context: RunningContext
  private var into: Into?

  private typealias Into = (sink: IntoSink, base: Group, tap: Tap)

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
    // The new one is held before the old is let go: the base lives by its users.
    let before = into
    into = nil
    take(new.into)
    letGo(before)
  }

  private func take(_ template: IntoTemplate?) {
    guard let template else { return }
    let base = context.groups.acquire(self.template.text)
    let sink = IntoSink(template, of: "group '\(self.template.text)'", in: context)
    into = (sink, base, base.forward(to: sink.sink))
  }

  private func letGo(_ into: Into?) {
    guard let (sink, base, tap) = into else { return }
    base.stopForwarding(tap)
    sink.close()
    context.groups.release(base.name)
  }

  func endInto() {
    letGo(into)
    into = nil
  }

  func close() { endInto() }
}
