package org.ptuning4j.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.pack.PackFacts;

/**
 * What a registry says of a version, {@code version.json}; it never changes.
 *
 * @param format always {@link #FORMAT}
 * @param name the pack's name
 * @param version its number, from 1
 * @param published when, in UTC
 * @param publisher who, as the system calls the user
 * @param note what the publisher said of it
 * @param task the task's name
 * @param kind the task's kind
 * @param method the method that trained it
 * @param backbone the backbone that it belongs to
 * @param metrics on its evaluation data
 * @param files the files of the pack, each with its size and SHA-256
 */
public record VersionFacts(
    String format,
    String name,
    int version,
    String published,
    String publisher,
    String note,
    String task,
    String kind,
    String method,
    BackboneHash backbone,
    Map<String, Double> metrics,
    Map<String, FileFacts> files) {

  static final String FORMAT = "ptuning4j-registry-version/1";

  /** Checks what everything else relies on. */
  public VersionFacts {
    if (!FORMAT.equals(format)) {
      throw InvalidInputException.of("format is '%s'; this version reads '%s'", format, FORMAT);
    }
    RegistryName.ofPack(String.valueOf(name));
    if (version < 1 || backbone == null || files == null || files.isEmpty()) {
      throw new InvalidInputException("version, backbone or files are missing");
    }
    metrics = metrics == null ? Map.of() : new TreeMap<>(metrics);
    files = new TreeMap<>(files);
  }

  /**
   * The backbone that a version is bound to.
   *
   * @param id where it came from, for the reader
   * @param weightsSha256 the hash of its weights
   */
  public record BackboneHash(String id, @JsonProperty("weights_sha256") String weightsSha256) {}

  /**
   * A file as it was published.
   *
   * @param bytes its size
   * @param sha256 its hash, in hexadecimal
   */
  public record FileFacts(long bytes, String sha256) {}

  static VersionFacts of(
      String name,
      int version,
      Instant published,
      String publisher,
      String note,
      PackFacts pack,
      Map<String, FileFacts> files) {
    return new VersionFacts(
        FORMAT,
        name,
        version,
        published.toString(),
        publisher,
        note,
        String.valueOf(pack.task().get("name")),
        String.valueOf(pack.task().get("kind")),
        pack.method(),
        new BackboneHash(pack.backbone().id(), pack.backbone().weightsSha256()),
        pack.provenance().metrics(),
        files);
  }

  /** The reference to this version. */
  public PackReference reference() {
    return PackReference.of(name, version);
  }
}
