package org.ptuning4j.predict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;

/**
 * From requests whose tasks are held to their outcomes: scored in batches of similar length, or
 * written.
 *
 * @param model what all of them are asked of
 */
record Answering(ServedModel model) {

  /** Texts that are written in the same way. */
  private record Manner(GenerationSettings settings, TextListener listener) {}

  /**
   * Answers requests.
   *
   * @param all by the numbers under which listeners are told of them
   */
  void answer(Map<Integer, Pending> all) {
    all.values().forEach(pending -> pending.encode(model.tokenizer()));
    new RequestScorer(model.engine(), model.tokenizer().padId()).score(all.values());
    write(all);
  }

  /** Has the model write the answers of those requests whose tasks want that. */
  private void write(Map<Integer, Pending> all) {
    Map<Manner, List<Integer>> byManner = new LinkedHashMap<>();
    all.forEach(
        (number, pending) -> {
          if (pending.writing().isPresent()) {
            WritingOptions options = pending.options();
            Manner manner =
                new Manner(
                    options.settings().apply(pending.owner().settings()), options.listener());
            byManner.computeIfAbsent(manner, key -> new ArrayList<>()).add(number);
          }
        });
    byManner.forEach(
        (manner, numbers) ->
            new RequestWriter(model.tokenizer(), model.ends(), manner.settings(), manner.listener())
                .write(numbers, i -> all.get(i).writing().orElseThrow()));
  }
}
