/// Whether this build can speak to other machines.
package enum Network {
  #if Network
    package static let isAvailable = true
  #else
    package static let isAvailable = false
  #endif
}
