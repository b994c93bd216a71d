package org.ptuning4j.server.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ptuning4j.server.FixedServing;
import org.ptuning4j.server.ModelServer;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.inference.grpc.protocol.GRPCInferenceServiceGrpc;
import org.ptuning4j.server.inference.grpc.protocol.ServerLiveRequest;
import org.ptuning4j.server.inference.grpc.protocol.ServerMetadataRequest;

/** More connections than the limit: whoever comes is told so, until there is room. */
@Timeout(120)
class ManyConnectionsTest {

  private static final int LIMIT = 20;
  private static final String TASKS = "GET /v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String READY = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** All that comes until the server closes the connection. */
  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** The start of what comes. */
  private static String first(Socket socket) throws IOException {
    byte[] bytes = new byte[12];
    InputStream in = socket.getInputStream();
    return new String(bytes, 0, in.readNBytes(bytes, 0, bytes.length), StandardCharsets.UTF_8);
  }

  private static ModelServer server(Optional<Address> grpc) {
    Limits limits = Limits.standard().with(Limit.CONNECTIONS, LIMIT).with(Limit.DRAIN_SECONDS, 1);
    ServerSettings usual = ServerSettings.of(limits);
    return new FixedServing("reviews")
        .start(
            new ServerSettings(
                limits,
                usual.hosts(),
                usual.keys(),
                usual.tls(),
                Optional.empty(),
                grpc,
                usual.accessLog()));
  }

  private List<Socket> fill(int port) throws IOException {
    List<Socket> within = new ArrayList<>();
    for (int i = 0; i < LIMIT; i++) {
      Socket socket = connect(port);
      send(socket, TASKS);
      assertThat(first(socket)).isEqualTo("HTTP/1.1 200");
      within.add(socket);
    }
    return within;
  }

  @Test
  void aConnectionBeyondTheLimitIsToldSo() throws IOException {
    try (ModelServer server = server(Optional.empty())) {
      List<Socket> within = fill(server.port());
      Socket beyond = connect(server.port());
      send(beyond, TASKS);
      String told = rest(beyond);
      assertThat(told)
          .startsWith("HTTP/1.1 429")
          .contains("Retry-After: 1")
          .contains("Connection: close")
          .contains("urn:ptuning4j:problem:overloaded")
          .contains(LIMIT + " connections are open already");
      Socket probe = connect(server.port());
      send(probe, READY);
      assertThat(rest(probe)).startsWith("HTTP/1.1 200").contains("Connection: close");
      Socket silent = connect(server.port());
      assertThat(rest(silent)).isEmpty(); // and closed within seconds
      within.get(3).close();
      Socket later = awaitRoom(server.port());
      assertThat(later.isClosed()).isFalse();
    }
  }

  /** What comes beyond those that are told waits, and is answered when there is room. */
  @Test
  void manyMoreWaitAndNobodyIsForgotten() throws IOException {
    try (ModelServer server = server(Optional.empty())) {
      List<Socket> within = fill(server.port());
      List<Socket> beyond = new ArrayList<>();
      for (int i = 0; i < 3 * LIMIT; i++) {
        Socket socket = connect(server.port());
        send(socket, TASKS);
        beyond.add(socket);
      }
      for (Socket socket : beyond) {
        assertThat(rest(socket)).startsWith("HTTP/1.1 429");
      }
      send(within.get(0), TASKS);
      assertThat(within.get(0).getInputStream().read()).isPositive();
    }
  }

  /** A connection that was closed is gone for the server a moment later. */
  private Socket awaitRoom(int port) throws IOException {
    for (int i = 0; i < 200; i++) {
      Socket socket = connect(port);
      send(socket, TASKS);
      if (first(socket).equals("HTTP/1.1 200")) {
        return socket;
      }
      socket.close();
      pause();
    }
    throw new AssertionError("there was never room again");
  }

  @Test
  void grpcTellsItToo() throws IOException {
    try (ModelServer server = server(Optional.of(new Address("127.0.0.1", 0)))) {
      int port = server.grpcPort().orElseThrow();
      List<ManagedChannel> channels = new ArrayList<>();
      try {
        for (int i = 0; i < LIMIT; i++) {
          channels.add(channel(port));
          assertThat(name(channels.get(i))).isEqualTo("ptuning4j");
        }
        ManagedChannel beyond = channel(port);
        channels.add(beyond);
        StatusRuntimeException refused =
            catchThrowableOfType(StatusRuntimeException.class, () -> name(beyond));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(refused.getStatus().getDescription())
            .contains(LIMIT + " connections are open already");
        assertThat(
                refused
                    .getTrailers()
                    .get(Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER)))
            .isEqualTo("1");
        assertThat(
                GRPCInferenceServiceGrpc.newBlockingStub(beyond)
                    .serverLive(ServerLiveRequest.getDefaultInstance())
                    .getLive())
            .isTrue();
        channels.remove(0).shutdownNow();
        assertThat(isAnsweredAgain(beyond)).isTrue();
      } finally {
        channels.forEach(ManagedChannel::shutdownNow);
      }
    }
  }

  /** Those that would not even be told are closed at once, so that they take nothing. */
  @Test
  void grpcClosesWhatIsFarBeyond() throws IOException {
    try (ModelServer server = server(Optional.of(new Address("127.0.0.1", 0)))) {
      int port = server.grpcPort().orElseThrow();
      int closed = 0;
      for (int i = 0; i < LIMIT + 64 + 10; i++) {
        Socket socket = connect(port);
        send(socket, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
        closed += isClosed(socket) ? 1 : 0;
      }
      assertThat(closed).isEqualTo(10);
    }
  }

  /** Whether nothing comes: the server's settings do where it listens. */
  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static boolean isAnsweredAgain(ManagedChannel channel) {
    for (int i = 0; i < 200; i++) {
      try {
        return name(channel).equals("ptuning4j");
      } catch (StatusRuntimeException e) {
        pause(); // the one that was closed is not gone yet
      }
    }
    return false;
  }

  /** So that the last attempt is gone before the next one comes. */
  private static void pause() {
    LockSupport.parkNanos(20_000_000);
  }

  private static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  private static String name(ManagedChannel channel) {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel)
        .serverMetadata(ServerMetadataRequest.getDefaultInstance())
        .getName();
  }
}
