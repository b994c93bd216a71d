package org.ptuning4j.server.protocol;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ptuning4j.predict.AnswerFields;
import org.ptuning4j.server.serving.Result;

/** Results as the protocol writes them. */
final class ResultJson {

  private ResultJson() {}

  /** One of several results: its task, and the answer or the error. */
  static Map<String, Object> entry(String task, Result result) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("task", task);
    if (result instanceof Result.Answered answered) {
      entry.put("answer", AnswerFields.of(answered.answer()));
    } else if (result instanceof Result.Failed failed) {
      entry.put("error", failed.problem().json());
    }
    return entry;
  }

  /** The result, or the problem as that of the whole request. */
  static Result orThrow(Result result) {
    if (result instanceof Result.Failed failed) {
      throw failed.problem().exception();
    }
    return result;
  }

  static double millisSince(long start) {
    return Math.round((System.nanoTime() - start) / 1e4) / 100.0;
  }
}
