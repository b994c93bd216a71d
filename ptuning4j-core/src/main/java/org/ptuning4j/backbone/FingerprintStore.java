package org.ptuning4j.backbone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.file.AtomicFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fingerprints of weights that were computed before, so that a start does not hash the same
 * gigabytes again. One is used as long as every file has the size, the times and the inode that it
 * had then. Files that changed a moment ago are hashed each time, because a second change within
 * the file system's resolution could not be told from the first.
 */
final class FingerprintStore {

  private static final Logger LOG = LoggerFactory.getLogger(FingerprintStore.class);
  private static final Duration SETTLED = Duration.ofSeconds(3);

  private final Path folder;
  private final Clock clock;

  FingerprintStore(Path folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  static FingerprintStore inCache() {
    return new FingerprintStore(Torch.cacheFolder().resolve("fingerprints"), Clock.systemUTC());
  }

  /** What the file system says of some files, and when the last of them changed. */
  private record Stamp(String text, FileTime changed) {}

  /**
   * The fingerprint of some tensors.
   *
   * @param files all that the tensors are read from
   * @param names the tensors' names, in the fingerprint's order
   * @param compute reads and hashes them
   */
  String of(List<Path> files, List<String> names, Supplier<String> compute) {
    Optional<Stamp> stamp = stamp(files);
    if (stamp.isEmpty()) {
      return compute.get();
    }
    Path entry =
        folder.resolve(DigestUtils.sha256Hex(files.get(0).toAbsolutePath() + "\n" + names));
    String key = DigestUtils.sha256Hex(stamp.get().text());
    Optional<String> known = read(entry, key);
    if (known.isPresent()) {
      return known.get();
    }
    String fingerprint = compute.get();
    boolean settled = stamp.get().changed().toInstant().plus(SETTLED).isBefore(clock.instant());
    if (settled && stamp.equals(stamp(files))) {
      keep(entry, key + " " + fingerprint);
    }
    return fingerprint;
  }

  private static Optional<String> read(Path entry, String key) {
    try {
      String[] words = Files.readString(entry, StandardCharsets.UTF_8).strip().split(" ", -1);
      boolean fits = words.length == 2 && words[0].equals(key) && words[1].length() == 64;
      return fits ? Optional.of(words[1]) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void keep(Path entry, String line) {
    try {
      Files.createDirectories(folder);
      AtomicFile.write(entry, out -> out.write(line.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} is not kept: {}", entry, e.getMessage());
    }
  }

  /** Empty where the file system does not say enough. */
  private static Optional<Stamp> stamp(List<Path> files) {
    StringBuilder text = new StringBuilder();
    FileTime changed = FileTime.fromMillis(0);
    try {
      for (Path file : files) {
        Path real = file.toRealPath();
        Map<String, Object> facts =
            Files.readAttributes(real, "unix:dev,ino,size,lastModifiedTime,ctime");
        FileTime inode = (FileTime) facts.get("ctime");
        FileTime content = (FileTime) facts.get("lastModifiedTime");
        text.append(real);
        for (String fact : List.of("dev", "ino", "size")) {
          text.append('|').append(facts.get(fact));
        }
        text.append('|').append(inode.toInstant()).append('|').append(content.toInstant());
        text.append('\n');
        for (FileTime time : List.of(inode, content)) {
          changed = time.compareTo(changed) > 0 ? time : changed;
        }
      }
      return Optional.of(new Stamp(text.toString(), changed));
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }
}
