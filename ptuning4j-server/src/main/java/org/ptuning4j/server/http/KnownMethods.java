package org.ptuning4j.server.http;

import java.util.Set;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses requests with methods that no address has. What comes behind remembers each method that
 * it has seen, and a client could invent them without end.
 */
final class KnownMethods extends Handler.Wrapper {

  private static final Set<String> METHODS = Set.of("GET", "POST", "HEAD");

  private static final int NOT_IMPLEMENTED = 501;

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (METHODS.contains(request.getMethod())) {
      return super.handle(request, response, callback);
    }
    Response.writeError(request, response, callback, NOT_IMPLEMENTED);
    return true;
  }
}
