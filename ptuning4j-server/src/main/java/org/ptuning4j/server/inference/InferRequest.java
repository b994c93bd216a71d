package org.ptuning4j.server.inference;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * A request as HTTP brings it.
 *
 * @param id the client's own, which the reply repeats
 * @param inputs tensors
 * @param wanted names of outputs; none for all
 */
record InferRequest(Optional<String> id, List<NamedTensor> inputs, List<String> wanted) {

  private static final List<String> KNOWN = List.of("id", "parameters", "inputs", "outputs");

  /** Reads a body. */
  static InferRequest read(Map<String, Object> body, Limits limits) {
    for (String name : body.keySet()) {
      if (!KNOWN.contains(name)) {
        throw Inference.bad(name, "it is not known; known are " + String.join(", ", KNOWN));
      }
    }
    List<NamedTensor> inputs = new ArrayList<>();
    for (Object each : list(body, "inputs")) {
      inputs.add(tensor("inputs[" + inputs.size() + "]", object(each), limits));
    }
    List<String> wanted = new ArrayList<>();
    if (body.get("outputs") != null) {
      list(body, "outputs").forEach(each -> wanted.add(text("outputs", object(each).get("name"))));
    }
    return new InferRequest(
        Optional.ofNullable(body.get("id")).map(id -> text("id", id)), inputs, wanted);
  }

  private static NamedTensor tensor(String place, Map<String, Object> tensor, Limits limits) {
    String name = text(place + ".name", tensor.get("name"));
    String datatype = text(place + ".datatype", tensor.get("datatype"));
    TensorType type =
        switch (datatype) {
          case "BYTES" -> TensorType.BYTES;
          case "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32" -> TensorType.INT64;
          default ->
              throw wrong(place + ".datatype", datatype, "BYTES is expected, or a kind of INT");
        };
    List<Object> values = new ArrayList<>();
    flatten(place + ".data", tensor.get("data"), type, values);
    requireShape(place + ".shape", tensor.get("shape"), values.size(), limits);
    return new NamedTensor(name, type, values);
  }

  /** The values of a tensor may be a plain list, or lists in a list. */
  private static void flatten(String place, Object data, TensorType type, List<Object> values) {
    if (data instanceof List<?> list) {
      list.forEach(each -> flatten(place, each, type, values));
    } else if (isOf(type, data)) {
      values.add(data);
    } else {
      throw wrong(
          place,
          data,
          type == TensorType.BYTES ? "texts are expected" : "whole numbers are expected");
    }
  }

  private static boolean isOf(TensorType type, Object data) {
    return switch (type) {
      case BYTES -> data instanceof String;
      case INT64 -> data instanceof Integer || data instanceof Long;
      case FP64 -> false; // no task reads fractions
    };
  }

  /** One value a row: {@code [n]}, or {@code [n, 1]}. */
  private static void requireShape(String place, Object shape, int count, Limits limits) {
    List<?> given = shape instanceof List<?> list ? list : List.of();
    boolean right =
        (given.size() == 1 || (given.size() == 2 && isNumber(given.get(1), 1)))
            && isNumber(given.get(0), count);
    if (!right) {
      throw wrong(
          place,
          shape,
          "[n] or [n, 1] is expected with n values in data, at most " + limits.of(Limit.INPUTS));
    }
  }

  private static boolean isNumber(Object value, int number) {
    return value instanceof Number given
        && !(given instanceof BigInteger)
        && given.longValue() == number;
  }

  private static List<?> list(Map<String, Object> body, String name) {
    if (body.get(name) instanceof List<?> list) {
      return list;
    }
    throw wrong(name, body.get(name), "a list is expected");
  }

  private static Map<String, Object> object(Object given) {
    if (given instanceof Map<?, ?> map) {
      Map<String, Object> object = new LinkedHashMap<>();
      map.forEach((name, value) -> object.put(name.toString(), value));
      return object;
    }
    throw wrong("inputs", given, "objects are expected");
  }

  private static String text(String place, Object given) {
    if (given instanceof String text) {
      return text;
    }
    throw wrong(place, given, "a text is expected");
  }

  private static ProblemException wrong(String field, Object value, String detail) {
    return ProblemDetails.ofValue(ProblemKind.BAD_REQUEST, field, value, detail).exception();
  }
}
