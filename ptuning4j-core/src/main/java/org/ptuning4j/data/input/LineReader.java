package org.ptuning4j.data.input;

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
 * Reads UTF-8 lines that end in LF, CRLF or CR, in any mixture. Unlike a {@link
 * java.io.BufferedReader} it survives what is wrong with one line, says at which byte, and never
 * holds more of a line than the limit. A line is there as soon as its end is.
 */
public final class LineReader {

  private static final int CHUNK = 1 << 16;

  /** What a decoder puts in place of bytes that are no text; a text may also contain it. */
  private static final char REPLACEMENT = '\ufffd';

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
  private boolean endedInCr;
  private boolean lineFeedSeen;

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

  /** The next line that shows something or is bad, or empty at the end of the stream. */
  public Optional<PhysicalLine> nextFilled() throws IOException {
    Optional<PhysicalLine> line = next();
    while (line.isPresent() && line.get().isBlank()) {
      line = next();
    }
    return line;
  }

  /** Takes lines back, to be read again in the same order. */
  public void putBack(List<PhysicalLine> lines) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      putBack.push(lines.get(i));
    }
  }

  /** The number of the last line taken from the stream; 0 before the first. */
  public int linesRead() {
    return linesRead;
  }

  /** Whether a line so far ended in LF or CRLF, so that a CR alone is unlike the others. */
  public boolean hasLineFeeds() {
    return lineFeedSeen;
  }

  private Optional<PhysicalLine> readLine() throws IOException {
    boolean afterCr = endedInCr;
    if (!fill()) {
      return Optional.empty();
    }
    if (endedInCr && chunk[position] == '\n') {
      position++;
      afterCr = false;
      lineFeedSeen = true;
      if (!fill()) {
        return Optional.empty();
      }
    }
    endedInCr = false;
    linesRead++;
    long length = 0;
    boolean ended = false;
    while (!ended && fill()) {
      int stop = position;
      while (stop < end && chunk[stop] != '\n' && chunk[stop] != '\r') {
        stop++;
      }
      keep(length, stop - position);
      length += stop - position;
      ended = stop < end;
      if (ended) {
        endedInCr = chunk[stop] == '\r';
        lineFeedSeen |= !endedInCr;
      }
      position = ended ? stop + 1 : stop;
    }
    return Optional.of(finish(length, afterCr));
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

  private PhysicalLine finish(long length, boolean afterCr) {
    if (length > maxLineBytes) {
      return bad(afterCr, "the line is %,d bytes long, at most %,d are read", length, maxLineBytes);
    }
    int size = (int) length;
    boolean ascii = true;
    for (int i = 0; i < size; i++) {
      ascii &= line[i] > 0;
    }
    return ascii
        ? good(new String(line, 0, size, StandardCharsets.ISO_8859_1), afterCr)
        : decode(size, afterCr);
  }

  private PhysicalLine decode(int size, boolean afterCr) {
    for (int i = 0; i < size; i++) {
      if (line[i] == 0) {
        return bad(afterCr, "byte %d of the line is zero, which no text has", i + 1);
      }
    }
    String quick = new String(line, 0, size, StandardCharsets.UTF_8);
    if (quick.indexOf(REPLACEMENT) < 0) {
      return good(quick, afterCr);
    }
    ByteBuffer bytes = ByteBuffer.wrap(line, 0, size);
    CharBuffer characters = CharBuffer.allocate(size); // UTF-8 never has fewer bytes than UTF-16
    CoderResult result = decoder.reset().decode(bytes, characters, true);
    if (result.isError()) {
      int at = bytes.position();
      return bad(
          afterCr,
          "byte %d of the line (0x%02X) is not UTF-8; save the file as UTF-8, or set its encoding",
          at + 1,
          line[at]);
    }
    return good(characters.flip().toString(), afterCr);
  }

  private PhysicalLine good(String text, boolean afterCr) {
    return new PhysicalLine(linesRead, text, null, afterCr);
  }

  private PhysicalLine bad(boolean afterCr, String problem, Object... values) {
    return new PhysicalLine(linesRead, null, String.format(Locale.ROOT, problem, values), afterCr);
  }
}
