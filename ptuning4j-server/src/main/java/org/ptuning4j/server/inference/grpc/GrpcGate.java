package org.ptuning4j.server.inference.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.ptuning4j.server.auth.Authenticator;
import org.ptuning4j.server.auth.Caller;
import org.ptuning4j.server.http.Drain;
import org.ptuning4j.server.http.Observer;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.trace.RequestEnd;
import org.ptuning4j.server.trace.RequestTrace;

/**
 * What each call passes first, as requests of HTTP do: who asks, and whether the server takes more.
 * Each is counted and logged.
 *
 * @param authenticator says who asks
 * @param connections counts connections
 * @param drain counts the calls
 * @param observer is told of each
 */
record GrpcGate(
    Authenticator authenticator, ConnectionLimit connections, Drain drain, Observer observer)
    implements ServerInterceptor {

  static final Context.Key<Caller> CALLER = Context.key("ptuning4j.caller");

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

  private static final TextMapGetter<Metadata> GETTER =
      new TextMapGetter<>() {
        @Override
        public String get(Metadata headers, String name) {
          return headers == null
              ? null
              : headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }
      };

  /** They need no key and are answered to the end. */
  private static final Set<String> HEALTH = Set.of("ServerLive", "ServerReady");

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    boolean health = HEALTH.contains(call.getMethodDescriptor().getBareMethodName());
    Optional<RequestTrace> trace =
        health ? Optional.empty() : Optional.of(observer.traces().begin("gRPC", headers, GETTER));
    Watched<Q, R> watched = new Watched<>(call, observer, trace);
    try {
      if (!health) {
        watched.caller = Optional.of(authenticator.caller(headers.get(AUTHORIZATION)));
      }
    } catch (ProblemException e) {
      return watched.refuse(e.problem());
    }
    if (!health && connections.isBeyond(call.getAttributes())) {
      return watched.refuse(
          ProblemDetails.of(
                  ProblemKind.OVERLOADED,
                  connections.limit() + " connections are open already; ask again later")
              .retryAfter(1));
    }
    if (!health && !drain.enter()) {
      return watched.refuse(
          ProblemDetails.of(
                  ProblemKind.SHUTTING_DOWN, "the server is about to end; ask another one")
              .retryAfter(1));
    }
    Context context = Context.current().withValue(CALLER, watched.caller.orElse(null));
    return watched.ending(
        Contexts.interceptCall(context, watched, headers, next), health ? () -> {} : drain::leave);
  }

  /** A call whose end is told. */
  private static final class Watched<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private final Observer observer;
    private final String id = UUID.randomUUID().toString();
    private final long start = System.nanoTime();
    private final StreamEnd stream = StreamEnd.ofCurrent();
    private final Optional<RequestTrace> trace;
    private Optional<Caller> caller = Optional.empty();
    private Optional<ProblemKind> problem = Optional.empty();
    private Status.Code code = Status.Code.OK;

    Watched(ServerCall<Q, R> call, Observer observer, Optional<RequestTrace> trace) {
      super(call);
      this.observer = observer;
      this.trace = trace;
    }

    ServerCall.Listener<Q> refuse(ProblemDetails details) {
      close(GrpcProblems.status(details), GrpcProblems.trailers(details));
      tell();
      return new ServerCall.Listener<>() {};
    }

    @Override
    public void sendHeaders(Metadata headers) {
      headers.put(REQUEST_ID, id);
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!status.isOk()) {
        problem = Optional.of(GrpcProblems.kind(trailers).orElse(ProblemKind.BAD_REQUEST));
        trailers.put(REQUEST_ID, id);
      }
      code = status.getCode();
      super.close(status, trailers);
    }

    /** Exactly one of the two ends comes. */
    ServerCall.Listener<Q> ending(ServerCall.Listener<Q> listener, Runnable leave) {
      return new SimpleForwardingServerCallListener<>(listener) {
        /** The request is there as a whole, and is answered here. */
        @Override
        public void onHalfClose() {
          if (trace.isEmpty()) {
            super.onHalfClose();
            return;
          }
          trace
              .get()
              .within(
                  () -> {
                    super.onHalfClose();
                    return true;
                  });
        }

        @Override
        public void onComplete() {
          try {
            super.onComplete();
          } finally {
            leave.run();
            tell();
          }
        }

        @Override
        public void onCancel() {
          try {
            super.onCancel();
          } finally {
            leave.run();
            code = stream.code().orElse(Status.Code.CANCELLED);
            problem = problem.or(() -> Optional.of(stream.problem()));
            tell();
          }
        }
      };
    }

    private void tell() {
      SocketAddress remote = getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      observer.noteCall(
          id,
          remote instanceof InetSocketAddress address
              ? address.getAddress().getHostAddress()
              : "unknown",
          caller,
          "/" + getMethodDescriptor().getFullMethodName(),
          problem,
          trace.flatMap(RequestTrace::id),
          System.nanoTime() - start);
      trace.ifPresent(each -> each.end(facts()));
    }

    private RequestEnd facts() {
      return RequestEnd.grpc(
          String.valueOf(getMethodDescriptor().getServiceName()),
          String.valueOf(getMethodDescriptor().getBareMethodName()),
          code.value(),
          problem.map(ProblemKind::label),
          problem.isPresent() && problem.get().status() >= ProblemKind.INTERNAL.status());
    }
  }
}
