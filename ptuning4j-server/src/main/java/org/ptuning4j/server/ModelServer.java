package org.ptuning4j.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.ptuning4j.server.auth.Caller;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.http.Address;
import org.ptuning4j.server.http.Drain;
import org.ptuning4j.server.http.Gate;
import org.ptuning4j.server.http.HealthRoutes;
import org.ptuning4j.server.http.HostCheck;
import org.ptuning4j.server.http.HttpFront;
import org.ptuning4j.server.protocol.PredictRoutes;
import org.ptuning4j.server.protocol.TaskRoutes;
import org.ptuning4j.server.serving.Serving;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server. Closing it lets the requests that were accepted be answered first.
 *
 * <pre>{@code
 * Address address = new Address("127.0.0.1", 8080);
 * try (ModelServer server = ModelServer.start(serving, address, ServerSettings.standard())) {
 *   System.out.println("listening at " + server.port());
 * }
 * }</pre>
 */
public final class ModelServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);

  private final AtomicReference<Limits> limits;
  private final Drain drain = new Drain();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final HttpFront front;

  private ModelServer(Serving serving, Address address, ServerSettings settings) {
    this.limits = new AtomicReference<>(settings.limits());
    HostCheck hosts = HostCheck.of(address, settings.hosts());
    this.front =
        new HttpFront(
            address,
            this.limits::get,
            drain,
            new Gate(hosts, ctx -> Caller.ANYONE),
            List.of(
                new HealthRoutes(() -> !drain.hasBegun()),
                new PredictRoutes(serving, this.limits::get),
                new TaskRoutes(serving)));
  }

  /**
   * Starts a server.
   *
   * @throws org.ptuning4j.InvalidInputException if the address cannot be had
   */
  public static ModelServer start(Serving serving, Address address, ServerSettings settings) {
    ModelServer server = new ModelServer(serving, address, settings);
    server.front.start();
    return server;
  }

  /** The port that it listens at. */
  public int port() {
    return front.port();
  }

  /**
   * Ends the server: it is not ready any more, further requests are refused, those that were
   * accepted are answered, and then the listener is closed.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    drain.begin();
    Duration most = limits.get().seconds(Limit.DRAIN_SECONDS);
    try {
      int left = drain.await(most);
      if (left > 0) {
        LOG.warn("{} requests were not answered within {} s", left, most.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    front.close();
  }
}
