import Filters

/// What kind of stream a route has. While that is the same, a reload keeps the stream and changes it in place; else its
/// subscribers go over to another.
///
/// ```
///   eachFile         file ─▶ filters ─▶ one subscriber
///   group            named group ─▶ subscribers
///   filteredGroups   named group ─▶ filters, for each value of what they use ─▶ subscribers
///   own              sources, groups ─▶ filters ─▶ the route's group ─▶ [filters, for each value] ─▶ subscribers
/// ```
enum RouteForm: Equatable {
  /// A file that every subscriber reads from its start.
  case eachFile
  /// Named groups themselves.
  case group(NameTemplate)
  /// Streams that are filtered from named groups, for each value of what filters use of a request.
  case filteredGroups(NameTemplate, FilterUse)
  /// A stream of its own; with a stream for each value of what filters use of a request, if they use anything.
  case own(FilterUse?)
}
