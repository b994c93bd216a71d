package org.ptuning4j.registry;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * Lets one writer at a time change a registry, in this process or any other. The system releases it
 * when a process ends, however that happens.
 *
 * <p>A lock on a file is the whole process's: on POSIX systems, closing any channel to the file
 * drops it, whoever has it. So a thread opens the file only when no other thread of this process
 * does, which {@link #WITHIN} sees to; what is interrupted while it waits has opened nothing.
 */
final class RegistryLock {

  private static final int PAUSE_MILLISECONDS = 5;

  /** By the real place of the file; as many as there are registries that this process changes. */
  private static final Map<Path, ReentrantLock> WITHIN = new ConcurrentHashMap<>();

  private RegistryLock() {}

  /** Waits for the lock, does something while it is held, and releases it. */
  static <T> T whileHeld(Path file, Supplier<T> change) {
    try {
      ReentrantLock within =
          WITHIN.computeIfAbsent(
              file.toAbsolutePath().getParent().toRealPath().resolve(file.getFileName()),
              place -> new ReentrantLock());
      within.lockInterruptibly();
      try {
        return whileAlone(file, change);
      } finally {
        within.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + file, e);
    } catch (IOException e) {
      throw new InvalidInputException(
          "registry: " + file + " cannot be locked (" + FailureReason.of(e) + ")", e);
    }
  }

  private static <T> T whileAlone(Path file, Supplier<T> change)
      throws IOException, InterruptedException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      while (!isTaken(channel)) {
        Thread.sleep(PAUSE_MILLISECONDS);
      }
      return change.get(); // closing the channel releases the lock
    }
  }

  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another copy of this class has it, loaded beside this one
    }
  }
}
