package org.ptuning4j.study.cell;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * A folder with one JSON file per cell of a study, so that a study that was stopped goes on where
 * it was. Files are written whole or not at all. One process writes to it at a time; the folder is
 * the store's own: folders in it are left alone, other files are an error.
 */
public final class CellStore implements AutoCloseable {

  private static final int FORMAT = 1;

  private static final String LOCK = ".lock";

  /** The names under which cells are written until they are complete. */
  private static final Pattern LEFT_BEHIND = Pattern.compile("\\..+\\.json\\.[0-9a-f-]{36}\\.tmp");

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** What a file holds. */
  record Stored(int format, CellKey key, Cell cell) {}

  private final Path folder;
  private final FileChannel lockChannel;
  private final FileLock lock;

  private CellStore(Path folder, FileChannel lockChannel, FileLock lock) {
    this.folder = folder;
    this.lockChannel = lockChannel;
    this.lock = lock;
  }

  /**
   * Opens a folder, making it if need be; clears away what a killed process was writing, and reads
   * every cell once, so that a damaged one is known before anything runs.
   *
   * @throws InvalidInputException if another process (or another store of this one) has it open,
   *     naming the lock file; if a file in it is damaged or no cell, naming it; or if it cannot be
   *     written to
   */
  public static CellStore open(Path folder) {
    Path lockFile = folder.resolve(LOCK);
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw InvalidInputException.of(
            "another study is writing to %s (it holds %s); wait for it or choose another folder",
            folder, lockFile);
      }
      CellStore store = new CellStore(folder, channel, lock);
      try {
        store.sweep();
        store.readAll();
      } catch (IOException | RuntimeException e) {
        store.close();
        throw e;
      }
      return store;
    } catch (IOException e) {
      throw new InvalidInputException(
          folder + " cannot be written to (" + FailureReason.of(e) + ")", e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private void sweep() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (LEFT_BEHIND.matcher(file.getFileName().toString()).matches()) {
          Files.delete(file);
        }
      }
    }
  }

  /** The file of a cell, whether it is there or not. */
  public Path file(CellKey key) {
    return folder.resolve(key.name() + ".json");
  }

  /**
   * The finished cell of a key. A failed one is not found, so that it is tried again.
   *
   * @throws InvalidInputException if its file is damaged, naming it
   */
  public Optional<Cell.Finished> find(CellKey key) {
    requireOpen();
    Path file = file(key);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Stored stored = read(file);
    if (!stored.key().equals(key)) {
      throw InvalidInputException.of("%s: holds another cell than its name says", file);
    }
    return stored.cell() instanceof Cell.Finished finished
        ? Optional.of(finished)
        : Optional.empty();
  }

  /** Every cell, finished or failed, in the order of their files' names. */
  public List<Cell> all() {
    requireOpen();
    try {
      return readAll();
    } catch (IOException e) {
      throw new InvalidInputException(folder + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /**
   * Writes a cell. A failed one that was there is replaced.
   *
   * @throws InvalidInputException if the cell is not the key's, or a finished one is already there
   * @throws UncheckedIOException if writing fails
   */
  public void save(CellKey key, Cell cell) {
    requireOpen();
    if (!cell.method().equals(key.method())
        || !cell.task().equals(key.task())
        || cell.seed() != key.seed()
        || !key.settings().entrySet().containsAll(cell.settings().entrySet())) {
      throw InvalidInputException.of(
          "cell %s on %s, seed %d, %s is not that of the key %s with %s",
          cell.method(), cell.task(), cell.seed(), cell.settings(), key.name(), key.settings());
    }
    Path file = file(key);
    if (find(key).isPresent()) {
      throw InvalidInputException.of("%s: holds a finished cell already", file);
    }
    try {
      byte[] bytes =
          JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(new Stored(FORMAT, key, cell));
      AtomicFile.write(file, out -> out.write(bytes));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  private List<Cell> readAll() throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files =
          listed
              .filter(file -> !Files.isDirectory(file))
              .filter(file -> !file.getFileName().toString().startsWith("."))
              .sorted()
              .toList();
    }
    List<Cell> cells = new ArrayList<>();
    for (Path file : files) {
      Stored stored = read(file);
      if (!file(stored.key()).equals(file)) {
        throw InvalidInputException.of(
            "%s: holds the cell of %s.json; give it that name or remove it",
            file, stored.key().name());
      }
      cells.add(stored.cell());
    }
    return cells;
  }

  private static Stored read(Path file) {
    try {
      Stored stored = JSON.readValue(Files.readAllBytes(file), Stored.class);
      if (stored == null || stored.key() == null || stored.cell() == null) {
        throw InvalidInputException.of(
            "%s: is no cell of a study (key or cell is missing); remove it", file);
      }
      if (stored.format() != FORMAT) {
        throw InvalidInputException.of(
            "%s: format %d, this version reads format %d", file, stored.format(), FORMAT);
      }
      return stored;
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file
              + ": is damaged or no cell of a study ("
              + e.getOriginalMessage()
              + "); remove it, and its cell runs again",
          e);
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  private void requireOpen() {
    if (!lockChannel.isOpen()) {
      throw new IllegalStateException("the store of " + folder + " is closed");
    }
  }

  /** Lets others open the folder. */
  @Override
  public void close() {
    try {
      if (lockChannel.isOpen()) {
        lock.release();
        lockChannel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder.resolve(LOCK) + " cannot be released", e);
    }
  }
}
