package org.ptuning4j.server.http;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/** What is said of requests that are no HTTP, or whose headers are too long. */
final class EarlyProblems extends ErrorHandler {

  private final Observer observer;

  EarlyProblems(Observer observer) {
    this.observer = observer;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      Throwable cause,
      Callback callback) {
    boolean isUnseen = request.getAttribute(RequestFacts.ID) == null;
    RequestMarks.mark(request, response);
    EarlyReplies.problem(request, response, callback, problem(code));
    if (isUnseen) { // the request came to no handler
      observer.noteRefused(request, response.getStatus(), System.nanoTime());
    }
  }

  private static ProblemDetails problem(int code) {
    return switch (code) {
      case HttpStatus.INTERNAL_SERVER_ERROR_500 ->
          ProblemDetails.of(ProblemKind.INTERNAL, "the request could not be answered");
      case HttpStatus.URI_TOO_LONG_414, HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 ->
          ProblemDetails.of(
              ProblemKind.HEADERS_TOO_LARGE,
              "the request line and the headers are longer than the server reads");
      default -> ProblemDetails.of(ProblemKind.BAD_REQUEST, "the request is not valid HTTP/1.1");
    };
  }
}
