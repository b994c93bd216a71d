package org.ptuning4j.server.problem;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.Excerpt;

/**
 * What a client is told of a problem. It holds nothing of the server's inside: no path, no class,
 * no stack trace.
 *
 * @param kind of what kind it is
 * @param detail what is wrong and what would be right, a sentence
 * @param field the part of the request that is to blame, such as {@code inputs[2].text}
 * @param value what was found there, shortened
 * @param retryAfterSeconds when asking again makes sense
 */
public record ProblemDetails(
    ProblemKind kind,
    String detail,
    Optional<String> field,
    Optional<String> value,
    OptionalInt retryAfterSeconds) {

  /** Checks that everything is there. */
  public ProblemDetails {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(detail, "detail");
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(retryAfterSeconds, "retryAfterSeconds");
  }

  /** A problem of the request as a whole. */
  public static ProblemDetails of(ProblemKind kind, String detail) {
    return new ProblemDetails(
        kind, detail, Optional.empty(), Optional.empty(), OptionalInt.empty());
  }

  /** A problem with a field that is missing, or whose value is not worth repeating. */
  public static ProblemDetails ofField(ProblemKind kind, String field, String detail) {
    return new ProblemDetails(
        kind, detail, Optional.of(field), Optional.empty(), OptionalInt.empty());
  }

  /** A problem with a field's value. */
  public static ProblemDetails ofValue(
      ProblemKind kind, String field, Object value, String detail) {
    return new ProblemDetails(
        kind, detail, Optional.of(field), Optional.of(Excerpt.ofJson(value)), OptionalInt.empty());
  }

  /** The same with a time after which asking again makes sense. */
  public ProblemDetails retryAfter(int seconds) {
    return new ProblemDetails(kind, detail, field, value, OptionalInt.of(seconds));
  }

  /** The same with the field within another one, such as {@code requests[3]}. */
  public ProblemDetails in(String place) {
    return new ProblemDetails(
        kind,
        detail,
        field.map(name -> place + "." + name).or(() -> Optional.of(place)),
        value,
        retryAfterSeconds);
  }

  /** The exception that ends a request with this problem. */
  public ProblemException exception() {
    return new ProblemException(this);
  }

  /** The object of JSON, as RFC 9457 names its fields. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("type", kind.type());
    json.put("title", kind.title());
    json.put("status", kind.status());
    json.put("detail", detail);
    field.ifPresent(name -> json.put("field", name));
    value.ifPresent(found -> json.put("value", found));
    retryAfterSeconds.ifPresent(seconds -> json.put("retry_after_seconds", seconds));
    return json;
  }
}
