package org.ptuning4j.server.inference.grpc;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.auth.Authenticator;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.http.Drain;
import org.ptuning4j.server.http.Observer;
import org.ptuning4j.server.serving.Serving;
import org.ptuning4j.server.tls.ServerCertificate;

/** The listener for gRPC. */
public final class GrpcFront implements AutoCloseable {

  /** Calls that are answered at once; further ones wait for a thread. */
  private static final int THREADS = 128;

  /** Threads that read and write; they never wait. */
  private static final int LOOPS = 2;

  private static final int CALLS_PER_CONNECTION = 100;

  /** Connections beyond the limit that are told so; further ones are closed at once. */
  private static final int SURPLUS = 64;

  private static final int END_SECONDS = 5;

  /** Kept, so that its level is: a client's broken message is no reason for a stack trace. */
  private final Logger netty = Logger.getLogger("io.grpc.netty.shaded");

  private final Address address;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, GrpcFront::thread);
  private final EventLoopGroup accepting = loops(1, "ptuning4j-grpc-accept");
  private final EventLoopGroup moving = loops(LOOPS, "ptuning4j-grpc-io");
  private final Server server;

  /**
   * A listener that is not open yet.
   *
   * @param limits as they are at present; those of connections and sizes as they are now
   * @param certificate for TLS; empty for none
   * @param drain counts the calls
   */
  public GrpcFront(
      Address address,
      Serving serving,
      Supplier<Limits> limits,
      Optional<ServerCertificate> certificate,
      Authenticator authenticator,
      Drain drain,
      Observer observer) {
    this.address = address;
    netty.setLevel(Level.SEVERE);
    Limits now = limits.get();
    ConnectionLimit connections = new ConnectionLimit(now.of(Limit.CONNECTIONS));
    ServerCredentials credentials =
        certificate
            .map(shown -> TlsServerCredentials.newBuilder().keyManager(shown.keyManager()).build())
            .orElseGet(InsecureServerCredentials::create);
    this.server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(address.host(), address.port()), credentials)
            .executor(threads)
            .channelFactory(() -> new LimitedServerChannel(connections.limit() + SURPLUS))
            .bossEventLoopGroup(accepting)
            .workerEventLoopGroup(moving)
            .addTransportFilter(connections)
            .maxInboundMessageSize(now.of(Limit.BODY_BYTES))
            .maxInboundMetadataSize(now.of(Limit.HEADER_BYTES))
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
            .maxConnectionIdle(now.of(Limit.IDLE_SECONDS), TimeUnit.SECONDS)
            .handshakeTimeout(now.of(Limit.HEADER_SECONDS), TimeUnit.SECONDS)
            .addStreamTracerFactory(StreamEnd.factory())
            .intercept(new GrpcGate(authenticator, connections, drain, observer))
            .addService(new InferenceService(serving, limits, () -> !drain.hasBegun()))
            .build();
  }

  private static EventLoopGroup loops(int count, String name) {
    return new MultiThreadIoEventLoopGroup(
        count, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "ptuning4j-grpc");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Opens the listener.
   *
   * @throws InvalidInputException if the address cannot be had
   */
  public void start() {
    try {
      server.start();
    } catch (IOException e) {
      throw new InvalidInputException(
          "grpc: "
              + address.host()
              + ":"
              + address.port()
              + " cannot be listened at; is another process there already?",
          e);
    }
  }

  /** The port that it listens at. */
  public int port() {
    return server.getPort();
  }

  /** Ends it; calls that were accepted have been waited for. */
  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    threads.shutdown();
    for (EventLoopGroup loops : List.of(accepting, moving)) {
      var unused = loops.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS);
    }
  }
}
