package org.ptuning4j.train.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * The folder of one run: {@code run.json} (its settings), {@code metrics.jsonl} (a line per
 * evaluation), {@code checkpoint.safetensors} (for resuming), {@code pack/} and {@code result.json}
 * (at its end). One process writes to it at a time.
 */
public final class RunFolder implements RunLog, AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The names under which files and packs are written until they are complete. */
  private static final Pattern LEFT_BEHIND = Pattern.compile("\\.(.+)\\.[0-9a-f-]{36}\\.(tmp|old)");

  private static final long WAIT_MILLIS = 200;

  private final Path path;
  private final FileChannel lockChannel;
  private final FileLock lock;

  private RunFolder(Path path, FileChannel lockChannel, FileLock lock) {
    this.path = path;
    this.lockChannel = lockChannel;
    this.lock = lock;
  }

  /**
   * Takes a folder for a run.
   *
   * @param resume whether a run in it is to go on
   * @throws InvalidInputException if another process writes to it, or it holds a run and {@code
   *     resume} is not asked for
   */
  public static RunFolder open(Path path, boolean resume) {
    try {
      Files.createDirectories(path);
      FileChannel channel =
          FileChannel.open(
              path.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw InvalidInputException.of(
            "out: another run is writing to %s; wait for it or choose another folder", path);
      }
      RunFolder folder = new RunFolder(path, channel, lock);
      if (!resume && Files.exists(folder.settingsFile())) {
        folder.close();
        throw InvalidInputException.of(
            "out: %s already holds a run; add %s to go on with it, or choose another folder",
            path, new SettingName("resume"));
      }
      folder.sweep();
      return folder;
    } catch (IOException e) {
      throw new InvalidInputException(
          "out: " + path + " cannot be written to (" + FailureReason.of(e) + ")", e);
    }
  }

  /**
   * Waits until no process writes to a folder: one whose parent was killed ends after its step.
   *
   * @param most how long; after that the folder may still be taken
   */
  public static void awaitFree(Path path, Duration most) {
    long end = System.nanoTime() + most.toNanos();
    Path file = path.resolve(".lock");
    try {
      while (Files.exists(file) && System.nanoTime() < end) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          FileLock lock = tryLock(channel);
          if (lock != null) {
            lock.release();
            return;
          }
        }
        Thread.sleep(WAIT_MILLIS);
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          "out: " + path + " cannot be written to (" + FailureReason.of(e) + ")", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Deletes what a killed run was writing, and restores a pack that it was about to replace. */
  private void sweep() throws IOException {
    sweep(path);
    if (Files.isDirectory(path.resolve("packs"))) {
      sweep(path.resolve("packs"));
    }
  }

  private static void sweep(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Matcher left = LEFT_BEHIND.matcher(file.getFileName().toString());
        if (left.matches()) {
          Path target = folder.resolve(left.group(1));
          if (left.group(2).equals("old") && !Files.exists(target)) {
            Files.move(file, target);
          } else {
            delete(file);
          }
        }
      }
    }
  }

  private static void delete(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      try (Stream<Path> inside = Files.list(file)) {
        for (Path each : inside.toList()) {
          Files.delete(each);
        }
      }
    }
    Files.delete(file);
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  public Path path() {
    return path;
  }

  public Path pack() {
    return path.resolve("pack");
  }

  /** The pack of one of several tasks. */
  public Path pack(String task) {
    return path.resolve("packs").resolve(task);
  }

  private Path settingsFile() {
    return path.resolve("run.json");
  }

  @Override
  public Path checkpointFile() {
    return path.resolve("checkpoint.safetensors");
  }

  @Override
  public Path bestFile(int step) {
    return path.resolve("best-" + step + ".safetensors");
  }

  /** Deletes the best parameters of other steps than this. */
  @Override
  public void keepOnlyBest(int step) {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.matches("best-\\d+\\.safetensors") && !file.equals(bestFile(step))) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be cleaned up", e);
    }
  }

  /** The settings of the run in this folder, if there is one. */
  Optional<JsonNode> settings() {
    try {
      return Files.exists(settingsFile())
          ? Optional.of(JSON.readTree(Files.readAllBytes(settingsFile())))
          : Optional.empty();
    } catch (IOException e) {
      throw new InvalidInputException(
          settingsFile() + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  void writeSettings(Map<String, Object> settings) {
    writeJson(settingsFile(), settings);
  }

  public void writeResult(TrainingResult result) {
    writeJson(path.resolve("result.json"), result);
  }

  private static void writeJson(Path file, Object value) {
    try {
      byte[] bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
      AtomicFile.write(file, out -> out.write(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  /** Writes a record of the run's own. */
  @Override
  public void write(String file, Object record) {
    writeJson(path.resolve(file), record);
  }

  /**
   * Reads what {@link #write} wrote, if it is there.
   *
   * @throws InvalidInputException if it is damaged
   */
  public <T> Optional<T> read(String file, Class<T> type) {
    Path source = path.resolve(file);
    try {
      return Files.exists(source)
          ? Optional.of(JSON.readValue(Files.readAllBytes(source), type))
          : Optional.empty();
    } catch (IOException e) {
      throw new InvalidInputException(source + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /** Takes the state of another run's folder as its own: checkpoint, best values and metrics. */
  public void takeOver(Path other) {
    try (Stream<Path> files = Files.list(other)) {
      for (Path file : files.filter(RunFolder::isState).toList()) {
        Files.copy(file, path.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(other + " cannot be copied to " + path, e);
    }
  }

  private static boolean isState(Path file) {
    return file.getFileName().toString().matches("checkpoint.safetensors|best-.*|metrics.jsonl");
  }

  /** Deletes a folder in it with all that it holds, if it is there. */
  public void deleteFolder(String name) {
    Path folder = path.resolve(name);
    if (Files.isDirectory(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(folder + " cannot be deleted", e);
      }
    }
  }

  /** Keeps the first lines of {@code metrics.jsonl}: those that the checkpoint knows of. */
  @Override
  public void keepMetrics(int lines) {
    Path file = path.resolve("metrics.jsonl");
    try {
      List<String> kept =
          Files.exists(file)
              ? Files.readAllLines(file, StandardCharsets.UTF_8).stream().limit(lines).toList()
              : List.of();
      StringBuilder text = new StringBuilder();
      kept.forEach(line -> text.append(line).append('\n'));
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file, out -> out.write(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be rewritten", e);
    }
  }

  /** Appends one line to {@code metrics.jsonl}. */
  @Override
  public void appendMetrics(Map<String, Object> line) {
    Path file = path.resolve("metrics.jsonl");
    try {
      Files.writeString(
          file,
          JSON.writeValueAsString(line) + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written: " + FailureReason.of(e), e);
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      lockChannel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": the lock cannot be released", e);
    }
  }
}
