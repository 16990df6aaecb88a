import ConfigText
import Descriptors
import Ingest
import Serving

/// What only one can have at a time: an address that is listened on, a pipe that is read, a name.
extension RouteSetBuilder {
  private struct Owner {
    var name: String
    var place: Place?
  }

  /// Reports sources that want what the server or another source has.
  mutating func checkClaims() {
    var owners: [Claim: Owner] = [:]
    for case let identity? in routeSet.server.listen.values.map(\.claim.identity) {
      owners[identity] = Owner(name: "the server", place: nil)
    }
    for (name, spec) in routeSet.sources.sorted(by: { $0.key < $1.key }) {
      claim(for: spec, Owner(name: "source '\(name)'", place: sourcePlaces[name]), &owners)
    }
    for route in routeSet.routes {
      for case .inline(let spec, let place) in route.spec.from {
        claim(for: spec, Owner(name: "the source of route '\(route.path.text)'", place: place), &owners)
      }
    }
  }

  /// Reports sources with the name that a source in place has by its route.
  mutating func checkNamesInPlace() {
    for route in routeSet.routes {
      for (index, from) in route.spec.from.enumerated() {
        guard case .inline(_, let place) = from else { continue }
        let name = routeSet.name(of: from, in: route, at: index)
        guard let other = sourcePlaces[name] else { continue }
        reader.error(
          "the source that is written in place here is called '\(name)', which is the name of another", at: place,
          notes: [Diagnostic.Note(place: other, message: "source '\(name)' is here")])
      }
    }
  }

  private mutating func claim(for spec: SourceSpec, _ owner: Owner, _ owners: inout [Claim: Owner]) {
    for claim in spec.kind.claims {
      guard let identity = claim.identity else { continue }
      guard let other = owners[identity] else {
        owners[identity] = owner
        continue
      }
      guard let place = owner.place else { continue }
      let notes = other.place.map { [Diagnostic.Note(place: $0, message: "\(other.name) is here")] } ?? []
      reader.error("\(owner.name) wants \(claim), which \(other.name) has", at: place, notes: notes)
    }
  }
}
