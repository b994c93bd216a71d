package org.ptuning4j.benchmarks.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** What a server's process holds, looked at again and again. Thread-safe. */
final class ServerSamples {

  private static final int PARTS = 5;

  private final Path process;
  private final List<Sample> samples = new ArrayList<>();

  /**
   * At one moment.
   *
   * @param heap bytes of Java objects, those included that are garbage
   * @param resident KiB of the process in memory
   * @param files open descriptors
   * @param threads of the process
   */
  record Sample(long heap, long resident, long files, long threads) {}

  ServerSamples(long pid) {
    this.process = Path.of("/proc/" + pid);
  }

  /** Looks now. */
  synchronized void take(String metrics) {
    try (Stream<Path> files = Files.list(process.resolve("fd"))) {
      samples.add(new Sample(heap(metrics), status("VmRSS:"), files.count(), status("Threads:")));
    } catch (IOException e) {
      throw new UncheckedIOException("the server's process is gone", e);
    }
  }

  private long status(String name) throws IOException {
    for (String line : Files.readAllLines(process.resolve("status"))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException(name + " is not among what the system tells");
  }

  private static long heap(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The second fifth of the time beside the last; in the first, code and caches still come. */
  synchronized Map<String, Object> summary() {
    Map<String, Object> summary = new LinkedHashMap<>();
    List<Sample> early = part(1);
    List<Sample> late = part(PARTS - 1);
    summary.put("samples", samples.size());
    summary.put("heap_least_mib", pair(early, late, Sample::heap, true, 1 << 20));
    summary.put("resident_most_mib", pair(early, late, Sample::resident, false, 1 << 10));
    summary.put("files_most", pair(early, late, Sample::files, false, 1));
    summary.put("threads_most", pair(early, late, Sample::threads, false, 1));
    return summary;
  }

  /** Whether nothing has grown by more than moments differ. */
  synchronized boolean areFlat() {
    return grown(Sample::heap, true) < 1.2
        && grown(Sample::resident, false) < 1.05
        && grown(Sample::files, false) < 1.1
        && grown(Sample::threads, false) < 1.1;
  }

  private double grown(ToLongFunction<Sample> value, boolean least) {
    return (double) of(part(PARTS - 1), value, least) / of(part(1), value, least);
  }

  private List<Sample> part(int index) {
    return samples.subList(
        index * samples.size() / PARTS, Math.max(1, (index + 1) * samples.size() / PARTS));
  }

  private static List<Long> pair(
      List<Sample> early,
      List<Sample> late,
      ToLongFunction<Sample> value,
      boolean least,
      int unit) {
    return List.of(of(early, value, least) / unit, of(late, value, least) / unit);
  }

  private static long of(List<Sample> some, ToLongFunction<Sample> value, boolean least) {
    var values = some.stream().mapToLong(value);
    return (least ? values.min() : values.max()).orElseThrow();
  }
}
