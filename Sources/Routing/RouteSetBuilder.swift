import ConfigText
import Filters
import Ingest
import Serving

/// Puts the documents of all files together: decodes each section, and finds names that are defined twice.
struct RouteSetBuilder {
  var routeSet = RouteSet()
  var reader = ConfigReader()
  /// Where each name was defined, for errors that cite both places.
  private(set) var sourcePlaces: [String: Place] = [:]
  private var groupPlaces: [String: Place] = [:]
  private(set) var chainPlaces: [String: Place] = [:]
  private(set) var routePlaces: [String: Place] = [:]
  /// The place of each route's mapping, by path.
  private(set) var routeNodes: [String: ConfigNode] = [:]
  private var serverPlace: Place?
  private(set) var listenPlace: Place?
  /// Names whose definition could not be decoded: naming them is no second error.
  private(set) var brokenSources: Set<String> = []
  private(set) var brokenChains: Set<String> = []
  /// The entries of `tests`.
  var cases: [CaseSpec] = []

  mutating func add(_ root: ConfigNode) {
    guard var document = FieldReader(root, context: "the configuration", &reader) else { return }
    for entry in document.entries {
      guard RouteSet.sections.contains(entry.name) else { continue }
      if entry.value.isNull {
        reader.error("'\(entry.name)' has no value", at: entry.key.place)
        continue
      }
      switch entry.name {
      case "server": addServer(entry)
      case "sources": each(entry, "source") { $0.addSource($1) }
      case "groups": each(entry, "group") { $0.addGroup($1) }
      case "filters": each(entry, "chain of filters") { $0.addChain($1) }
      case "tests": addCases(entry)
      default: each(entry, "route") { $0.addRoute($1) }
      }
    }
    // As elsewhere, `x-…` is the operator's own: a place for anchors.
    let own = document.entries.map(\.name).filter { $0.hasPrefix("x-") }
    document.finish(&reader, also: RouteSet.sections + own)
  }

  private mutating func each(
    _ section: ConfigNode.Entry, _ kind: String, _ add: (inout RouteSetBuilder, ConfigNode.Entry) -> Void
  ) {
    guard let entries = section.value.entries else {
      reader.mismatch(section.value, expected: "a mapping of \(kind)s by name")
      return
    }
    for entry in entries { add(&self, entry) }
  }

  /// False, and reported, when the name has been defined before.
  private mutating func isNew(_ what: String, _ entry: ConfigNode.Entry, _ earlier: Place?) -> Bool {
    guard let earlier else { return true }
    reader.error(
      "\(what) '\(entry.name)' is defined twice", at: entry.key.place,
      notes: [Diagnostic.Note(place: earlier, message: "first defined here")])
    return false
  }

  private mutating func addServer(_ entry: ConfigNode.Entry) {
    if let earlier = serverPlace {
      reader.error(
        "'server' is set twice; it stands at most once in all files", at: entry.key.place,
        notes: [Diagnostic.Note(place: earlier, message: "first set here")])
      return
    }
    serverPlace = entry.key.place
    listenPlace = entry.value["listen"]?.place
    if let spec = ServerSpec.decode(entry.value, &reader) { routeSet.server = spec }
  }

  private mutating func addSource(_ entry: ConfigNode.Entry) {
    guard isNew("source", entry, sourcePlaces[entry.name]) else { return }
    sourcePlaces[entry.name] = entry.key.place
    guard !entry.name.isEmpty else { return reader.error("a source's name cannot be empty", at: entry.key.place) }
    if let spec = SourceSpec.decode(entry.value, name: entry.name, &reader) {
      routeSet.sources[entry.name] = spec
    } else {
      brokenSources.insert(entry.name)
    }
  }

  private mutating func addGroup(_ entry: ConfigNode.Entry) {
    guard isNew("group", entry, groupPlaces[entry.name]) else { return }
    groupPlaces[entry.name] = entry.key.place
    guard !entry.name.isEmpty else { return reader.error("a group's name cannot be empty", at: entry.key.place) }
    guard var mapping = FieldReader(entry.value, context: "group '\(entry.name)'", &reader) else { return }
    var spec = GroupSpec()
    mapping.read(&spec, GroupSpec.fields, &reader)
    mapping.finish(&reader)
    routeSet.groups[GroupPattern(entry.name)] = spec
  }

  private mutating func addChain(_ entry: ConfigNode.Entry) {
    guard isNew("chain", entry, chainPlaces[entry.name]) else { return }
    chainPlaces[entry.name] = entry.key.place
    guard !entry.name.isEmpty else { return reader.error("a chain's name cannot be empty", at: entry.key.place) }
    let before = reader.diagnostics.count
    let chain = FilterChain.decode(entry.value, &reader)
    if let chain, !reader.diagnostics[before...].contains(where: { $0.severity == .error }) {
      routeSet.filters[entry.name] = chain
    } else {
      brokenChains.insert(entry.name)
    }
  }

  private mutating func addRoute(_ entry: ConfigNode.Entry) {
    guard isNew("route", entry, routePlaces[entry.name]) else { return }
    routePlaces[entry.name] = entry.key.place
    let path: PathPattern
    do throws(PathPattern.Problem) {
      path = try PathPattern(entry.name)
    } catch {
      return reader.error(error.message, at: entry.key.place)
    }
    guard let spec = RouteSpec.decode(entry.value, path: entry.name, &reader) else { return }
    routeNodes[entry.name] = entry.value
    routeSet.routes.append(RouteSet.Route(path: path, spec: spec))
  }
}
