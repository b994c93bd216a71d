package org.ptuning4j.server.http;

import java.nio.channels.SelectableChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.Request;

/**
 * The connections beyond the limit. A few of them are accepted all the same, so that their clients
 * are told why they are refused; they may not be silent for long.
 */
final class Surplus implements SelectorManager.AcceptListener, Connection.Listener {

  private static final long IDLE_MILLIS = 2000;
  private static final int SHARE = 8;
  private static final int FEWEST = 16;
  private static final int MOST = 128;

  private final int limit;
  private final AtomicInteger open = new AtomicInteger();
  private final Set<Object> beyond = ConcurrentHashMap.newKeySet();

  /** Connections beyond so many. */
  Surplus(int limit) {
    this.limit = limit;
  }

  /**
   * How many connections may be open, those included that are only told that there are too many.
   */
  static int most(int limit) {
    return limit + Math.max(FEWEST, Math.min(MOST, limit / SHARE));
  }

  int limit() {
    return limit;
  }

  /** Whether a request came over one of them. */
  boolean has(Request request) {
    Connection connection = request.getConnectionMetaData().getConnection();
    return beyond.contains(connection.getEndPoint().getTransport());
  }

  @Override
  public void onAccepting(SelectableChannel channel) {
    if (open.incrementAndGet() > limit) {
      beyond.add(channel);
    }
  }

  @Override
  public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
    onClosed(channel);
  }

  @Override
  public void onClosed(SelectableChannel channel) {
    open.decrementAndGet();
    beyond.remove(channel);
  }

  @Override
  public void onOpened(Connection connection) {
    if (beyond.contains(connection.getEndPoint().getTransport())) {
      connection.getEndPoint().setIdleTimeout(IDLE_MILLIS);
    }
  }
}
