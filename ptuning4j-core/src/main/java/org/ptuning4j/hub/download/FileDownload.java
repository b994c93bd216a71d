package org.ptuning4j.hub.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.ptuning4j.FailureReason;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * Fetches a file. Bytes go to an incomplete file beside the target, continuing where an earlier,
 * interrupted fetch stopped; when that file is complete and has the right hash, it gets the
 * target's name in one step. The caller holds the lock of the target.
 */
public final class FileDownload {

  private static final int BUFFER = 1 << 16;

  private final WebClient web;
  private final Retries retries;
  private final DownloadListener listener;

  /** A way to fetch files. */
  public FileDownload(WebClient web, Retries retries, DownloadListener listener) {
    this.web = web;
    this.retries = retries;
    this.listener = listener;
  }

  /** How many bytes of a file an earlier fetch has left. */
  public static long present(Path incomplete, long size) {
    try {
      long present = Files.size(incomplete);
      return present <= size ? present : 0;
    } catch (IOException e) {
      return 0; // There is none.
    }
  }

  /**
   * Fetches a file.
   *
   * @param incomplete where its bytes are collected
   * @param target the name that it gets; in the same folder
   * @throws RefusedException if the server refuses
   * @throws ChangedException if the server now has another version
   * @throws DamagedException if the bytes are not those announced, twice
   * @throws IOException if there is no connection, or the disk cannot be written
   */
  public void fetch(RemoteFile file, Path incomplete, Path target) throws IOException {
    for (int tries = 0; ; tries++) {
      collect(file, incomplete);
      if (file.checksum().fits(incomplete)) {
        break;
      }
      discard(incomplete);
      if (tries > 0) {
        throw new DamagedException(
            "%s: what arrives from %s is damaged, or was changed on the way: its checksum is not %s"
                .formatted(file.name(), file.uri().getHost(), file.checksum().hex()));
      }
      listener.remarked(file.name() + " arrived damaged; fetching it once more");
    }
    Files.move(
        incomplete, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    AtomicFile.forceFolder(target.toAbsolutePath().getParent());
  }

  private void collect(RemoteFile file, Path incomplete) throws IOException {
    if (Files.exists(incomplete) && Files.size(incomplete) > file.size()) {
      Files.delete(incomplete);
    }
    retries.run(
        listener,
        () -> present(incomplete, file.size()),
        () -> {
          continueFetch(file, incomplete);
          return null;
        });
  }

  private void continueFetch(RemoteFile file, Path incomplete)
      throws IOException, InterruptedException {
    try (FileChannel channel =
        FileChannel.open(incomplete, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long from = channel.size();
      if (from < file.size() || file.size() == 0) {
        try (WebClient.Answer answer = ask(file, channel, from)) {
          append(file, answer, channel);
        }
      }
      channel.force(true);
    }
  }

  /** The rest of the file, or all of it if the server sends only that. */
  private WebClient.Answer ask(RemoteFile file, FileChannel channel, long from)
      throws IOException, InterruptedException {
    WebClient.Answer answer;
    try {
      answer = web.get(file.uri(), from);
    } catch (RefusedException e) {
      if (e.status() != 416 || from == 0) {
        throw e;
      }
      truncate(channel);
      throw new PassingException(file.name() + " cannot be continued (416)", null, e);
    }
    try {
      checkVersion(file, answer, channel);
      if (answer.status() != 206) {
        truncate(channel);
      } else if (!continues(answer, from)) {
        truncate(channel);
        throw new PassingException(file.name() + " was continued at another place");
      }
      return answer;
    } catch (IOException e) {
      answer.close();
      throw e;
    }
  }

  private void checkVersion(RemoteFile file, WebClient.Answer answer, FileChannel channel)
      throws IOException {
    Optional<String> tag = file.tag().isEmpty() ? file.tag() : EntityTag.of(answer.first());
    if (tag.isPresent() && !tag.equals(file.tag())) {
      truncate(channel);
      throw new ChangedException(
          file.name() + " has changed on " + file.uri().getHost() + " while it was being fetched");
    }
  }

  private static boolean continues(WebClient.Answer answer, long from) {
    return answer
        .headers()
        .firstValue("Content-Range")
        .map(range -> range.strip().startsWith("bytes " + from + "-"))
        .orElse(false);
  }

  private void append(RemoteFile file, WebClient.Answer answer, FileChannel channel)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    long position = channel.size();
    for (int read = answer.body().read(buffer); read >= 0; read = answer.body().read(buffer)) {
      if (position + read > file.size()) {
        truncate(channel);
        throw new PassingException(
            "%s: more arrives than the %d bytes announced".formatted(file.name(), file.size()));
      }
      write(file, channel, ByteBuffer.wrap(buffer, 0, read), position);
      position += read;
      listener.advanced(read);
    }
    if (position < file.size()) {
      throw new PassingException(
          "%s broke off after %d of %d bytes".formatted(file.name(), position, file.size()));
    }
  }

  /**
   * A failing disk is distinguished from a failing connection, because trying again does not help.
   */
  private static void write(RemoteFile file, FileChannel channel, ByteBuffer bytes, long position)
      throws IOException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes, position + bytes.position());
      }
    } catch (IOException e) {
      throw new FileSystemException(file.name(), null, FailureReason.of(e));
    }
  }

  private void truncate(FileChannel channel) throws IOException {
    listener.advanced(-channel.size());
    channel.truncate(0);
  }

  private void discard(Path incomplete) throws IOException {
    try {
      listener.advanced(-Files.size(incomplete));
      Files.delete(incomplete);
    } catch (NoSuchFileException e) {
      // Another process has deleted it already.
    }
  }
}
