package org.ptuning4j.server.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * Refuses what comes over connections beyond the limit, and closes them. Questions about the
 * server's health are answered first: it is busy, not ill.
 */
final class SurplusHandler extends Handler.Wrapper {

  private final Surplus surplus;

  SurplusHandler(Surplus surplus) {
    this.surplus = surplus;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!surplus.has(request)) {
      return super.handle(request, response, callback);
    }
    if (PublicPaths.isHealth(Request.getPathInContext(request))) {
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
      return super.handle(request, response, callback);
    }
    EarlyReplies.last(
        request,
        response,
        callback,
        ProblemDetails.of(
                ProblemKind.OVERLOADED,
                surplus.limit() + " connections are open already; ask again later")
            .retryAfter(1));
    return true;
  }
}
