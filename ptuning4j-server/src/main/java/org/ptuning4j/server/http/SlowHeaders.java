package org.ptuning4j.server.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;

/**
 * Closes connections that begin a request and do not come to the end of its headers: a byte now and
 * then would keep them open for ever, because they are never silent.
 */
final class SlowHeaders extends AbstractLifeCycle implements Connection.Listener {

  private static final long LOOK_MILLIS = 500;

  private final long mostNanos;
  private final Map<Connection, Progress> open = new ConcurrentHashMap<>();
  private ScheduledExecutorService timer; // between start and stop, as the next
  private ScheduledFuture<?> looking;

  SlowHeaders(Duration most) {
    this.mostNanos = most.toNanos();
  }

  /**
   * How far a connection was when it was looked at last.
   *
   * @param requests whose headers were complete
   * @param bytes that had come
   * @param since when the next request's first bytes were seen; 0 where there are none yet
   */
  private record Progress(long requests, long bytes, long since) {}

  @Override
  public void onOpened(Connection connection) {
    open.put(connection, new Progress(0, 0, 0));
  }

  @Override
  public void onClosed(Connection connection) {
    open.remove(connection);
  }

  @Override
  protected void doStart() {
    timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "ptuning4j-slow-headers");
              thread.setDaemon(true);
              return thread;
            });
    looking =
        timer.scheduleWithFixedDelay(
            () -> look(System.nanoTime()), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  protected void doStop() {
    looking.cancel(false);
    timer.shutdown();
  }

  private void look(long now) {
    open.replaceAll((connection, before) -> look(connection, before, now));
  }

  private Progress look(Connection connection, Progress before, long now) {
    long requests = connection.getMessagesIn();
    long bytes = connection.getBytesIn();
    boolean betweenRequests = requests == connection.getMessagesOut();
    if (!betweenRequests || requests != before.requests()) {
      return new Progress(requests, bytes, 0);
    }
    boolean begun = before.since() != 0;
    if (begun && now - before.since() > mostNanos) {
      connection.getEndPoint().close();
      return before;
    }
    return begun
        ? before
        : new Progress(requests, before.bytes(), bytes > before.bytes() ? now : 0);
  }
}
