package org.ptuning4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads UTF-8 lines that end in LF or CRLF. Unlike a {@link java.io.BufferedReader} it survives
 * what is wrong with one line, says at which byte, and never holds more of a line than the limit.
 */
public final class LineReader {

  private static final int CHUNK = 1 << 16;

  private final InputStream in;
  private final int maxLineBytes;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final Deque<PhysicalLine> putBack = new ArrayDeque<>();

  private final byte[] chunk = new byte[CHUNK];
  private int position;
  private int end;
  private int linesRead;

  private byte[] line = new byte[1024];

  /** Reads from the stream, whose byte order mark the caller has taken off. */
  public LineReader(InputStream in, int maxLineBytes) {
    this.in = in;
    this.maxLineBytes = maxLineBytes;
  }

  /** The next line, or empty at the end of the stream. */
  public Optional<PhysicalLine> next() throws IOException {
    PhysicalLine again = putBack.poll();
    return again != null ? Optional.of(again) : readLine();
  }

  /** Gives lines back, to be read again in the same order. */
  public void putBack(List<PhysicalLine> lines) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      putBack.push(lines.get(i));
    }
  }

  /** The number of the last line taken from the stream; 0 before the first. */
  public int linesRead() {
    return linesRead;
  }

  private Optional<PhysicalLine> readLine() throws IOException {
    if (!fill()) {
      return Optional.empty();
    }
    linesRead++;
    long length = 0;
    boolean ended = false;
    while (!ended && fill()) {
      int stop = position;
      while (stop < end && chunk[stop] != '\n') {
        stop++;
      }
      keep(length, stop - position);
      length += stop - position;
      ended = stop < end;
      position = ended ? stop + 1 : stop;
    }
    return Optional.of(finish(length));
  }

  /** Whether there is an unread byte in the chunk, after reading more where there was none. */
  private boolean fill() throws IOException {
    if (position < end) {
      return true;
    }
    position = 0;
    end = Math.max(0, in.read(chunk, 0, CHUNK));
    return end > 0;
  }

  private void keep(long length, int more) {
    long needed = length + more;
    if (needed > maxLineBytes) {
      return; // The line is lost already; only its length is still counted.
    }
    if (needed > line.length) {
      line = Arrays.copyOf(line, (int) Math.min(maxLineBytes, Math.max(needed, 2L * line.length)));
    }
    System.arraycopy(chunk, position, line, (int) length, more);
  }

  private PhysicalLine finish(long length) {
    if (length > maxLineBytes) {
      return PhysicalLine.bad(
          linesRead,
          String.format(
              Locale.ROOT,
              "the line is %,d bytes long, at most %,d are read",
              length,
              maxLineBytes));
    }
    int size = (int) length;
    if (size > 0 && line[size - 1] == '\r') {
      size--;
    }
    return decode(size);
  }

  private PhysicalLine decode(int size) {
    ByteBuffer bytes = ByteBuffer.wrap(line, 0, size);
    CharBuffer characters = CharBuffer.allocate(size); // UTF-8 never has fewer bytes than UTF-16
    CoderResult result = decoder.reset().decode(bytes, characters, true);
    if (result.isError()) {
      int at = bytes.position();
      return PhysicalLine.bad(
          linesRead,
          String.format(
              Locale.ROOT,
              "byte %d of the line (0x%02X) is not UTF-8; save the file as UTF-8",
              at + 1,
              line[at]));
    }
    return PhysicalLine.good(linesRead, characters.flip().toString());
  }
}
