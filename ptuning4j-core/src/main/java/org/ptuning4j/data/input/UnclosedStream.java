package org.ptuning4j.data.input;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream whose {@link #close} does nothing: its owner closes it. */
final class UnclosedStream extends FilterInputStream {

  UnclosedStream(InputStream in) {
    super(in);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return in.read(bytes, offset, length);
  }

  @Override
  public void close() {
    // It stays open.
  }
}
