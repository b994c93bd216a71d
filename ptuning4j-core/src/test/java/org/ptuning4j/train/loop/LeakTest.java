package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.ChildJvm;

/**
 * Memory over two hundred repetitions, in CI a thousand and in the long checks ten thousand, in a
 * process whose Java heap is resident as a whole from its start, so that what the process grows by
 * is native.
 */
class LeakTest {

  private static final long MEBIBYTE = 1 << 20;

  @TempDir Path temp;

  @Tag("long")
  @ParameterizedTest
  @ValueSource(strings = {"steps", "projection", "run", "predictions"})
  void memoryStaysFlat(String what, TestReporter reporter) {
    repeat(what, 10_000, 0, reporter);
  }

  /** What grows now and then, as with an evaluation, is found in a thousand. */
  @Tag("ci")
  @ParameterizedTest
  @ValueSource(strings = {"steps", "projection", "run", "predictions"})
  void memoryStaysFlatForAWhile(String what, TestReporter reporter) {
    repeat(what, 1_000, 3, reporter);
  }

  /** What grows with every repetition is found in few of them, once caches are filled. */
  @ParameterizedTest
  @ValueSource(strings = "run")
  void memoryStaysFlatFromStepToStep(String what, TestReporter reporter) {
    repeat(what, 200, 3, reporter);
  }

  /**
   * Repeats it in a process of its own.
   *
   * @param settled the measurement from which on nothing may grow
   */
  private void repeat(String what, int count, int settled, TestReporter reporter) {
    try (ChildJvm child =
        ChildJvm.start(
            temp.resolve("child.log"),
            LeakProcess.class,
            List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch"),
            Map.of(),
            List.of(what, Integer.toString(count), temp.toString()))) {
      assertThat(child.exitCode()).as(child.output()).isZero();
      List<Memory> memory =
          child
              .output()
              .lines()
              .filter(line -> line.startsWith("memory "))
              .map(Memory::parse)
              .toList();
      assertThat(memory).hasSize(LeakProcess.MEASUREMENTS);
      Memory start = memory.get(settled);
      Memory end = memory.get(memory.size() - 1);
      reporter.publishEntry(what, start + " … " + end);
      Assumptions.assumeTrue(start.resident() > 0, "skipped: this system does not tell");
      assertThat(end.done()).isEqualTo(count);
      assertThat(end.resident() - start.resident())
          .as("resident memory of " + memory)
          .isLessThan(30 * MEBIBYTE);
      assertThat(end.heap() - start.heap()).as("Java heap of " + memory).isLessThan(2 * MEBIBYTE);
      assertThat(end.pointerBytes() - start.pointerBytes())
          .as("bytes of pointers of " + memory)
          .isLessThan(64 * 1024);
      assertThat(end.pointers() - start.pointers()).as("pointers of " + memory).isLessThan(100);
    }
  }

  /** What the process held after so many repetitions, in bytes and in pointers. */
  private record Memory(long done, long resident, long heap, long pointerBytes, long pointers) {

    static Memory parse(String line) {
      String[] parts = line.split(" ", -1);
      return new Memory(
          Long.parseLong(parts[1]),
          Long.parseLong(parts[2]),
          Long.parseLong(parts[3]),
          Long.parseLong(parts[4]),
          Long.parseLong(parts[5]));
    }
  }
}
