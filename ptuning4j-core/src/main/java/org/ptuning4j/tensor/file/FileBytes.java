package org.ptuning4j.tensor.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.LfsPointer;

/**
 * A file's bytes, read straight into tensors' memory. Not mapped: pages of a mapping stay resident
 * until it is collected, which doubles the peak, and on Windows they keep the file from being
 * replaced. The size is the one found at opening; a file that is cut short later gives an {@link
 * InvalidInputException}, not a crash.
 */
public final class FileBytes implements AutoCloseable {

  /** A buffer holds at most 2 GiB; larger tensors are read in several. */
  private static final long WINDOW = 1L << 30;

  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final long window;

  private FileBytes(Path path, FileChannel channel, long size, long window) {
    this.path = path;
    this.channel = channel;
    this.size = size;
    this.window = window;
  }

  public static FileBytes open(Path path) {
    return open(path, WINDOW);
  }

  /** Opens with windows of another size, so that a test need not write gigabytes. */
  public static FileBytes open(Path path, long window) {
    if (Files.isDirectory(path)) {
      throw InvalidInputException.of("%s is a folder; a file is expected", path);
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        FileBytes bytes = new FileBytes(path, channel, channel.size(), window);
        bytes.refuseLfsPointer();
        return bytes;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(path + " does not exist", e);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  public static InvalidInputException unreadable(Path path, Exception e) {
    String reason = e instanceof IOException failure ? FailureReason.of(failure) : e.getMessage();
    return new InvalidInputException(path + " cannot be read: " + reason, e);
  }

  private void refuseLfsPointer() {
    LfsPointer.refuse(path, head(0, (int) Math.min(size, LfsPointer.LENGTH)));
  }

  public Path path() {
    return path;
  }

  public long size() {
    return size;
  }

  /** The bytes of a small part; the caller has bounded the length. */
  public byte[] head(long offset, int length) {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    try {
      fill(buffer, offset);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    return buffer.array();
  }

  private void fill(ByteBuffer buffer, long offset) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw cutShort(offset + buffer.limit());
      }
    }
  }

  /** The unsigned 64-bit little-endian number at an offset; negative means 2^63 or more. */
  public long longAt(long offset) {
    return ByteBuffer.wrap(head(offset, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /** Copies a part of the file into a contiguous CPU tensor of exactly as many bytes. */
  public void copy(long offset, Tensor target) {
    long length = target.nbytes();
    try {
      if (channel.size() < offset + length) {
        throw cutShort(offset + length);
      }
      for (long done = 0; done < length; done += window) {
        long part = Math.min(window, length - done);
        fill(TensorMemory.bytes(target, done, part), offset + done);
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private InvalidInputException cutShort(long needed) {
    return InvalidInputException.of(
        "%s ends before byte %d; it was %d bytes long when it was opened", path, needed, size);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }
}
