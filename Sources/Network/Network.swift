/// Whether this build can speak to other machines.
public enum Network {
  #if Network
    public static let isAvailable = true
  #else
    public static let isAvailable = false
  #endif
}
