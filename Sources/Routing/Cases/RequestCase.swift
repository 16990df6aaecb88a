import ConfigText
import Serving

/// `request:` of a case: `/stocks`, or `{url: /stocks, method: HEAD, headers: {Accept: text/event-stream}}`.
package struct WrittenRequestSpec: ConfigSpec {
  package var url = ""
  package var method = "GET"
  package var headers: [String: String] = [:]

  package init() {}

  package static let label = "request"
  package static let fields = FieldTable<Self>([
    Field.required("url", \.url, "What is asked for: a path, or a URL.", example: "/stocks/ACME?x=1"),
    Field("method", \.method, "The method.", default: "GET", example: "HEAD"),
    Field("headers", \.headers, "The header.", default: "none", example: "{Accept: text/event-stream}"),
  ])

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> WrittenRequestSpec? {
    var spec = WrittenRequestSpec()
    if node.scalar != nil {
      guard let url = String.decode(node, &reader) else { return nil }
      spec.url = url
      return spec
    }
    guard var mapping = FieldReader(node, context: label, &reader) else { return nil }
    let before = reader.diagnostics.count
    mapping.read(&spec, fields, &reader)
    mapping.finish(&reader)
    return reader.diagnostics.count > before ? nil : spec
  }

  /// The request that it stands for.
  var request: WrittenRequest {
    WrittenRequest(
      method: method, url: url, headers: headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }
}

/// `expect:` of a case with a request: of what is given, all must be so.
package struct ExpectedAnswer: ConfigSpec {
  package var route: Located<String>?
  package var params: [String: String]?
  package var `protocol`: EndpointProtocol?
  package var status: Int?

  package init() {}

  package static let label = "expect"
  package static let fields = FieldTable<Self>([
    Field("route", \.route, "The route that the request belongs to.", example: "/stocks/{symbol}"),
    Field("params", \.params, "All parameters that the path gives.", example: "{symbol: ACME}"),
    Field("protocol", \.protocol, "What it is answered with: websocket, sse, stream, poll.", example: "sse"),
    Field("status", \.status, "The status of the answer.", example: "404"),
  ])

  /// What was expected and is not so, with what is.
  func differences(from answer: RequestAnswer) -> [(expected: String, got: String)] {
    var found: [(expected: String, got: String)] = []
    func compare(_ name: String, _ expected: String?, _ got: String?) {
      guard let expected, expected != got else { return }
      found.append(("\(name): \(expected)", "\(name): \(got ?? "none")"))
    }
    func text(_ values: [String: String]) -> String {
      "{" + values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    }
    compare("route", route?.value, answer.route)
    compare("params", params.map(text), text(answer.parameters))
    compare("protocol", self.protocol?.rawValue, answer.protocol?.rawValue)
    compare("status", status.map { String($0) }, "\(answer.status)")
    return found
  }
}
