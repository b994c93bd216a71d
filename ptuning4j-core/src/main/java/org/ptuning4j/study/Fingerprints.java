package org.ptuning4j.study;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/** SHA-256 of files and folders; each file is read once. Thread-safe. */
public final class Fingerprints {

  private final Map<Path, String> known = new HashMap<>();

  /**
   * The hash of a file's bytes; of a folder, of the names and hashes of the files right in it,
   * hidden ones apart.
   *
   * @throws InvalidInputException if it is missing or cannot be read
   */
  public synchronized String of(Path path) {
    Path key = path.toAbsolutePath().normalize();
    String hash = known.get(key);
    if (hash == null) {
      hash = Files.isDirectory(key) ? ofFolder(key, List.of()) : ofFile(key);
      known.put(key, hash);
    }
    return hash;
  }

  /**
   * The hash of a model: of everything in its folder that a backbone or a tokenizer is made of.
   *
   * @throws InvalidInputException if it is missing or cannot be read
   */
  public String ofModel(Path model) {
    return ofFolder(model, List.of(".json", ".txt", ".safetensors", ".bin", ".model"));
  }

  private String ofFolder(Path folder, List<String> endings) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    try (Stream<Path> listed = Files.list(folder)) {
      List<Path> files =
          listed
              .filter(file -> Files.isRegularFile(file) && !name(file).startsWith("."))
              .filter(file -> endings.isEmpty() || endings.stream().anyMatch(name(file)::endsWith))
              .sorted()
              .toList();
      for (Path file : files) {
        String line = name(file) + " " + of(file) + "\n";
        digest.update(line.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new InvalidInputException(folder + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
    return Hex.encodeHexString(digest.digest());
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static String ofFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("%s does not exist or is no file", file);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return DigestUtils.sha256Hex(in);
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }
}
