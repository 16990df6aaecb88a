import Ingest
import Serving

extension RouteSet {
  /// The route table for people: a head, then a row for each route by path.
  package var table: [[String]] {
    let head = ["PATH", "PROTOCOLS", "FROM", "HISTORY", "SLOW"]
    return [head] + routes.sorted { $0.path.text < $1.path.text }.map(row)
  }

  private func row(_ route: Route) -> [String] {
    let spec = route.spec
    let protocols = EndpointProtocol.allCases.filter(spec.protocols.contains).map(\.rawValue).joined(separator: ",")
    let isEach = spec.from.contains { self.spec(of: $0)?.isEach == true }
    let group = spec.from.count == 1 ? groupName(of: spec.from[0]).flatMap { settings(ofGroup: $0) }?.history : nil
    let history = spec.history ?? group ?? HistorySpec()
    return [
      route.path.text, protocols, spec.from.map(name).joined(separator: ", "),
      isEach ? "-" : "\(history.messages) messages",
      isEach ? "-" : "\(spec.slow.then.rawValue) at \(spec.slow.lag.configText)",
    ]
  }

  private func name(of from: FromSpec) -> String {
    switch from {
    case .source(let name): name.value
    case .inline(let spec, _): type(of: spec.kind).key
    case .group(let template, _): "group \(template.text)"
    }
  }
}
