package org.ptuning4j.server.attack;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A connection that need not speak HTTP as it should be. */
final class RawConnection implements AutoCloseable {

  private static final int WAIT_MILLIS = 15_000;

  private final Socket socket;

  RawConnection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(WAIT_MILLIS);
  }

  /** Sends characters as they are, a byte each. */
  RawConnection send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** All that comes until the server closes the connection. */
  String all() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** What has come up to a line's end; empty where the connection was closed. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    InputStream in = socket.getInputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString().strip();
  }

  /** Whether the server has closed the connection, waiting for it for a while. */
  boolean isClosedByServer() throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {
        // What it says before it closes does not matter.
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // It was reset.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
