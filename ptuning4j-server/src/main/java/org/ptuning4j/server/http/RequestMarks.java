package org.ptuning4j.server.http;

import java.util.Optional;
import java.util.UUID;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.ptuning4j.server.trace.RequestTrace;

/**
 * Gives each request its id before anything else looks at it, and sees to it that each is observed:
 * also those that are refused before an address is looked for.
 */
final class RequestMarks extends Handler.Wrapper {

  private static final String HEADER = "X-Request-Id";

  private final Observer observer;

  RequestMarks(Observer observer) {
    this.observer = observer;
  }

  /** A request's id, which its answer names; made now if it has none yet. */
  static String mark(Request request, Response response) {
    if (request.getAttribute(RequestFacts.ID) instanceof String id) {
      return id;
    }
    String id = UUID.randomUUID().toString();
    request.setAttribute(RequestFacts.ID, id);
    response.getHeaders().put(HEADER, id);
    return id;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    mark(request, response);
    long start = System.nanoTime();
    Optional<RequestTrace> trace = observer.begin(request);
    Request.addCompletionListener(
        request,
        failure -> {
          observer.noteRefused(request, response.getStatus(), start);
          trace.ifPresent(each -> observer.end(request, each, response.getStatus()));
        });
    return trace.isEmpty()
        ? super.handle(request, response, callback)
        : trace.get().within(() -> super.handle(request, response, callback));
  }
}
