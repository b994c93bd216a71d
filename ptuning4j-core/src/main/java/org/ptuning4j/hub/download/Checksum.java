package org.ptuning4j.hub.download;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * What the bytes of a file must hash to.
 *
 * @param kind how the hash is made
 * @param hex the hash; empty for {@link Kind#NONE}
 */
public record Checksum(Kind kind, String hex) {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");
  private static final int BUFFER = 1 << 16;

  /** How a hash is made. */
  public enum Kind {
    /** SHA-256 of the bytes: files in large-file storage, archives. */
    SHA256,
    /** Git's name of a blob: SHA-1 of {@code blob <size>\0} and the bytes. */
    GIT_BLOB,
    /** Unknown: only the size can be checked. */
    NONE
  }

  /** Refuses a hash of another length than the kind has. */
  public Checksum {
    boolean fits =
        switch (kind) {
          case SHA256 -> SHA256.matcher(hex).matches();
          case GIT_BLOB -> SHA1.matcher(hex).matches();
          case NONE -> hex.isEmpty();
        };
    if (!fits) {
      throw new IllegalArgumentException("checksum: '" + hex + "' is no " + kind);
    }
  }

  /** A SHA-256 in hexadecimal digits. */
  public static Checksum sha256(String hex) {
    return new Checksum(Kind.SHA256, hex.toLowerCase(Locale.ROOT));
  }

  /**
   * What an entity tag of the Hugging Face hub says: SHA-256 for files in large-file storage, Git's
   * name of the blob for others. Tags of other servers say nothing.
   */
  public static Checksum ofTag(String tag) {
    String lower = tag.toLowerCase(Locale.ROOT);
    if (SHA256.matcher(lower).matches()) {
      return new Checksum(Kind.SHA256, lower);
    }
    return SHA1.matcher(lower).matches()
        ? new Checksum(Kind.GIT_BLOB, lower)
        : new Checksum(Kind.NONE, "");
  }

  /** Whether a file has this hash; always, if there is none to check. */
  public boolean fits(Path file) throws IOException {
    MessageDigest digest =
        switch (kind) {
          case SHA256 -> DigestUtils.getSha256Digest();
          case GIT_BLOB -> {
            MessageDigest sha1 = DigestUtils.getSha1Digest();
            sha1.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
            yield sha1;
          }
          case NONE -> null;
        };
    if (digest == null) {
      return true;
    }
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return Hex.encodeHexString(digest.digest()).equals(hex);
  }
}
