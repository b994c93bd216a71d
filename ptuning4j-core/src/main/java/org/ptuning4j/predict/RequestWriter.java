package org.ptuning4j.predict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.generate.CachedNextTokens;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.EndTokens;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.Search;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.batching.Batching.TokenBudget;

/**
 * Continues texts in batches of similar length, whatever their prompts.
 *
 * @param tokenizer the model's
 * @param ends the tokens that end texts
 * @param settings how texts are continued
 * @param listener is told what is written as it comes
 */
record RequestWriter(
    TextTokenizer tokenizer,
    Set<Integer> ends,
    GenerationSettings settings,
    TextListener listener) {

  /** Tokens that one batch may have in the end, all its beams or sequences together. */
  private static final TokenBudget BATCH = new TokenBudget(8192);

  /**
   * Continues every text.
   *
   * @param numbers those under which the listener is told of them
   * @param texts each text by its number
   */
  void write(List<Integer> numbers, IntFunction<Writing> texts) {
    IdentityHashMap<Backbone, List<Integer>> byBackbone = new IdentityHashMap<>();
    for (int number : numbers) {
      byBackbone
          .computeIfAbsent(texts.apply(number).backbone(), key -> new ArrayList<>())
          .add(number);
    }
    byBackbone.forEach(
        (backbone, own) ->
            write(backbone, own.stream().map(number -> texts.apply(number)).toList(), own));
  }

  private void write(Backbone backbone, List<Writing> texts, List<Integer> numbers) {
    for (List<Integer> group : WritingBatch.groups(texts)) {
      int[] lengths =
          group.stream()
              .mapToInt(text -> texts.get(text).row().length() + settings.maxNewTokens())
              .toArray();
      int[] rows = new int[lengths.length];
      Arrays.fill(rows, Math.max(settings.beams(), settings.sequences()));
      for (int[] batch : BATCH.planSequential(lengths, rows)) {
        List<Integer> own = IntStream.of(batch).mapToObj(group::get).toList();
        writeOrFail(
            backbone,
            own.stream().map(texts::get).toList(),
            own.stream().map(numbers::get).toList());
      }
    }
  }

  /** A batch; where it fails, its halves, down to the text that is to blame. */
  private void writeOrFail(Backbone backbone, List<Writing> texts, List<Integer> numbers) {
    try {
      writeBatch(backbone, texts, numbers);
    } catch (RuntimeException e) {
      if (texts.size() == 1) {
        texts.get(0).fail(e);
      } else {
        int half = texts.size() / 2;
        writeOrFail(backbone, texts.subList(0, half), numbers.subList(0, half));
        writeOrFail(
            backbone, texts.subList(half, texts.size()), numbers.subList(half, numbers.size()));
      }
    }
  }

  private void writeBatch(Backbone backbone, List<Writing> texts, List<Integer> numbers) {
    Function<int[], String> decode = ids -> tokenizer.decode(known(ids));
    TextListener numbered =
        (request, sequence, text) -> listener.added(numbers.get(request), sequence, text);
    Set<Integer> all = new HashSet<>(ends);
    all.addAll(EndTokens.named(settings.stops(), tokenizer));
    Search search = Search.of(settings, all, listener == TextListener.NONE ? listener : numbered);
    WritingBatch batch = new WritingBatch(texts);
    List<List<Continuation>> found;
    try (CachedNextTokens model = batch.read(backbone, tokenizer.padId())) {
      found = search.run(batch.words(), model, decode);
    }
    SpareMemory.releaseAfterWriting(backbone);
    for (int i = 0; i < texts.size(); i++) {
      texts.get(i).continued(found.get(i));
    }
  }

  /**
   * Without ids that no token has: models often have a few embeddings more than there are tokens.
   */
  private int[] known(int[] ids) {
    return IntStream.of(ids).filter(id -> id < tokenizer.vocabularySize()).toArray();
  }
}
