package org.ptuning4j.server;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.admin.AdminRoutes;
import org.ptuning4j.server.admin.MetricsRoutes;
import org.ptuning4j.server.auth.Authenticator;
import org.ptuning4j.server.auth.Keys;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.FileWatch;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.http.Drain;
import org.ptuning4j.server.http.Gate;
import org.ptuning4j.server.http.HealthRoutes;
import org.ptuning4j.server.http.HostCheck;
import org.ptuning4j.server.http.HttpFront;
import org.ptuning4j.server.http.Observer;
import org.ptuning4j.server.http.Routes;
import org.ptuning4j.server.inference.InferenceRoutes;
import org.ptuning4j.server.inference.grpc.GrpcFront;
import org.ptuning4j.server.observe.ServerMetrics;
import org.ptuning4j.server.page.PageRoutes;
import org.ptuning4j.server.protocol.GenerateRoutes;
import org.ptuning4j.server.protocol.PredictRoutes;
import org.ptuning4j.server.protocol.TaskRoutes;
import org.ptuning4j.server.serving.PackAdministration;
import org.ptuning4j.server.serving.Serving;
import org.ptuning4j.server.trace.Traces;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server. Closing it lets the requests that were accepted be answered first.
 *
 * <pre>{@code
 * ServerMetrics metrics = new ServerMetrics();
 * try (Predictor predictor = Predictor.open(model);
 *     BatchedServing serving =
 *         new BatchedServing(
 *             predictor,
 *             packs,
 *             Optional.empty(),
 *             BatcherSettings.standard(),
 *             metrics.questions());
 *     ModelServer server =
 *         ModelServer.start(
 *             serving, serving, metrics, new Address("127.0.0.1", 8080), ServerSettings.standard())) {
 *   System.out.println("listening at " + server.port());
 * }
 * }</pre>
 */
public final class ModelServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);

  /** Changed files are noticed within this time. */
  private static final long WATCH_MILLIS = 1000;

  private final LiveSettings settings;
  private final Drain drain = new Drain();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final HttpFront front;
  private final Optional<HttpFront> admin;
  private final Optional<GrpcFront> grpc;
  private final FileWatch watch;

  private ModelServer(
      Serving serving,
      PackAdministration packs,
      ServerMetrics metrics,
      Address address,
      LiveSettings settings,
      ServerSettings start,
      Traces traces) {
    this.settings = settings;
    List<Routes> asking =
        List.of(
            new HealthRoutes(() -> !drain.hasBegun()),
            new PredictRoutes(serving, settings::limits),
            new GenerateRoutes(serving, settings::limits),
            new TaskRoutes(serving),
            new PageRoutes(),
            new InferenceRoutes(serving, settings::limits, () -> !drain.hasBegun()));
    Observer observer = new Observer(metrics, start.accessLog(), traces);
    metrics.watch(serving);
    this.front = front(address, observer, asking);
    this.admin =
        start
            .admin()
            .map(
                at ->
                    front(
                        at,
                        observer,
                        List.of(
                            new HealthRoutes(() -> !drain.hasBegun()),
                            new AdminRoutes(packs, settings::limits),
                            new MetricsRoutes(metrics))));
    this.grpc =
        start
            .grpc()
            .map(
                at ->
                    new GrpcFront(
                        at,
                        serving,
                        settings::limits,
                        settings.certificate(),
                        authenticator(),
                        drain,
                        observer));
    this.watch = new FileWatch(settings.files(), WATCH_MILLIS, settings::reload);
  }

  private HttpFront front(Address at, Observer observer, List<Routes> routes) {
    Gate gate = new Gate(() -> HostCheck.of(at, settings.hosts()), authenticator());
    return new HttpFront(
        at, settings::limits, settings.certificate(), drain, gate, observer, routes);
  }

  private Authenticator authenticator() {
    return new Authenticator(settings::keys, Clock.systemUTC());
  }

  /** Starts a server whose settings do not change. */
  public static ModelServer start(
      Serving serving,
      PackAdministration packs,
      ServerMetrics metrics,
      Address address,
      ServerSettings settings) {
    return start(serving, packs, metrics, address, settings, Optional.empty(), Traces.none());
  }

  /**
   * Starts a server.
   *
   * @param serving answers
   * @param packs are loaded and removed by administration
   * @param metrics count and measure
   * @param file where the settings were read from; what may change with it changes
   * @param traces of requests; the caller closes them after the server
   * @throws InvalidInputException if an address cannot be had, keys or certificate cannot be read,
   *     or administration would be open to the network
   */
  public static ModelServer start(
      Serving serving,
      PackAdministration packs,
      ServerMetrics metrics,
      Address address,
      ServerSettings settings,
      Optional<Path> file,
      Traces traces) {
    LiveSettings live = new LiveSettings(settings, file);
    requireGuarded(settings, live.keys());
    ModelServer server = new ModelServer(serving, packs, metrics, address, live, settings, traces);
    try {
      server.front.start();
      server.admin.ifPresent(HttpFront::start);
      server.grpc.ifPresent(GrpcFront::start);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private static void requireGuarded(ServerSettings settings, Optional<Keys> keys) {
    boolean open = settings.admin().isPresent() && !settings.admin().get().isLoopback();
    if (open && keys.filter(Keys::canAdminister).isEmpty()) {
      throw InvalidInputException.of(
          "admin.host: '%s' is open to the network, and no key administers; give a key admin: true,"
              + " or listen at 127.0.0.1",
          settings.admin().get().host());
    }
  }

  /** The port that it listens at. */
  public int port() {
    return front.port();
  }

  /** The addresses with their methods, such as {@code GET /v1/tasks}; without administration's. */
  public List<String> addresses() {
    return front.addresses();
  }

  /** The port of administration, if there is one. */
  public OptionalInt adminPort() {
    return admin.map(at -> OptionalInt.of(at.port())).orElse(OptionalInt.empty());
  }

  /** The port of gRPC, if it is spoken. */
  public OptionalInt grpcPort() {
    return grpc.map(at -> OptionalInt.of(at.port())).orElse(OptionalInt.empty());
  }

  /** Whether it speaks HTTPS. */
  public boolean isSecure() {
    return settings.certificate().isPresent();
  }

  /**
   * Ends the server: it is not ready any more, further requests are refused, those that were
   * accepted are answered, and then the listeners are closed.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    watch.close();
    drain.begin();
    Duration most = settings.limits().seconds(Limit.DRAIN_SECONDS);
    try {
      int left = drain.await(most);
      if (left > 0) {
        LOG.warn("{} requests were not answered within {} s", left, most.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    front.close();
    admin.ifPresent(HttpFront::close);
    grpc.ifPresent(GrpcFront::close);
  }
}
