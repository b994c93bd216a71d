package org.ptuning4j.tensor.engine;

import java.lang.management.ManagementFactory;

/**
 * Wall time and the processor time of the whole process side by side: work that could run has as
 * much of both, times its threads; work that had to wait for other processes has less of the
 * second.
 */
final class Stopwatch {

  private final long startWall = System.nanoTime();
  private final long startProcessor = processorNanos();

  double wallSeconds() {
    return (System.nanoTime() - startWall) / 1e9;
  }

  /** Of all threads together; NaN where the system does not tell. */
  double processorSeconds() {
    long now = processorNanos();
    return now < 0 || startProcessor < 0 ? Double.NaN : (now - startProcessor) / 1e9;
  }

  private static long processorNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : -1;
  }
}
