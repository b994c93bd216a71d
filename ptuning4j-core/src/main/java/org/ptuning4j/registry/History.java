package org.ptuning4j.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * The audit log, one event a line: what is in it has happened, what is not has not. A line without
 * its end is one that a killed process began to write; it is as good as not there.
 *
 * @param file the file
 */
record History(Path file) {

  /** All events, in their order. */
  List<RegistryEvent> events() {
    return events(wholeLines(), file);
  }

  /**
   * All events of a log that is no file of this machine.
   *
   * @param place where it is, for messages
   */
  static List<RegistryEvent> events(String log, String place) {
    return events(wholeLines(log), place);
  }

  private static List<RegistryEvent> events(List<String> lines, Object file) {
    List<RegistryEvent> events = new ArrayList<>();
    for (String line : lines) {
      RegistryEvent event =
          RegistryJson.read(line.getBytes(StandardCharsets.UTF_8), RegistryEvent.class, file);
      if (event.sequence() != events.size() + 1L) {
        throw InvalidInputException.of(
            "%s: line %d has the sequence number %d; a line was taken out or put in",
            file, events.size() + 1, event.sequence());
      }
      events.add(event);
    }
    return events;
  }

  private static List<String> wholeLines(String log) {
    return log.substring(0, log.lastIndexOf('\n') + 1).lines().toList();
  }

  /** The last event. */
  Optional<RegistryEvent> last() {
    List<String> lines = wholeLines();
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(
            RegistryJson.read(
                lines.get(lines.size() - 1).getBytes(StandardCharsets.UTF_8),
                RegistryEvent.class,
                file));
  }

  private List<String> wholeLines() {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try {
      return wholeLines(new String(RegistryFiles.read(file), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /**
   * Adds an event, and forces it to the disk; the caller has the registry's lock.
   *
   * @return where it begins
   * @throws UncheckedIOException if that fails; the event has not happened then
   */
  long append(RegistryEvent event) {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      long end = endOfLines(channel);
      channel.truncate(end);
      byte[] line = RegistryJson.line(event);
      ByteBuffer bytes = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
      try {
        long at = end;
        while (bytes.hasRemaining()) {
          at += channel.write(bytes, at);
        }
        channel.force(true);
        return end;
      } catch (IOException e) {
        channel.truncate(end);
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write " + file + ": " + FailureReason.of(e) + "; nothing was changed", e);
    }
  }

  /** Takes the events from a place on away, which could not be completed. */
  void takeBack(long from) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      channel.truncate(from);
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + FailureReason.of(e), e);
    }
  }

  /** Where the last whole line ends. */
  private static long endOfLines(FileChannel channel) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (long at = channel.size(); at > 0; at--) {
      one.clear();
      channel.read(one, at - 1);
      if (one.get(0) == '\n') {
        return at;
      }
    }
    return 0;
  }
}
