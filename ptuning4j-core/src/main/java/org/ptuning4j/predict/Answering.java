package org.ptuning4j.predict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;

/**
 * From requests that are read to their outcomes: scored in batches of similar length, or written.
 *
 * @param model what all of them are asked of
 * @param batches is told of each batch that is scored
 */
record Answering(ServedModel model, BatchListener batches) {

  /**
   * Texts that are written in the same way.
   *
   * @param isTold whether somebody wants to know what is written as it comes
   */
  private record Manner(GenerationSettings settings, boolean isTold) {}

  /**
   * Answers requests.
   *
   * @return one outcome a request, in their order
   */
  List<Outcome> answer(List<ReadRequest> all) {
    new RequestScorer(model.engine(), model.tokenizer().padId(), batches).score(all);
    write(all);
    return all.stream().map(ReadRequest::outcome).toList();
  }

  /** Has the model write the answers of those requests whose tasks want that. */
  private void write(List<ReadRequest> all) {
    Map<Manner, List<Integer>> byManner = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      ReadRequest each = all.get(i);
      if (each.writing().isPresent()) {
        Manner manner = new Manner(each.settings(), listener(each) != TextListener.NONE);
        byManner.computeIfAbsent(manner, key -> new ArrayList<>()).add(i);
      }
    }
    TextListener each =
        (request, sequence, text) -> listener(all.get(request)).added(request, sequence, text);
    byManner.forEach(
        (manner, numbers) -> {
          TextListener listener = manner.isTold() ? each : TextListener.NONE;
          new RequestWriter(model.tokenizer(), model.ends(), manner.settings(), listener)
              .write(numbers, i -> all.get(i).writing().orElseThrow());
        });
  }

  private static TextListener listener(ReadRequest request) {
    return request.request().writing().listener();
  }
}
