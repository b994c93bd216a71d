package org.ptuning4j.data.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A text of another encoding as UTF-8. */
final class TranscodedStream extends InputStream {

  private static final int SIZE = 1 << 15;

  private final InputStream in;
  private final Charset charset;
  private final CharsetDecoder decoder;
  private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
  private final ByteBuffer bytes = ByteBuffer.allocate(SIZE).flip();
  private final CharBuffer characters = CharBuffer.allocate(SIZE);
  private final ByteBuffer utf8 = ByteBuffer.allocate(4 * SIZE).flip();
  private long bytesDecoded;
  private long line = 1;
  private boolean ended;

  TranscodedStream(InputStream in, Charset charset) {
    this.in = in;
    this.charset = charset;
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (!utf8.hasRemaining() && !ended) {
      decodeMore();
    }
    if (!utf8.hasRemaining()) {
      return -1;
    }
    int count = Math.min(length, utf8.remaining());
    utf8.get(target, offset, count);
    return count;
  }

  private void decodeMore() throws IOException {
    bytes.compact();
    int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
    boolean last = read < 0;
    bytes.position(bytes.position() + Math.max(0, read)).flip();
    CoderResult result = decoder.decode(bytes, characters, last);
    bytesDecoded += bytes.position();
    boolean whole = last && result.isUnderflow();
    encode(whole);
    if (result.isError()) {
      if (utf8.hasRemaining()) {
        return; // What is sound comes first; the next call meets the same bytes.
      }
      throw undecodable(result);
    }
    ended = whole;
  }

  private void encode(boolean last) throws CharacterCodingException {
    if (last) {
      decoder.flush(characters);
    }
    characters.flip();
    for (int i = 0; i < characters.length(); i++) {
      if (characters.charAt(i) == '\n') {
        line++;
      }
    }
    utf8.clear();
    CoderResult result = encoder.encode(characters, utf8, last);
    if (result.isError()) {
      result.throwException();
    }
    utf8.flip();
    characters.compact();
  }

  private IOException undecodable(CoderResult result) {
    StringBuilder found = new StringBuilder();
    for (int i = 0; i < result.length() && bytes.position() + i < bytes.limit(); i++) {
      found.append(String.format(Locale.ROOT, "%02X", bytes.get(bytes.position() + i)));
    }
    return new IOException(
        String.format(
            Locale.ROOT,
            "byte %,d (0x%s, line %,d) is not %s",
            bytesDecoded + 1,
            found,
            line,
            charset.name()));
  }

  @Override
  public int available() {
    return utf8.remaining();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
