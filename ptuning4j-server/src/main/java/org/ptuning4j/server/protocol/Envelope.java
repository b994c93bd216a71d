package org.ptuning4j.server.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * What a request asks: tasks about inputs.
 *
 * @param tasks names; none where every task is meant
 * @param inputs what they are asked about
 * @param single whether it is one input for one task, so that its answer is no list
 */
record Envelope(List<String> tasks, List<Given> inputs, boolean single) {

  /**
   * An input, or what is wrong with it.
   *
   * @param place in the request, such as {@code inputs[2]}; empty where it is the request itself
   * @param values by the names of the task's inputs or columns
   * @param problem why it is none
   */
  record Given(String place, Map<String, Object> values, Optional<ProblemDetails> problem) {

    /** What stands in the request before the name of one of its values. */
    String prefix() {
      return place.isEmpty() ? "" : place + ".";
    }
  }

  private static final String EVERY = "*";

  private static final String TASK = "task";
  private static final String TASKS = "tasks";
  private static final String INPUTS = "inputs";
  private static final String TIMEOUT = "timeout_ms";

  /** Names that mean something to the request; all others are an input's. */
  private static final Set<String> OWN = Set.of(TASK, TASKS, INPUTS, TIMEOUT);

  /**
   * Reads a request.
   *
   * @throws ProblemException naming the field that is missing or wrong
   */
  static Envelope read(Map<String, Object> body, Limits limits) {
    List<String> tasks = tasks(body, limits);
    List<Given> inputs = inputs(body, limits);
    return new Envelope(tasks, inputs, body.containsKey(TASK) && !body.containsKey(INPUTS));
  }

  private static List<String> tasks(Map<String, Object> body, Limits limits) {
    if (body.containsKey(TASK) == body.containsKey(TASKS)) {
      throw missing(
          TASK,
          body.containsKey(TASK)
              ? "there are both task and tasks; one of them is expected"
              : "the name of a task is missing; GET /v1/tasks lists them");
    }
    if (body.get(TASK) instanceof String name) {
      return List.of(name);
    } else if (body.containsKey(TASK)) {
      throw wrong(TASK, body.get(TASK), "the name of a task, a text, is expected");
    }
    List<String> names = new ArrayList<>();
    for (Object each : list(TASKS, body.get(TASKS), limits.of(Limit.TASKS))) {
      if (!(each instanceof String name)) {
        throw wrong(TASKS + "[" + names.size() + "]", each, "the name of a task is expected");
      }
      if (names.contains(name)) {
        throw wrong(TASKS + "[" + names.size() + "]", each, "the task is there twice");
      }
      names.add(name);
    }
    if (names.contains(EVERY) && names.size() > 1) {
      throw wrong(TASKS, names, "* stands for every task and is expected alone");
    }
    return names.contains(EVERY) ? List.of() : names;
  }

  private static List<Given> inputs(Map<String, Object> body, Limits limits) {
    Map<String, Object> own = new LinkedHashMap<>(body);
    own.keySet().removeAll(OWN);
    if (!body.containsKey(INPUTS)) {
      if (own.isEmpty()) {
        throw missing("text", "there is nothing to answer; a text or inputs are expected");
      }
      return List.of(new Given("", own, Optional.empty()));
    }
    if (!own.isEmpty()) {
      throw missing(
          own.keySet().iterator().next(), "with inputs, what a task reads goes into each of them");
    }
    List<Given> inputs = new ArrayList<>();
    for (Object each : list(INPUTS, body.get(INPUTS), limits.of(Limit.INPUTS))) {
      inputs.add(input(INPUTS + "[" + inputs.size() + "]", each));
    }
    return inputs;
  }

  /** One that is none does not keep the others from being answered. */
  private static Given input(String place, Object given) {
    if (given instanceof String text) {
      return new Given(place, Map.of("text", text), Optional.empty());
    }
    if (given instanceof Map<?, ?> map && !map.isEmpty()) {
      Map<String, Object> input = new LinkedHashMap<>();
      map.forEach((name, value) -> input.put(name.toString(), value));
      return new Given(place, input, Optional.empty());
    }
    ProblemException wrong =
        wrong(place, given, "a text, or an object with what the task reads, is expected");
    return new Given(place, Map.of(), Optional.of(wrong.problem()));
  }

  static List<?> list(String field, Object given, int most) {
    if (!(given instanceof List<?> list) || list.isEmpty()) {
      throw wrong(field, given, "a list of at least one is expected");
    }
    if (list.size() > most) {
      throw ProblemDetails.ofField(
              ProblemKind.TOO_LARGE,
              field,
              "there are " + list.size() + "; a request may have " + most)
          .exception();
    }
    return list;
  }

  /**
   * How long the answer may take.
   *
   * @throws ProblemException if the request wants more than it may have
   */
  static Duration timeout(Map<String, Object> body, Limits limits) {
    Duration most = limits.seconds(Limit.REQUEST_SECONDS);
    Object wanted = body.get(TIMEOUT);
    if (wanted == null) {
      return most;
    }
    if (wanted instanceof Integer millis && millis > 0 && millis <= most.toMillis()) {
      return Duration.ofMillis(millis);
    }
    throw wrong(TIMEOUT, wanted, "milliseconds from 1 to " + most.toMillis() + " are expected");
  }

  /**
   * Makes sure that an object of the protocol has no other fields.
   *
   * @throws ProblemException naming the first that it does not know
   */
  static void requireOnly(Map<String, Object> object, List<String> names) {
    for (String name : object.keySet()) {
      if (!names.contains(name)) {
        throw missing(name, "it is not known here; there are " + String.join(", ", names));
      }
    }
  }

  private static ProblemException missing(String field, String detail) {
    return ProblemDetails.ofField(ProblemKind.BAD_REQUEST, field, detail).exception();
  }

  private static ProblemException wrong(String field, Object value, String detail) {
    return ProblemDetails.ofValue(ProblemKind.BAD_REQUEST, field, value, detail).exception();
  }
}
