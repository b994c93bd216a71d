package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no inodes: nothing is kept there")
class FingerprintStoreTest {

  private static final String FIRST = "1".repeat(64);
  private static final String SECOND = "2".repeat(64);
  private static final List<String> NAMES = List.of("a", "b");

  @TempDir Path folder;
  private Path weights;
  private FingerprintStore later;
  private int computed;

  @BeforeEach
  void write() throws IOException {
    weights = Files.writeString(folder.resolve("weights"), "one");
    later = store(Duration.ofMinutes(1));
  }

  private FingerprintStore store(Duration ahead) {
    return new FingerprintStore(folder.resolve("cache"), Clock.offset(Clock.systemUTC(), ahead));
  }

  private String hash(FingerprintStore store, List<String> names, String result) {
    return store.of(
        List.of(weights),
        names,
        () -> {
          computed++;
          return result;
        });
  }

  @Test
  void computesOnceWhileNothingChanges() {
    assertThat(hash(later, NAMES, FIRST)).isEqualTo(FIRST);
    assertThat(hash(later, NAMES, SECOND)).isEqualTo(FIRST);
    assertThat(computed).isEqualTo(1);
  }

  @Test
  void hashesAChangedFileAnewEvenWithItsSizeAndTimeKept() throws IOException {
    FileTime time = Files.getLastModifiedTime(weights);
    Object before = Files.getAttribute(weights, "unix:ctime");
    hash(later, NAMES, FIRST);
    do { // until the file system's clock has moved on
      Files.writeString(weights, "two");
      Files.setLastModifiedTime(weights, time);
    } while (before.equals(Files.getAttribute(weights, "unix:ctime")));
    assertThat(hash(later, NAMES, SECOND)).isEqualTo(SECOND);
  }

  @Test
  void hashesAReplacedFileAnew() throws IOException {
    hash(later, NAMES, FIRST);
    Path other = Files.writeString(folder.resolve("other"), "two");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(weights));
    Files.delete(weights);
    Files.move(other, weights);
    assertThat(hash(later, NAMES, SECOND)).isEqualTo(SECOND);
  }

  @Test
  void otherTensorsOfTheFileHaveAFingerprintOfTheirOwn() {
    hash(later, NAMES, FIRST);
    assertThat(hash(later, List.of("a"), SECOND)).isEqualTo(SECOND);
  }

  @Test
  void keepsNothingOfAFileThatChangedAMomentAgo() throws IOException {
    hash(store(Duration.ZERO), NAMES, FIRST);
    assertThat(hash(later, NAMES, SECOND)).isEqualTo(SECOND);
  }

  @Test
  void keepsNothingOfAFileThatChangesMeanwhile() {
    later.of(
        List.of(weights),
        NAMES,
        () -> {
          try {
            Files.writeString(weights, "changed");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          return FIRST;
        });
    assertThat(hash(later, NAMES, SECOND)).isEqualTo(SECOND);
  }

  @Test
  void aDamagedEntryIsReplaced() throws IOException {
    hash(later, NAMES, FIRST);
    try (Stream<Path> entries = Files.list(folder.resolve("cache"))) {
      Files.writeString(entries.findFirst().orElseThrow(), "nonsense");
    }
    assertThat(hash(later, NAMES, SECOND)).isEqualTo(SECOND);
    assertThat(hash(later, NAMES, FIRST)).isEqualTo(SECOND);
  }
}
