/// The trait that lets this build speak to other machines.
package enum Network {
  #if Network
    /// Whether the trait is on.
    package static let isAvailable = true
  #else
    /// Whether the trait is on.
    package static let isAvailable = false
  #endif
}
