package org.ptuning4j.server.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.tls.ServerCertificate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener with its addresses. What is the same for all of them is decided here. */
public final class HttpFront implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

  /** Threads where there are no virtual ones: more requests than that wait for a thread. */
  private static final int THREADS = 512;

  private final Address address;
  private final Supplier<Limits> limits;
  private final Gate gate;
  private final Observer observer;
  private final Optional<ServerCertificate> certificate;
  private final Drain drain;
  private final Surplus surplus;
  private final Javalin javalin;
  private ServerSocketChannel bound; // from the start on

  /**
   * A listener that is not open yet.
   *
   * @param limits as they are at present
   * @param certificate for HTTPS; empty for plain HTTP
   * @param drain counts the requests
   * @param gate what each request passes first
   * @param observer is told of each request
   */
  public HttpFront(
      Address address,
      Supplier<Limits> limits,
      Optional<ServerCertificate> certificate,
      Drain drain,
      Gate gate,
      Observer observer,
      List<Routes> routes) {
    this.address = address;
    this.limits = limits;
    this.gate = gate;
    this.observer = observer;
    this.certificate = certificate;
    this.drain = drain;
    this.surplus = new Surplus(limits.get().of(Limit.CONNECTIONS));
    this.javalin = Javalin.create(config -> configure(config, routes));
  }

  private void configure(JavalinConfig config, List<Routes> routes) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.prefer405over404 = true;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.asyncTimeout = 0; // Requests have deadlines of their own.
    config.router.ignoreTrailingSlashes = false;
    config.router.javaLangErrorHandler((response, error) -> response.setStatus(failed(error)));
    config.jetty.threadPool = threads();
    config.jetty.modifyHttpConfiguration(this::configure);
    config.jetty.modifyServer(this::configure);
    config.jetty.addConnector(
        (server, http) -> new Listener(bound, limits.get(), surplus, certificate).on(server, http));
    config.requestLogger.http(observer::note);
    gate.addTo(config.routes);
    config.routes.exception(ProblemException.class, (e, ctx) -> Replies.problem(ctx, e.problem()));
    config.routes.exception(InvalidInputException.class, HttpFront::refuse);
    config.routes.exception(HttpResponseException.class, HttpFront::refuse);
    config.routes.exception(Exception.class, HttpFront::fail);
    routes.forEach(group -> group.addTo(config.routes));
  }

  /** Virtual threads where Java has them, from 21 on. */
  private static QueuedThreadPool threads() {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS);
    threads.setName("ptuning4j-http");
    threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
    return threads;
  }

  private void configure(HttpConfiguration http) {
    int headers = limits.get().of(Limit.HEADER_BYTES);
    http.setRequestHeaderSize(headers);
    // Otherwise a key that differs from an earlier one of the connection in case is taken for it.
    http.setHeaderCacheCaseSensitive(true);
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.getCustomizers().removeIf(ForwardedRequestCustomizer.class::isInstance);
  }

  private void configure(Server server) {
    server.setErrorHandler(new EarlyProblems(observer));
    KnownMethods methods = new KnownMethods();
    methods.setHandler(new DrainHandler(drain));
    SurplusHandler refusing = new SurplusHandler(surplus);
    refusing.setHandler(methods);
    RequestMarks marks = new RequestMarks(observer);
    marks.setHandler(refusing);
    server.setHandler(marks);
  }

  private static int failed(Error error) {
    LOG.error("A request ended with an error of Java", error);
    return ProblemKind.INTERNAL.status();
  }

  /** A field of a body that is not what is needed; its message names the field. */
  private static void refuse(InvalidInputException e, Context ctx) {
    Replies.problem(ctx, ProblemDetails.of(ProblemKind.BAD_REQUEST, e.getMessage()));
  }

  /** What Javalin itself refuses: addresses and methods that are not there. */
  private static void refuse(HttpResponseException e, Context ctx) {
    if (e instanceof MethodNotAllowedResponse) {
      ctx.header(Header.ALLOW, allowed(e.getDetails().values()));
    }
    ProblemDetails problem =
        switch (e.getStatus()) {
          case 404 -> ProblemDetails.of(ProblemKind.NOT_FOUND, "there is nothing at this address");
          case 405 ->
              ProblemDetails.of(
                  ProblemKind.METHOD_NOT_ALLOWED, "this address takes another method");
          default -> ProblemDetails.of(ProblemKind.BAD_REQUEST, "the request cannot be read");
        };
    Replies.problem(ctx, problem);
  }

  /** What takes GET takes HEAD as well. */
  private static String allowed(Collection<String> methods) {
    String listed = String.join(", ", methods);
    return listed.contains("GET") && !listed.contains("HEAD")
        ? listed.replace("GET", "GET, HEAD")
        : listed;
  }

  private static void fail(Exception e, Context ctx) {
    LOG.error("A request has failed", e);
    Replies.problem(
        ctx, ProblemDetails.of(ProblemKind.INTERNAL, "the request could not be answered"));
  }

  /**
   * Opens the listener.
   *
   * @throws InvalidInputException if the address cannot be had
   */
  public void start() {
    try {
      bound = bind(address);
    } catch (IOException | UnresolvedAddressException e) {
      throw new InvalidInputException(
          "port: "
              + address.host()
              + ":"
              + address.port()
              + " cannot be listened at ("
              + e.getMessage()
              + "); is another process there already?",
          e);
    }
    javalin.start();
  }

  /** Before Javalin starts, which would log a failure as one of its own. */
  private static ServerSocketChannel bind(Address address) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(new InetSocketAddress(address.host(), address.port()));
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The port that it listens at. */
  public int port() {
    return javalin.port();
  }

  /** Its addresses with their methods, such as {@code GET /v1/tasks}. */
  public List<String> addresses() {
    return javalin.unsafe.internalRouter.allHttpHandlers().stream()
        .map(parsed -> parsed.endpoint)
        .filter(endpoint -> endpoint.method.isHttpMethod())
        .map(endpoint -> endpoint.method.name() + " " + endpoint.path)
        .toList();
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
