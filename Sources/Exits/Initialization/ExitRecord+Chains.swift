import CleaveModel

extension [ExitRecord] {
  /// The exits in groups that continue from one another, each beginning with one that reads the model.
  package var chains: [[ExitRecord]] {
    reduce(into: []) { chains, exit in
      if exit.reads == .model || chains.isEmpty {
        chains.append([exit])
      } else {
        chains[chains.count - 1].append(exit)
      }
    }
  }
}
