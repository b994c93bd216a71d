package org.ptuning4j.train.objective;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.FailureReason;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps states in files that are mapped into memory, for this run and later ones: what a file holds
 * follows from its name, the hash of everything that its states are computed from. Those that were
 * used least recently make room for new ones.
 */
public final class DiskStates extends StateStore {

  private static final Logger LOG = LoggerFactory.getLogger(DiskStates.class);
  private static final String ENDING = ".states";
  private static final String UNFINISHED = ".tmp";

  /** An unfinished file that nothing was written to for so long is of a process that was killed. */
  private static final Duration LEFT_BEHIND = Duration.ofDays(1);

  private final Path folder;
  private final long limit;
  private final String model;

  /**
   * A folder of states.
   *
   * @param limit what all files may take together, in bytes
   * @param model what states depend on besides the rows: the model's weights and configuration, and
   *     how it is computed
   */
  public DiskStates(Path folder, long limit, String model) {
    this.folder = folder;
    this.limit = limit;
    this.model = model;
  }

  /** Those of this user, in the cache folder. */
  public static DiskStates inCache(long limit, String model) {
    return new DiskStates(Torch.cacheFolder().resolve("states"), limit, model);
  }

  @Override
  Optional<StatePlace> place(Wanted wanted) {
    String key = DigestUtils.sha256Hex(model + "\n" + wanted.key().get());
    Path file = folder.resolve(key + ENDING);
    try {
      if (Files.isRegularFile(file) && Files.size(file) == wanted.bytes()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        return Optional.of(new Kept(file, wanted));
      }
      if (wanted.bytes() > limit) {
        return Optional.empty();
      }
      Files.createDirectories(folder);
      makeRoom(limit - wanted.bytes());
      if (Files.getFileStore(folder).getUsableSpace() < wanted.bytes()) {
        return Optional.empty();
      }
      Path unfinished =
          folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + UNFINISHED);
      FileChannel channel =
          FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      return Optional.of(new Filling(new Kept(file, wanted), unfinished, channel));
    } catch (IOException e) {
      LOG.warn("{} cannot keep states: {}", folder, FailureReason.of(e));
      return Optional.empty();
    }
  }

  @Override
  Optional<String> refusal(String what, Wanted wanted) {
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%s could be computed once and be kept, but would take %.1f GB, and %s may have %.1f GB"
                + " and has room for %.1f: they are computed again in every epoch",
            what,
            wanted.bytes() / 1e9,
            folder,
            limit / 1e9,
            usable() / 1e9));
  }

  private long usable() {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }

  /** A file of states, and when it was used. */
  private record Entry(Path file, long bytes, FileTime used) {}

  /** Deletes files, the least recently used first, until the others take no more than that. */
  private void makeRoom(long bytes) throws IOException {
    List<Entry> entries = new ArrayList<>();
    FileTime leftBehind = FileTime.from(Instant.now().minus(LEFT_BEHIND));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        if (name.endsWith(ENDING)) {
          entries.add(new Entry(file, Files.size(file), Files.getLastModifiedTime(file)));
        } else if (name.endsWith(UNFINISHED)
            && Files.getLastModifiedTime(file).compareTo(leftBehind) < 0) {
          Files.deleteIfExists(file);
        }
      }
    }
    entries.sort(Comparator.comparing(Entry::used));
    long total = entries.stream().mapToLong(Entry::bytes).sum();
    for (Entry entry : entries) {
      if (total <= bytes) {
        return;
      }
      Files.deleteIfExists(entry.file()); // whoever has it mapped keeps what is in it
      total -= entry.bytes();
    }
  }

  /** States that are there. */
  private record Kept(Path file, Wanted wanted) implements StatePlace {

    @Override
    public boolean isFilled() {
      return true;
    }

    @Override
    public void put(long first, Tensor states) {
      throw new IllegalStateException(file + " is complete");
    }

    @Override
    public Tensor filled() {
      if (!Files.isRegularFile(file)) {
        throw new UncheckedIOException(
            new NoSuchFileException(file + " made room for other states in the meantime"));
      }
      return Scope.own(
          () ->
              torch
                  .from_file(
                      file.toString(),
                      new BoolOptional(false),
                      new LongOptional(wanted.tokens() * wanted.width()),
                      new TensorOptions(wanted.dtype().scalarType()))
                  .view(wanted.tokens(), wanted.width()));
    }

    @Override
    public String where() {
      return "in " + file;
    }

    @Override
    public void abandon() {
      // It is whole, and stays.
    }
  }

  /**
   * States on their way into a file, which takes its name when it is complete. They are written and
   * not put into mapped memory, where a full disk would end the process.
   */
  private record Filling(Kept kept, Path unfinished, FileChannel channel) implements StatePlace {

    @Override
    public boolean isFilled() {
      return false;
    }

    @Override
    public void put(long first, Tensor states) {
      Dtype dtype = kept.wanted().dtype();
      Scope.run(
          () -> {
            Tensor plain = states.cpu().to(dtype.scalarType()).contiguous();
            long bytes = plain.numel() * dtype.bytes();
            ByteBuffer values =
                new BytePointer(plain.data_ptr()).capacity(bytes).limit(bytes).asByteBuffer();
            long at = first * kept.wanted().width() * dtype.bytes();
            while (values.hasRemaining()) {
              at += write(values, at);
            }
          });
    }

    private int write(ByteBuffer values, long at) {
      try {
        return channel.write(values, at);
      } catch (IOException e) {
        throw failed(e);
      }
    }

    @Override
    public Tensor filled() {
      try {
        channel.force(false);
        channel.close();
        move();
      } catch (IOException e) {
        throw failed(e);
      }
      return kept.filled();
    }

    private void move() throws IOException {
      try {
        Files.move(unfinished, kept.file(), StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(unfinished, kept.file(), StandardCopyOption.REPLACE_EXISTING);
      }
    }

    private UncheckedIOException failed(IOException e) {
      return new UncheckedIOException(
          "cannot keep states in " + kept.file() + ": " + FailureReason.of(e), e);
    }

    @Override
    public String where() {
      return kept.where();
    }

    @Override
    public void abandon() {
      try {
        channel.close();
        Files.deleteIfExists(unfinished);
      } catch (IOException e) {
        LOG.debug("{} stays: {}", unfinished, FailureReason.of(e));
      }
    }
  }
}
