package org.ptuning4j;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Another Java process with the tests' class path, killed at the latest when it is closed.
 *
 * @param process the process
 * @param log where its output goes
 */
public record ChildJvm(Process process, Path log) implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 300;

  /** Starts a main class. */
  public static ChildJvm start(Path log, Class<?> main, List<String> arguments) {
    return start(log, main, List.of(), Map.of(), arguments);
  }

  /** Starts a main class with options for the JVM and variables for its environment. */
  public static ChildJvm start(
      Path log,
      Class<?> main,
      List<String> options,
      Map<String, String> environment,
      List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-cp");
    command.add(classPath());
    command.addAll(options);
    command.add(main.getName());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(log.toAbsolutePath().getParent().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      return new ChildJvm(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Absolute, since the process works in another folder: that of its log. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /**
   * Waits until something has happened or the process is over.
   *
   * @return whether it has happened
   */
  public boolean await(BooleanSupplier event) {
    return await(event, 5_000_000);
  }

  /**
   * The same for what is over in a moment: looks as often as it can, which keeps a processor busy.
   */
  public boolean awaitClosely(BooleanSupplier event) {
    return await(event, 20_000);
  }

  private boolean await(BooleanSupplier event, long pauseNanos) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (process.isAlive()) {
      if (event.getAsBoolean()) {
        return true;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("nothing happened for " + PATIENCE_SECONDS + " s: " + output());
      }
      LockSupport.parkNanos(pauseNanos);
    }
    return event.getAsBoolean();
  }

  /** Kills it (SIGKILL) and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    exitCode();
  }

  /** Waits for its end. */
  public int exitCode() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("still running after " + PATIENCE_SECONDS + " s: " + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What it has printed. */
  public String output() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
