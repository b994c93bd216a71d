package org.ptuning4j.data.input;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream with the bytes in front again that were taken off it. A {@link
 * java.io.PushbackInputStream} would wait for more while it still has bytes to give, and a {@link
 * java.io.SequenceInputStream} would close the stream at its end.
 */
final class RejoinedStream extends InputStream {

  private final ByteArrayInputStream start;
  private final InputStream rest;

  RejoinedStream(byte[] start, InputStream rest) {
    this.start = new ByteArrayInputStream(start);
    this.rest = rest;
  }

  @Override
  public int read() throws IOException {
    return start.available() > 0 ? start.read() : rest.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return start.available() > 0
        ? start.read(bytes, offset, length)
        : rest.read(bytes, offset, length);
  }

  @Override
  public int available() throws IOException {
    return start.available() + rest.available();
  }

  @Override
  public void close() throws IOException {
    rest.close();
  }
}
