import Filters
import Ingest
import Serving

/// A file that every subscriber reads from its start, through filters of its own.
final class FileStream: RouteStream {
  private let context: RunningContext
  private(set) var open: Opener

  init(_ definition: RouteDefinition, in context: RunningContext) {
    self.context = context
    open = Self.opener(definition, context)
  }

  /// Subscribers go on with the file as they have opened it.
  func apply(_ new: RouteDefinition) { open = Self.opener(new, context) }

  func close() {}

  private static func opener(_ definition: RouteDefinition, _ context: RunningContext) -> Opener {
    let (steps, onError) = (definition.steps, definition.onError)
    let name = definition.endpoint.path.text
    let file = definition.file.flatMap { EachFile($0, name: definition.fileName ?? name) }
    return { request in
      guard let file else { throw Unavailable(reason: "there is no file", isMissing: true) }
      let parameters = FilterParameters(path: request.parameters.byName, query: request.query)
      let pipeline = Pipeline(steps, onError: onError, parameters: parameters)
      do throws(SourceFailure) {
        let group = try file.open(after: request.token, through: pipeline, context: context.sources)
        return StreamLease(group: group, isPrivate: true)
      } catch {
        throw Unavailable(reason: error.reason, isMissing: error.isMissing)
      }
    }
  }
}
