package org.ptuning4j.data.input;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream with the bytes in front again that were taken off it. A {@link
 * java.io.PushbackInputStream} would wait for more while it still has bytes to give, and a {@link
 * java.io.SequenceInputStream} would close the stream at its end.
 */
final class RejoinedStream extends FilterInputStream {

  private final ByteArrayInputStream start;

  RejoinedStream(byte[] start, InputStream rest) {
    super(rest);
    this.start = new ByteArrayInputStream(start);
  }

  @Override
  public int read() throws IOException {
    return start.available() > 0 ? start.read() : in.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return start.available() > 0
        ? start.read(bytes, offset, length)
        : in.read(bytes, offset, length);
  }

  @Override
  public long skip(long count) throws IOException {
    return start.available() > 0 ? start.skip(count) : in.skip(count);
  }

  @Override
  public int available() throws IOException {
    return start.available() + in.available();
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
