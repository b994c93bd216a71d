package org.ptuning4j.hub.download;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A lock that one thread of one process holds, among all processes of the machine. It is {@code
 * flock(2)} where there is one, which Python's programs use for the same files; Java's own locks
 * are of another kind, which those programs do not see.
 */
public final class ProcessLock implements AutoCloseable {

  private static final long POLL_MILLIS = 100;
  private static final int O_RDWR = 2;
  private static final int LOCK_EXCLUSIVE_NOW = 2 | 4;
  private static final int EINTR = 4;

  /** EWOULDBLOCK, on Linux, BSD and its descendants. */
  private static final int WOULD_BLOCK = Platform.isLinux() ? 11 : 35;

  /** Releases what was locked. */
  @FunctionalInterface
  private interface Held {

    void release() throws IOException;
  }

  private final Path file;
  private final Held held;

  private ProcessLock(Path file, Held held) {
    this.file = file;
    this.held = held;
  }

  /**
   * Waits for a lock.
   *
   * @param file the file that stands for it; made, with its folder, if it is not there, and left
   *     there afterwards
   * @param listener told once if another process holds it
   */
  public static ProcessLock acquire(Path file, DownloadListener listener) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (FileChannel made =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      made.size(); // It is there now; that is all.
    }
    boolean said = false;
    while (true) {
      Held held = tryLock(file);
      if (held != null) {
        return new ProcessLock(file, held);
      }
      if (!said) {
        listener.remarked("waiting for another process, which holds " + file);
        said = true;
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    }
  }

  /** The lock; null if another process holds it. */
  private static Held tryLock(Path file) throws IOException {
    if (Platform.isWindows()) {
      return tryJavaLock(file);
    }
    try {
      return tryFlock(file);
    } catch (UnsatisfiedLinkError e) {
      return tryJavaLock(file);
    }
  }

  private static Held tryFlock(Path file) throws IOException {
    NativeLibrary libc = NativeLibrary.getInstance("c");
    byte[] path = file.toAbsolutePath().toString().getBytes(nativeCharset());
    int descriptor;
    try {
      descriptor =
          libc.getFunction("open", Function.THROW_LAST_ERROR)
              .invokeInt(new Object[] {Arrays.copyOf(path, path.length + 1), O_RDWR});
    } catch (LastErrorException e) {
      return tryJavaLock(file);
    }
    Function close = libc.getFunction("close");
    Held held = () -> close.invokeInt(new Object[] {descriptor});
    try {
      libc.getFunction("flock", Function.THROW_LAST_ERROR)
          .invokeInt(new Object[] {descriptor, LOCK_EXCLUSIVE_NOW});
      return held;
    } catch (LastErrorException e) {
      held.release();
      if (e.getErrorCode() == WOULD_BLOCK || e.getErrorCode() == EINTR) {
        return null;
      }
      return tryJavaLock(file); // A file system without flock.
    }
  }

  private static Charset nativeCharset() {
    String name = System.getProperty("sun.jnu.encoding", "UTF-8");
    return Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
  }

  private static Held tryJavaLock(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel::close;
      }
    } catch (OverlappingFileLockException e) {
      // Another thread of this process holds it.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return null;
  }

  /** The file that stands for it. */
  public Path file() {
    return file;
  }

  @Override
  public void close() throws IOException {
    held.release();
  }
}
