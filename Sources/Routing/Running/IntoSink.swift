import Delivery
import Filters

/// Where `into` leads, held for as long as it is needed.
final class IntoSink {
  let template: IntoTemplate
  let sink: any Sink
  private let release: () -> Void

  /// `owner`: what the log calls who has it.
  init(_ template: IntoTemplate, of owner: String, in context: RunningContext) {
    self.template = template
    if let name = template.name {
      sink = context.groups.acquire(name)
      release = { context.groups.release(name) }
    } else {
      let router = ContentRouter(
        name: owner, template.template, pool: context.groups, timers: context.timers, logger: context.logger)
      sink = router
      release = { router.close() }
    }
  }

  func close() { release() }
}
