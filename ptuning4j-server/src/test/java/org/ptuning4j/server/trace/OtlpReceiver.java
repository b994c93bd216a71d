package org.ptuning4j.server.trace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/** Takes traces as a collector does: OTLP over HTTP in protobuf, on this machine. */
final class OtlpReceiver implements AutoCloseable {

  private final HttpServer server;
  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final List<Resource> resources = new CopyOnWriteArrayList<>();
  private final List<String> headers = new CopyOnWriteArrayList<>();

  OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  /** What {@code OTEL_EXPORTER_OTLP_ENDPOINT} has to be. */
  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
      try (InputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(body))) {
        body = unzipped.readAllBytes();
      }
    }
    headers.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-tenant")));
    for (ResourceSpans each : ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
      resources.add(each.getResource());
      each.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()));
    }
    exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  /** All spans, once they suffice; what there is after some seconds otherwise. */
  List<Span> await(Predicate<List<Span>> enough) throws InterruptedException {
    for (int i = 0; i < 1000 && !enough.test(spans()); i++) {
      Thread.sleep(10);
    }
    return spans();
  }

  List<Span> spans() {
    return List.copyOf(spans);
  }

  /** What the service says of itself. */
  Map<String, String> resource() {
    return texts(resources.get(0).getAttributesList());
  }

  /** The values of a header that senders may be told to send, one for each message. */
  List<String> tenants() {
    return List.copyOf(headers);
  }

  static Map<String, String> attributes(Span span) {
    return texts(span.getAttributesList());
  }

  private static Map<String, String> texts(List<KeyValue> attributes) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (KeyValue each : attributes) {
      texts.put(
          each.getKey(),
          each.getValue().hasIntValue()
              ? String.valueOf(each.getValue().getIntValue())
              : each.getValue().getStringValue());
    }
    return texts;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
