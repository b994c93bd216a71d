package org.ptuning4j.backbone.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.ChildJvm;

/**
 * Loading takes hardly more memory at its peak than what is held afterwards. BERT's queries, keys
 * and values are stacked; DeBERTa's lie head by head. CI loads both at either precision.
 */
class LoadMemoryTest {

  private static final Pattern RESULT = Pattern.compile("(\\S+ \\S+) (\\d+) (\\d+)");

  @TempDir Path folder;

  @Test
  void thePeakIsLittleAboveWhatIsHeld() throws Exception {
    load(List.of("bert fp32"));
  }

  @Tag("ci")
  @Test
  void peaksAreLittleAboveWhatIsHeldAtBothPrecisions() throws Exception {
    load(List.of("bert bf16", "deberta bf16", "deberta fp32"));
  }

  private void load(List<String> models) throws Exception {
    Path status = Path.of("/proc/self/status");
    assumeThat(status).exists();
    assumeThat(Files.isWritable(Path.of("/proc/self/clear_refs"))).isTrue();
    List<String> arguments = new ArrayList<>(models);
    arguments.add(0, folder.toString());
    try (ChildJvm child =
        ChildJvm.start(
            folder.resolve("log.txt"),
            LoadMemoryProcess.class,
            List.of("-Xms64m", "-Xmx64m"),
            Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1", "MALLOC_ARENA_MAX", "1"),
            arguments)) {
      int code = child.exitCode();
      assertThat(code).as(child.output()).isZero();
      List<MatchResult> results = RESULT.matcher(child.output()).results().toList();
      assertThat(results).as(child.output()).hasSameSizeAs(models);
      for (MatchResult result : results) {
        double held = Double.parseDouble(result.group(2));
        assertThat(held).as(result.group()).isGreaterThan(40_000);
        assertThat(Double.parseDouble(result.group(3)))
            .as(result.group())
            .isBetween(0.9 * held, 1.15 * held);
      }
    }
  }
}
