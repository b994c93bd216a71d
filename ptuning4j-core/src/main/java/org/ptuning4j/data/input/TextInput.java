package org.ptuning4j.data.input;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.data.value.NormalText;

/**
 * An open input: its text as UTF-8, decompressed and without a byte order mark. Its beginning can
 * be looked at before it is read; no more is waited for than what is asked for.
 */
public final class TextInput implements AutoCloseable {

  /** How much of an input is looked at, at most. */
  private static final int MOST_BYTES = 1 << 16;

  private final String name;
  private final InputSettings settings;
  private final InputStream text;
  private byte[] beginning = new byte[0];
  private boolean ended;
  private boolean taken;
  private boolean begun;

  private TextInput(String name, InputSettings settings, InputStream text) {
    this.name = name;
    this.settings = settings;
    this.text = text;
  }

  /**
   * Opens the text in a stream.
   *
   * @throws InvalidInputException where it is empty, or no text in the encoding of the settings
   */
  static TextInput open(InputStream raw, String name, InputSettings settings) throws IOException {
    InputStream decompressed = decompressed(raw);
    byte[] mark = decompressed.readNBytes(4);
    refuseOtherEncoding(name, mark, settings);
    InputStream rejoined = new RejoinedStream(mark, decompressed);
    boolean utf8 = settings.encoding().equals(StandardCharsets.UTF_8);
    TextInput input =
        new TextInput(
            name, settings, utf8 ? rejoined : new TranscodedStream(rejoined, settings.encoding()));
    input.start(mark.length);
    return input;
  }

  /** The same input with other settings; it must not have been read yet. */
  TextInput with(InputSettings newSettings) {
    TextInput same = new TextInput(name, newSettings, text);
    same.beginning = beginning;
    same.ended = ended;
    same.taken = taken;
    return same;
  }

  /** What to call it in messages. */
  public String name() {
    return name;
  }

  /** How it is read. */
  public InputSettings settings() {
    return settings;
  }

  /** The bytes of its beginning that have been looked at so far, in UTF-8; at least one. */
  public byte[] beginning() {
    return beginning.clone();
  }

  /** The first lines, at most so many, and no more than the first 64 KiB hold. */
  public List<String> firstLines(int most) throws IOException {
    while (!ended && !begun && beginning.length < MOST_BYTES && completeLines() < most) {
      look();
    }
    List<String> lines = seenLines();
    return lines.subList(0, Math.min(most, lines.size()));
  }

  /** The lines that have been looked at so far, without one that may go on. */
  public List<String> seenLines() {
    String[] lines = new String(beginning, StandardCharsets.UTF_8).split("\r\n|\n|\r", -1);
    boolean whole = ended || lines.length == 1;
    return List.of(lines).subList(0, whole ? lines.length : lines.length - 1);
  }

  /** The first line with something visible, among those that are looked at; else an empty one. */
  public String firstLine() throws IOException {
    List<String> lines = firstLines(1);
    for (int count = 1; lines.size() == count; lines = firstLines(count)) {
      String last = lines.get(count - 1);
      if (!NormalText.isBlank(last)) {
        return last;
      }
      count++;
    }
    return "";
  }

  /** Whether the beginning that was looked at is all that there is. */
  public boolean isSeenWhole() {
    return ended;
  }

  /** The bytes of the whole text, from its beginning; can be asked for once. */
  public InputStream content() {
    if (taken) {
      throw new IllegalStateException(name + " is read already");
    }
    taken = true;
    return new Whole();
  }

  /** The lines of the whole text; instead of {@link #content}. */
  public LineReader lines() {
    return new LineReader(content(), settings.maxRecordBytes());
  }

  @Override
  public void close() throws IOException {
    text.close();
  }

  /** The beginning and the rest. With its first byte the looking ends. */
  private final class Whole extends InputStream {

    private InputStream joined;

    private InputStream joined() {
      if (joined == null) {
        joined = new RejoinedStream(beginning, text);
        begun = true;
      }
      return joined;
    }

    @Override
    public int read() throws IOException {
      return joined().read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return joined().read(bytes, offset, length);
    }

    @Override
    public int available() throws IOException {
      return joined().available();
    }

    @Override
    public void close() throws IOException {
      text.close();
    }
  }

  /** Gzip is recognised by its first bytes, whatever the file is called; all members are read. */
  private static InputStream decompressed(InputStream in) throws IOException {
    byte[] magic = in.readNBytes(2);
    InputStream stream = new RejoinedStream(magic, in);
    boolean gzip = magic.length == 2 && magic[0] == 0x1f && (magic[1] & 0xff) == 0x8b;
    return gzip ? new GZIPInputStream(new PromisingStream(stream), 1 << 16) : stream;
  }

  /**
   * Always says that there may be more. Java's reader of gzip takes a pipe that has nothing at the
   * moment for the end, and would pass over the members that come later.
   */
  private static final class PromisingStream extends FilterInputStream {

    PromisingStream(InputStream in) {
      super(in);
    }

    @Override
    public int available() throws IOException {
      return Math.max(1, super.available());
    }
  }

  /** Marks of UTF-16 and UTF-32, and marks that contradict the settings. */
  private static void refuseOtherEncoding(String name, byte[] mark, InputSettings settings) {
    String marked = markedEncoding(mark);
    String set = settings.encoding().name();
    if (!marked.isEmpty() && !set.startsWith(marked)) {
      throw InvalidInputException.of(
          "%s is %s, as its byte order mark says%s set %s to %s",
          name,
          marked,
          set.equals("UTF-8") ? "; save it as UTF-8, or" : ", not " + set + ";",
          new SettingName("encoding"),
          marked);
    }
  }

  private static String markedEncoding(byte[] mark) {
    if (startsWith(mark, 0xff, 0xfe, 0, 0) || startsWith(mark, 0, 0, 0xfe, 0xff)) {
      return "UTF-32";
    } else if (startsWith(mark, 0xff, 0xfe) || startsWith(mark, 0xfe, 0xff)) {
      return "UTF-16";
    }
    return startsWith(mark, 0xef, 0xbb, 0xbf) ? "UTF-8" : "";
  }

  private static boolean startsWith(byte[] bytes, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (bytes.length <= i || (bytes[i] & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  /** Looks at the first bytes, takes the mark off and checks that they are text. */
  private void start(int marked) throws IOException {
    // No more than a line: someone may be typing, and waiting for its answer.
    while (!ended && beginning.length < MOST_BYTES && completeLines() == 0) {
      look();
    }
    if (marked == 0 || beginning.length == 0) {
      throw new InvalidInputException(name + " is empty");
    }
    Signature.of(beginning)
        .ifPresent(
            what -> {
              throw new InvalidInputException(name + " is no text but " + what);
            });
    if (startsWith(beginning, 0xef, 0xbb, 0xbf)) {
      beginning = Arrays.copyOfRange(beginning, 3, beginning.length);
      if (beginning.length == 0) {
        throw new InvalidInputException(name + " is empty (but for a byte order mark)");
      }
    }
    refuseZeros();
  }

  private void refuseZeros() {
    for (int i = 0; i < beginning.length; i++) {
      if (beginning[i] == 0) {
        throw InvalidInputException.of(
            "%s is not text: byte %d is zero (%s)", name, i + 1, guess(i));
      }
    }
  }

  /** What the first zero byte may come from. */
  private String guess(int zero) {
    if (zero < 2 && beginning.length > 1) {
      return "is it UTF-16 without a mark?";
    }
    return onlyZerosFrom(zero)
        ? "and so are all after it: was the file cut off while it was written?"
        : "text in UTF-8 is needed";
  }

  private boolean onlyZerosFrom(int start) {
    for (int i = start; i < beginning.length; i++) {
      if (beginning[i] != 0 && beginning[i] != '\n' && beginning[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  /** Adds what one read brings. */
  private void look() throws IOException {
    byte[] more = new byte[Math.max(1, Math.min(1 << 13, MOST_BYTES - beginning.length))];
    int count = text.read(more, 0, more.length);
    if (count < 0) {
      ended = true;
      return;
    }
    int size = beginning.length;
    beginning = Arrays.copyOf(beginning, size + count);
    System.arraycopy(more, 0, beginning, size, count);
  }

  private int completeLines() {
    int count = 0;
    for (int i = 0; i < beginning.length; i++) {
      boolean cr = beginning[i] == '\r';
      boolean crlf = cr && i + 1 < beginning.length && beginning[i + 1] == '\n';
      if (beginning[i] == '\n' || (cr && !crlf)) {
        count++;
      }
    }
    return count;
  }
}
