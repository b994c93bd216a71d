package org.ptuning4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Corrupted configurations, indexes, weights, ONNX files, jars and tokenizers never end the JVM,
 * never leave a file open, and take no more memory than the files have. CI corrupts each kind of
 * file 90 times, other runs 24 times.
 */
class CorruptedFilesTest {

  private static final Pattern RESULT =
      Pattern.compile("refused (\\d+) read (\\d+) grown (\\d+) files (-?\\d+)");

  /** The largest of the files has less than 1 MiB; the rest is what heap and code grow by. */
  private static final long MOST_GROWTH = 96;

  @TempDir Path folder;

  @Test
  void areReadOrRefusedInLittleMemory() throws Exception {
    corrupt(24);
  }

  @Tag("ci")
  @Test
  void manyAreReadOrRefusedInLittleMemory() throws Exception {
    corrupt(90);
  }

  private void corrupt(int rounds) throws Exception {
    assumeThat(Path.of("/proc/self/status")).exists();
    Path work = Files.createDirectories(folder.resolve("work"));
    try (ChildJvm child =
        ChildJvm.start(
            folder.resolve("log.txt"),
            CorruptedFilesProcess.class,
            List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=32m"),
            Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1", "MALLOC_ARENA_MAX", "1"),
            List.of(work.toString(), Integer.toString(rounds)))) {
      int code = child.exitCode();
      String output = Files.readString(child.log());
      assertThat(code).as(output).isZero();
      Matcher result = RESULT.matcher(output);
      assertThat(result.find()).as(output).isTrue();
      assertThat(Integer.parseInt(result.group(1))).as("refused").isGreaterThan(rounds * 10 / 3);
      assertThat(Integer.parseInt(result.group(2))).as("read").isGreaterThan(rounds * 2 / 9);
      assertThat(Long.parseLong(result.group(3))).as("MiB grown").isLessThan(MOST_GROWTH);
      assertThat(Long.parseLong(result.group(4))).as("files left open").isLessThanOrEqualTo(2);
    }
  }
}
