package org.ptuning4j.spark.inference;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.ptuning4j.spark.training.FileBundle;

/**
 * A pack in memory, as it travels to executors.
 *
 * @param key its name in a predictor, which no other pack has: a hash of its files is part of it
 * @param files those of its folder
 */
public record PackContent(String key, FileBundle files) implements Serializable {

  /**
   * The pack of these files.
   *
   * @param name what rows call it
   */
  public static PackContent of(String name, FileBundle files) {
    return new PackContent(name + "-" + hash(files), files);
  }

  private static String hash(FileBundle files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Map.Entry<String, byte[]> file : files.files().entrySet()) {
        digest.update(file.getKey().getBytes(StandardCharsets.UTF_8));
        digest.update(file.getValue());
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
