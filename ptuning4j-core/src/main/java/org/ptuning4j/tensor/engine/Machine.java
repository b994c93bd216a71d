package org.ptuning4j.tensor.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Torch;

/**
 * What this machine is: enough of it to choose a precision and to say in a result where it came
 * from.
 *
 * @param cpu the processor's name
 * @param cores the processors that the JVM sees
 * @param features the instruction sets that matter here, such as {@code amx_bf16}
 * @param cuda whether libtorch finds a CUDA device
 */
public record Machine(String cpu, int cores, Set<String> features, boolean cuda) {

  private static final Set<String> INTERESTING =
      Set.of(
          "avx2", "avx512f", "avx512_bf16", "amx_bf16", "amx_tile", "avx512_vnni", "asimd", "bf16");

  /** Copies the features. */
  public Machine {
    features = Set.copyOf(features);
  }

  /** Looks at the machine. */
  public static Machine detect() {
    Torch.start();
    List<String> lines = procLines("/proc/cpuinfo");
    String cpu = System.getProperty("os.arch");
    Set<String> features = new TreeSet<>();
    for (String line : lines) {
      if (line.startsWith("model name")) {
        cpu = line.substring(line.indexOf(':') + 1).strip();
      } else if (line.startsWith("flags") || line.startsWith("Features")) {
        features.addAll(
            Arrays.asList(line.substring(line.indexOf(':') + 1).strip().split(" ", -1)));
        break;
      }
    }
    features.retainAll(INTERESTING);
    return new Machine(
        cpu, Runtime.getRuntime().availableProcessors(), features, torch.cuda_is_available());
  }

  /** Whether matrix products in bf16 have instructions of their own here. */
  public boolean hasFastBf16() {
    return cuda || features.contains("amx_bf16") || features.contains("avx512_bf16");
  }

  /** The features in alphabetical order. */
  public List<String> featureList() {
    return features.stream().sorted().toList();
  }

  /**
   * The largest amount of memory that this process has held so far, in bytes; 0 where the system
   * does not tell.
   */
  public static long peakMemoryBytes() {
    return memoryField("VmHWM:");
  }

  /**
   * Makes {@link #peakMemoryBytes} count from now on: the mark falls to what the process holds at
   * this moment, so that several runs of one process each have a peak of their own. Linux only;
   * elsewhere, and where the kernel refuses, the mark stays as it is.
   *
   * @return whether the mark was reset
   */
  public static boolean resetPeakMemory() {
    try {
      // proc(5): 5 resets the peak resident set size to the current one.
      Files.writeString(
          Path.of("/proc/self/clear_refs"),
          "5",
          StandardCharsets.US_ASCII,
          StandardOpenOption.WRITE);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The memory that this process holds now, in bytes; 0 where the system does not tell. */
  public static long residentBytes() {
    return memoryField("VmRSS:");
  }

  /** The machine's memory in bytes. */
  public static long totalMemoryBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }

  private static long memoryField(String field) {
    for (String line : procLines("/proc/self/status")) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    return 0;
  }

  private static List<String> procLines(String file) {
    try {
      return Files.readAllLines(Path.of(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return new ArrayList<>();
    }
  }
}
