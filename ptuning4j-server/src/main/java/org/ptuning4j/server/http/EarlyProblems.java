package org.ptuning4j.server.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.ptuning4j.server.json.JsonOutput;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/** What is said of requests that are no HTTP, or whose headers are too long. */
final class EarlyProblems extends ErrorHandler {

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      Throwable cause,
      Callback callback) {
    ProblemDetails problem =
        code == HttpStatus.INTERNAL_SERVER_ERROR_500
            ? ProblemDetails.of(ProblemKind.INTERNAL, "the request could not be answered")
            : ProblemDetails.of(
                ProblemKind.BAD_REQUEST,
                "the request is not valid HTTP/1.1, its headers are too long, or no address takes"
                    + " its method");
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Replies.PROBLEM_JSON);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, ByteBuffer.wrap(JsonOutput.bytes(problem.json())), callback);
  }
}
