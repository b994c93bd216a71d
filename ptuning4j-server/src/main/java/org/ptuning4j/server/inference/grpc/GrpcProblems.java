package org.ptuning4j.server.inference.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Optional;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/** Problems as gRPC has them: a status, and the kind in a trailer. */
final class GrpcProblems {

  static final Metadata.Key<String> TYPE =
      Metadata.Key.of("problem-type", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);

  private GrpcProblems() {}

  /** The status with what a client is told. */
  static Status status(ProblemDetails problem) {
    String field = problem.field().map(name -> name + ": ").orElse("");
    String value = problem.value().map(found -> found + "; ").orElse("");
    return code(problem.kind()).toStatus().withDescription(field + value + problem.detail());
  }

  static Metadata trailers(ProblemDetails problem) {
    Metadata trailers = new Metadata();
    trailers.put(TYPE, problem.kind().type());
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> trailers.put(RETRY_AFTER, String.valueOf(seconds)));
    return trailers;
  }

  /** The kind that trailers name; empty where they name none. */
  static Optional<ProblemKind> kind(Metadata trailers) {
    String type = trailers.get(TYPE);
    for (ProblemKind kind : ProblemKind.values()) {
      if (kind.type().equals(type)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  private static Status.Code code(ProblemKind kind) {
    return switch (kind) {
      case BAD_REQUEST, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, UNUSABLE_INPUT, HEADERS_TOO_LARGE ->
          Status.Code.INVALID_ARGUMENT;
      case UNAUTHORIZED -> Status.Code.UNAUTHENTICATED;
      case CROSS_ORIGIN, MISDIRECTED -> Status.Code.PERMISSION_DENIED;
      case NOT_FOUND, UNKNOWN_TASK -> Status.Code.NOT_FOUND;
      case METHOD_NOT_ALLOWED, NOT_IMPLEMENTED -> Status.Code.UNIMPLEMENTED;
      case CONFLICT -> Status.Code.FAILED_PRECONDITION;
      case OVERLOADED -> Status.Code.RESOURCE_EXHAUSTED;
      case UNAVAILABLE, SHUTTING_DOWN -> Status.Code.UNAVAILABLE;
      case BODY_TOO_SLOW, DEADLINE -> Status.Code.DEADLINE_EXCEEDED;
      case INTERNAL -> Status.Code.INTERNAL;
    };
  }
}
