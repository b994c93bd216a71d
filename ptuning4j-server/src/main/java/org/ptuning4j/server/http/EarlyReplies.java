package org.ptuning4j.server.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.ptuning4j.server.json.JsonOutput;
import org.ptuning4j.server.problem.ProblemDetails;

/** Problems of requests that no address has been looked for yet. */
final class EarlyReplies {

  private EarlyReplies() {}

  /** Writes a problem, as {@link Replies#problem} does later. */
  static void problem(
      Request request, Response response, Callback callback, ProblemDetails problem) {
    request.setAttribute(RequestFacts.PROBLEM, problem.kind());
    response.setStatus(problem.kind().status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Replies.PROBLEM_JSON);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds));
    response.write(true, ByteBuffer.wrap(JsonOutput.bytes(problem.json())), callback);
  }

  /** The same, after which the connection is closed. */
  static void last(Request request, Response response, Callback callback, ProblemDetails problem) {
    response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
    problem(request, response, callback, problem);
  }
}
