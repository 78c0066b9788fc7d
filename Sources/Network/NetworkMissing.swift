import CleaveStorage

/// A command needs the network, and this build was made without it.
package struct NetworkMissing: ExitStatusError {
  package init() {}

  package var description: String {
    "built without the network: swift build -c release --traits Network"
  }
  package var exitStatus: ExitStatus { .badInput }
}
