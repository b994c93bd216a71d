package org.ptuning4j.search;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * The folder of a search: {@code trials/} (a file of each), {@code runs/} (the files of each run),
 * {@code starts/} (prompts that trials start from), {@code requests/} (what runs are to be), {@code
 * plan.json}, {@code pace.json} and {@code clock.json}. One process writes to it at a time.
 */
final class SearchFolder implements AutoCloseable {

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Path path;
  private final FileChannel lockChannel;
  private final FileLock lock;

  private SearchFolder(Path path, FileChannel lockChannel, FileLock lock) {
    this.path = path;
    this.lockChannel = lockChannel;
    this.lock = lock;
  }

  /**
   * Takes a folder for a search.
   *
   * @param plan what is searched, over what
   * @throws InvalidInputException if another process writes to it, or it holds another search; the
   *     message names each difference
   */
  static SearchFolder open(Path path, Map<String, String> plan) {
    try {
      Files.createDirectories(path.resolve("trials"));
      FileChannel channel =
          FileChannel.open(
              path.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw InvalidInputException.of(
            "out: another search is writing to %s; wait for it or choose another folder", path);
      }
      SearchFolder folder = new SearchFolder(path, channel, lock);
      try {
        folder.requireSame(plan);
      } catch (RuntimeException e) {
        folder.close();
        throw e;
      }
      return folder;
    } catch (IOException e) {
      throw new InvalidInputException(
          "out: " + path + " cannot be written to (" + FailureReason.of(e) + ")", e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private void requireSame(Map<String, String> plan) {
    Path file = path.resolve("plan.json");
    if (!Files.exists(file)) {
      write(file, new TreeMap<>(plan));
      return;
    }
    Map<?, ?> before = read(file, Map.class);
    List<String> differences = new ArrayList<>();
    new TreeMap<>(plan)
        .forEach(
            (name, value) -> {
              if (!value.equals(before.get(name))) {
                differences.add(name + " was " + before.get(name) + ", is " + value);
              }
            });
    if (!differences.isEmpty()) {
      throw InvalidInputException.of(
          "out: %s holds another search: %s; choose another folder, or repeat that search's own"
              + " command (minutes and trials may be more)",
          path, String.join("; ", differences));
    }
  }

  Path path() {
    return path;
  }

  /** All trials by their numbers. */
  List<Trial> trials() {
    List<Trial> trials = new ArrayList<>();
    for (Path file : json(path.resolve("trials"))) {
      trials.add(read(file, Trial.class));
    }
    trials.sort(Comparator.comparingInt(Trial::number));
    for (int i = 0; i < trials.size(); i++) {
      if (trials.get(i).number() != i) {
        throw InvalidInputException.of("%s: the file of trial %d is missing", path, i);
      }
    }
    return trials;
  }

  void save(Trial trial) {
    write(path.resolve("trials").resolve(name(trial.number()) + ".json"), trial);
  }

  static String name(int number) {
    return String.format(Locale.ROOT, "%04d", number);
  }

  /** The files of a run. */
  Path run(String name) {
    return path.resolve("runs").resolve(name);
  }

  /** Writes what a run is to be, for the process that trains it. */
  void save(RunRequest request) {
    try {
      Files.createDirectories(path.resolve("requests"));
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be written to", e);
    }
    write(request(path, request.name()), request);
  }

  private static Path request(Path search, String name) {
    return search.resolve("requests").resolve(name + ".json");
  }

  /**
   * What a run is to be, in the process that trains it.
   *
   * @param search the search's folder
   */
  static RunRequest request(String name, Path search) {
    return read(request(search, name), RunRequest.class);
  }

  Optional<Pace> pace() {
    Path file = path.resolve("pace.json");
    return Files.exists(file) ? Optional.of(read(file, Pace.class)) : Optional.empty();
  }

  void save(Pace pace) {
    write(path.resolve("pace.json"), pace);
  }

  /** The seconds that all calls have taken so far. */
  double spentSeconds() {
    Path file = path.resolve("clock.json");
    return Files.exists(file) ? read(file, Clock.class).seconds() : 0;
  }

  void saveSpent(double seconds) {
    write(path.resolve("clock.json"), new Clock(seconds));
  }

  /** The content of {@code clock.json}. */
  record Clock(double seconds) {}

  /** Keeps a pack as it is now, for a trial to start from. */
  void keep(Path pack, String to) {
    copy(pack, path.resolve(to));
  }

  /** Copies the files right in a folder; what is at the target is replaced as a whole. */
  static void copy(Path from, Path to) {
    Path copying = to.resolveSibling("." + to.getFileName() + ".tmp");
    try {
      delete(copying); // what a killed process was copying
      Files.createDirectories(copying);
      for (Path file : files(from)) {
        Files.copy(file, copying.resolve(file.getFileName()));
      }
      delete(to);
      Files.move(copying, to);
    } catch (IOException e) {
      throw new UncheckedIOException(from + " cannot be copied to " + to, e);
    }
  }

  /** Copies some files of a folder, those of them that are there. */
  static void copyFiles(Path from, Path to, List<String> names) {
    try {
      Files.createDirectories(to);
      for (String name : names) {
        if (Files.exists(from.resolve(name))) {
          Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(from + " cannot be copied to " + to, e);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      for (Path file : files(folder)) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static List<Path> json(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().matches("\\d+\\.json")).toList();
    } catch (IOException e) {
      throw new InvalidInputException(folder + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  private static <T> T read(Path file, Class<T> type) {
    try {
      return JSON.readValue(Files.readAllBytes(file), type);
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  static void write(Path file, Object value) {
    try {
      byte[] bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
      AtomicFile.write(file, out -> out.write(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
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
