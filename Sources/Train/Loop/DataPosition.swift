/// How far training has come in its data.
package struct DataPosition: Equatable {
  /// The pass over the data, counted from 0.
  package var epoch = 0
  /// The next micro-batch of the epoch.
  package var batch = 0

  package init(epoch: Int = 0, batch: Int = 0) {
    self.epoch = epoch
    self.batch = batch
  }
}
