package org.ptuning4j.server.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.ptuning4j.server.json.JsonOutput;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * Counts each request until its last byte was sent. When the server is about to end, it refuses new
 * ones; questions about its health are answered all the same.
 */
final class DrainHandler extends Handler.Wrapper {

  private final Drain drain;

  DrainHandler(Drain drain) {
    this.drain = drain;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (PublicPaths.isHealth(Request.getPathInContext(request))) {
      return super.handle(request, response, callback);
    }
    if (drain.enter()) {
      Request.addCompletionListener(request, failure -> drain.leave());
      return super.handle(request, response, callback);
    }
    ProblemDetails problem =
        ProblemDetails.of(ProblemKind.SHUTTING_DOWN, "the server is about to end; ask another one")
            .retryAfter(1);
    response.setStatus(problem.kind().status());
    response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
    response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Replies.PROBLEM_JSON);
    response.write(true, ByteBuffer.wrap(JsonOutput.bytes(problem.json())), callback);
    return true;
  }
}
