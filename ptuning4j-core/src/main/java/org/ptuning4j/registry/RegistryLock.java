package org.ptuning4j.registry;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * Lets one writer at a time change a registry, in this process or any other. The system releases it
 * when a process ends, however that happens.
 */
final class RegistryLock {

  private static final int PAUSE_MILLISECONDS = 5;

  private RegistryLock() {}

  /** Waits for the lock, does something while it is held, and releases it. */
  static <T> T whileHeld(Path file, Supplier<T> change) {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      while (!isTaken(channel)) {
        Thread.sleep(PAUSE_MILLISECONDS);
      }
      return change.get(); // closing the channel releases the lock
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + file, e);
    } catch (IOException e) {
      throw new InvalidInputException(
          "registry: " + file + " cannot be locked (" + FailureReason.of(e) + ")", e);
    }
  }

  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another thread of this process has it
    }
  }
}
