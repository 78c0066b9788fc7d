/// A build that was asked to stop, and did between two steps; the same command goes on from there.
package struct BuildStopped: Error {
  package init() {}
}
