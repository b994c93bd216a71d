package org.ptuning4j.registry;

import java.util.List;

/**
 * Which versions may be used.
 *
 * @param signedOnly whether they have to be signed
 * @param keys whose signatures count; without {@code signedOnly}, a version that is signed by
 *     another key is used all the same
 */
public record Trust(boolean signedOnly, List<TrustedKey> keys) {

  /** Copies the list. */
  public Trust {
    keys = List.copyOf(keys);
  }

  /** Any version whose files are whole. */
  public static Trust anyone() {
    return new Trust(false, List.of());
  }

  /** Versions that one of these keys signed. */
  public static Trust signedBy(List<TrustedKey> keys) {
    return new Trust(true, keys);
  }
}
