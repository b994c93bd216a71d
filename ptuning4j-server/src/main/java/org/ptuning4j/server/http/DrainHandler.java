package org.ptuning4j.server.http;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
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
    EarlyReplies.last(request, response, callback, problem);
    return true;
  }
}
