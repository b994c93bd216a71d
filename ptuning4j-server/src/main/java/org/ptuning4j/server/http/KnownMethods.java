package org.ptuning4j.server.http;

import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * Refuses requests with methods that no address has. What comes behind remembers each method that
 * it has seen, and a client could invent them without end.
 */
final class KnownMethods extends Handler.Wrapper {

  private static final List<String> METHODS = List.of("GET", "HEAD", "POST");

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (METHODS.contains(request.getMethod())) {
      return super.handle(request, response, callback);
    }
    response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", METHODS));
    EarlyReplies.problem(
        request,
        response,
        callback,
        ProblemDetails.of(
            ProblemKind.NOT_IMPLEMENTED,
            "no address takes this method; there are " + String.join(", ", METHODS)));
    return true;
  }
}
