package org.ptuning4j.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.ptuning4j.FailureReason;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * A version that is being copied into a registry, in a folder of its own until it is whole. A lock
 * on a file in it says that somebody is at work; the system releases it when a process ends, so
 * that what a killed one left is told from what is under way. Folders are made, completed and
 * deleted by the holder of the registry's lock alone.
 */
final class Publication implements AutoCloseable {

  private static final Pattern NAME = Pattern.compile("\\.[0-9a-f-]{36}(-[0-9a-f]+){0,2}\\.tmp");

  /** A state that was being written, in a file that was to take the place of the state's. */
  private static final Pattern STATE = Pattern.compile("\\.state\\.json\\.[0-9a-f-]{36}\\.tmp");

  private static final String LOCK = "lock";

  private final VersionFolder folder;
  private final FileChannel lock;

  private Publication(VersionFolder folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** Begins one among the versions of a name. */
  static Publication begin(Path pack) {
    Path folder = pack.resolve("." + UUID.randomUUID() + ending());
    try {
      if (!Files.isDirectory(pack, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(pack + " is no folder");
      }
      Files.createDirectory(folder);
      AtomicFile.forceFolder(pack.toAbsolutePath().getParent());
      return new Publication(new VersionFolder(folder), locked(folder.resolve(LOCK)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + folder + ": " + FailureReason.of(e), e);
    }
  }

  /**
   * Tells this process's folders from others': their locks must not be tried, because a file that
   * is closed loses all locks that its process has on it.
   */
  private static String ending() {
    ProcessHandle process = ProcessHandle.current();
    long start = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return "-" + Long.toHexString(process.pid()) + "-" + Long.toHexString(start) + ".tmp";
  }

  private static FileChannel locked(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      channel.lock();
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Where its files are. */
  VersionFolder folder() {
    return folder;
  }

  /** All files are there: takes the lock's file away, which is none of the version's. */
  void complete() {
    try {
      lock.close();
      Files.deleteIfExists(folder.folder().resolve(LOCK)); // a change may be tried again
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot publish " + folder.folder() + ": " + FailureReason.of(e), e);
    }
  }

  /** Deletes what was not published. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      folder.delete();
    }
  }

  /**
   * Deletes the folders of publications of a name at which nobody works any more, and states that
   * were never completed: only the holder of the registry's lock writes one.
   */
  static void deleteAbandoned(Path pack) {
    for (Path file : RegistryFiles.list(pack)) {
      String name = String.valueOf(file.getFileName());
      if (STATE.matcher(name).matches()) {
        delete(file);
        continue;
      }
      boolean isOne =
          NAME.matcher(name).matches()
              && !name.endsWith(ending())
              && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
      if (isOne && isAbandoned(file.resolve(LOCK))) {
        new VersionFolder(file).delete();
      }
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be deleted: " + FailureReason.of(e), e);
    }
  }

  private static boolean isAbandoned(Path lock) {
    if (!Files.exists(lock, LinkOption.NOFOLLOW_LINKS)) {
      return true; // it was killed between the two steps of beginning or of completing
    }
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock taken = channel.tryLock()) {
      return taken != null;
    } catch (IOException e) {
      return false; // cannot be told; it is looked at again the next time
    }
  }
}
