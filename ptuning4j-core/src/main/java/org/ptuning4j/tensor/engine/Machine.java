package org.ptuning4j.tensor.engine;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this machine is: enough of it to choose a precision and to say in a result where it came
 * from.
 *
 * @param processor its processor
 * @param cores the processors that the JVM sees
 * @param cuda whether libtorch finds a CUDA device
 */
public record Machine(Processor processor, int cores, boolean cuda) {

  private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

  /** Looks at the machine. */
  public static Machine detect() {
    Torch.start();
    return new Machine(
        Processor.read(procLines("/proc/cpuinfo"), System.getenv()),
        Runtime.getRuntime().availableProcessors(),
        torch.cuda_is_available());
  }

  /** The processor's name. */
  public String cpu() {
    return processor.name();
  }

  /** Whether matrix products in bf16 have instructions of their own here. */
  public boolean hasFastBf16() {
    return cuda || processor.hasBf16Products();
  }

  /** The features in alphabetical order. */
  public List<String> featureList() {
    return processor.features().stream().sorted().toList();
  }

  /**
   * The largest amount of memory that this process has held so far, in bytes; 0 where the system
   * does not tell.
   */
  public static long peakMemoryBytes() {
    return memoryField("VmHWM:");
  }

  /**
   * Makes {@link #peakMemoryBytes} count from now on, so that several runs of one process each have
   * a peak of their own: unused objects are collected, the C library gives the system what it keeps
   * of freed memory, and the mark falls to what the process then holds. Linux only; elsewhere, and
   * where the kernel refuses, the mark stays as it is.
   *
   * @return whether the mark was reset
   */
  public static boolean resetPeakMemory() {
    releaseUnused();
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

  /**
   * Collects unused objects, and gives freed native memory back to the system where the C library
   * is one that keeps it. Worth its tenth of a second after what needs memory once, such as reading
   * a large model.
   */
  public static void releaseUnused() {
    System.gc();
    releaseFreed();
  }

  /** Gives freed native memory back to the system, where the C library is one that keeps it. */
  public static void releaseFreed() {
    if (!Platform.isLinux()) {
      return;
    }
    try {
      NativeLibrary.getInstance("c").getFunction("malloc_trim").invokeInt(new Object[] {0L});
    } catch (UnsatisfiedLinkError e) {
      LOG.debug("Freed memory stays with the C library: {}", e.getMessage());
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
