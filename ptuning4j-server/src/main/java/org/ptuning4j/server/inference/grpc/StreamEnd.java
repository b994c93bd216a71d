package org.ptuning4j.server.inference.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Optional;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * How a call's stream ended. A call that its service has not answered learns only that it was
 * cancelled: whether its client went, or its message was too long, is what the stream knows.
 */
final class StreamEnd extends ServerStreamTracer {

  private static final Context.Key<StreamEnd> KEY = Context.key("ptuning4j.stream");

  private volatile Optional<Status.Code> code = Optional.empty();

  /** Gives each call one. */
  static ServerStreamTracer.Factory factory() {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new StreamEnd();
      }
    };
  }

  /** That of the call that this thread works for; one that never ends where there is none. */
  static StreamEnd ofCurrent() {
    StreamEnd current = KEY.get();
    return current == null ? new StreamEnd() : current;
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(KEY, this);
  }

  @Override
  public void streamClosed(Status status) {
    code = Optional.of(status.getCode());
  }

  /** The status of the stream; empty while it has not ended. */
  Optional<Status.Code> code() {
    return code;
  }

  /** Why a call was not answered whose stream ended first. */
  ProblemKind problem() {
    return code.filter(each -> each == Status.Code.RESOURCE_EXHAUSTED).isPresent()
        ? ProblemKind.TOO_LARGE
        : ProblemKind.DEADLINE;
  }
}
