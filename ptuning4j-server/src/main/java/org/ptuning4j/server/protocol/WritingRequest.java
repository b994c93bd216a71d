package org.ptuning4j.server.protocol;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * How a request wants its answer written. What it does not say is as the task says.
 *
 * @param fields of the request
 * @param limits as they are at present
 */
record WritingRequest(Map<String, Object> fields, Limits limits) {

  private static final String MOST = "max_new_tokens";
  private static final String STOP = "stop";

  private static final Set<String> NAMES =
      Set.of("stream", MOST, "temperature", "top_k", "top_p", "repetition_penalty", "seed", STOP);

  /** The request without what it says of writing. */
  Map<String, Object> others() {
    Map<String, Object> others = new LinkedHashMap<>(fields);
    others.keySet().removeAll(NAMES);
    return others;
  }

  /** Whether the answer is wanted as it is written. */
  boolean isStream() {
    Object value = fields.getOrDefault("stream", false);
    if (value instanceof Boolean stream) {
      return stream;
    }
    throw wrong("stream", value, "true or false is expected");
  }

  /**
   * The settings.
   *
   * @param own the task's
   * @throws ProblemException naming the field that is wrong
   */
  GenerationSettings settings(GenerationSettings own) {
    int most = limits.of(Limit.NEW_TOKENS);
    long wanted = whole(MOST, Math.min(own.maxNewTokens(), most));
    if (wanted < 1 || wanted > most) {
      throw wrong(MOST, wanted, "a whole number from 1 to " + most + " is expected");
    }
    try {
      return new GenerationSettings(
          (int) wanted,
          number("temperature", own.temperature()),
          Math.toIntExact(whole("top_k", own.topK())),
          number("top_p", own.topP()),
          number("repetition_penalty", own.repetitionPenalty()),
          own.beams(),
          own.lengthPenalty(),
          own.sequences(),
          stops(own.stops()),
          whole("seed", own.seed()));
    } catch (InvalidInputException | ArithmeticException e) {
      throw ProblemDetails.of(ProblemKind.BAD_REQUEST, e.getMessage()).exception();
    }
  }

  private long whole(String name, long own) {
    Object value = fields.get(name);
    if (value == null) {
      return own;
    }
    if (value instanceof Number number
        && !(number instanceof Double)
        && !(number instanceof BigInteger)) {
      return number.longValue();
    }
    throw wrong(name, value, "a whole number is expected");
  }

  private double number(String name, double own) {
    Object value = fields.get(name);
    if (value == null) {
      return own;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(name, value, "a number is expected");
  }

  private List<String> stops(List<String> own) {
    if (fields.get(STOP) == null) {
      return own;
    }
    List<String> stops = new ArrayList<>();
    for (Object each : Envelope.list(STOP, fields.get(STOP), limits.of(Limit.INPUTS))) {
      if (!(each instanceof String text)) {
        throw wrong(STOP + "[" + stops.size() + "]", each, "a text is expected");
      }
      stops.add(text);
    }
    return stops;
  }

  private static ProblemException wrong(String field, Object value, String detail) {
    return ProblemDetails.ofValue(ProblemKind.BAD_REQUEST, field, value, detail).exception();
  }
}
