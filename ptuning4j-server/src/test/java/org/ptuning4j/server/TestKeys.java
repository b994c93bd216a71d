package org.ptuning4j.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Keys for tests. */
public final class TestKeys {

  private TestKeys() {}

  /** A key's line in a file of keys. */
  public static String line(String name, String key, String more) {
    return "  - {name: " + name + ", sha256: " + sha256(key) + more + "}\n";
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
