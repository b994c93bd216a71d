package org.ptuning4j.server.inference.grpc;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts connections, and marks those beyond the limit: their calls are refused until others are
 * closed. {@link LimitedServerChannel} sees to it that there are not many of them.
 */
final class ConnectionLimit extends ServerTransportFilter {

  /** Of a connection: whether it was one too many. */
  private static final Attributes.Key<Boolean> BEYOND = Attributes.Key.create("ptuning4j.beyond");

  private final int limit;
  private final AtomicInteger open = new AtomicInteger();

  ConnectionLimit(int limit) {
    this.limit = limit;
  }

  int limit() {
    return limit;
  }

  /** Whether calls over a connection are refused just now. */
  boolean isBeyond(Attributes connection) {
    return Boolean.TRUE.equals(connection.get(BEYOND)) && open.get() > limit;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    return attributes.toBuilder().set(BEYOND, open.incrementAndGet() > limit).build();
  }

  @Override
  public void transportTerminated(Attributes attributes) {
    if (attributes != null && attributes.get(BEYOND) != null) { // null before it was ready
      open.decrementAndGet();
    }
  }
}
