package org.ptuning4j.server.trace;

import io.opentelemetry.api.common.Attributes;
import java.util.Optional;

/**
 * What became of a request, in the names of OpenTelemetry's conventions.
 *
 * @param name of the span, without anything that a client has chosen
 * @param attributes of the protocol
 * @param problem the kind of problem, if it was not answered
 * @param failed whether the server is to blame
 */
public record RequestEnd(
    String name, Attributes attributes, Optional<String> problem, boolean failed) {

  private static final int SERVER_ERROR = 500;

  /**
   * A request of HTTP.
   *
   * @param method one that the server knows, or {@code OTHER}
   * @param route as the server declares it; empty for none
   * @param status of the answer
   */
  public static RequestEnd http(String method, String route, int status, Optional<String> problem) {
    boolean known = !method.equals("OTHER");
    String verb = known ? method : "HTTP";
    var attributes =
        Attributes.builder()
            .put("http.request.method", known ? method : "_OTHER")
            .put("http.response.status_code", status);
    if (!route.isEmpty()) {
      attributes.put("http.route", route);
    }
    boolean failed = status >= SERVER_ERROR;
    if (failed) {
      attributes.put("error.type", problem.orElse(String.valueOf(status)));
    }
    return new RequestEnd(
        route.isEmpty() ? verb : verb + " " + route, attributes.build(), problem, failed);
  }

  /**
   * A call of gRPC.
   *
   * @param service the full name of its service
   * @param method the name of its method
   * @param code the number of gRPC's status
   */
  public static RequestEnd grpc(
      String service, String method, int code, Optional<String> problem, boolean failed) {
    var attributes =
        Attributes.builder()
            .put("rpc.system", "grpc")
            .put("rpc.service", service)
            .put("rpc.method", method)
            .put("rpc.grpc.status_code", code);
    if (failed) {
      attributes.put("error.type", problem.orElse(String.valueOf(code)));
    }
    return new RequestEnd(service + "/" + method, attributes.build(), problem, failed);
  }
}
