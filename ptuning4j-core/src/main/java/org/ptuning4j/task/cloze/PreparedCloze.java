package org.ptuning4j.task.cloze;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.PreparedLabelledTask;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.RenderedCloze;
import org.ptuning4j.task.template.WordTokens;
import org.ptuning4j.text.TextTokenizer;

/**
 * A {@link ClozeTask} with the tokens of its words.
 *
 * @param <E> what one example is
 * @param base the task that it is put for
 * @param cloze the template and the words
 * @param wordIds for each label the tokens of each of its words; empty where each example has its
 *     own candidates
 * @param calibrate whether the scores are calibrated with an input without content
 */
public record PreparedCloze<E extends Example>(
    PreparedLabelledTask<E> base,
    Cloze cloze,
    Map<String, List<List<Integer>>> wordIds,
    boolean calibrate)
    implements PreparedTask<E> {

  /** The text without content (Zhao et al. 2021, "Calibrate before use"). */
  private static final String CONTENT_FREE = "N/A";

  /** Checks that every word has its tokens, and one where it is to be calibrated. */
  public PreparedCloze {
    wordIds = Map.copyOf(wordIds);
    if (!wordIds.keySet().equals(cloze.words().keySet())) {
      throw new IllegalArgumentException(
          "tokens for " + wordIds.keySet() + ", words for " + cloze.words().keySet());
    }
    if (calibrate && !areSingle(wordIds)) {
      throw InvalidInputException.of(
          "task '%s': calibration needs words of one token each; these have more: %s",
          base.task().name(), longWords(cloze, wordIds));
    }
  }

  /**
   * Finds the tokens of the words.
   *
   * @param known those that the model was trained with; empty for a new one
   * @throws InvalidInputException if the vocabulary cannot spell a word, or spells it otherwise
   *     than in training
   */
  static <E extends Example> PreparedCloze<E> of(
      PreparedLabelledTask<E> base,
      Cloze cloze,
      Map<String, List<List<Integer>>> known,
      boolean calibrate,
      TextTokenizer tokenizer) {
    Map<String, List<List<Integer>>> ids = new LinkedHashMap<>();
    cloze
        .words()
        .forEach(
            (label, words) ->
                ids.put(
                    label,
                    words.stream()
                        .map(word -> WordTokens.ofLabelWord(label, word, tokenizer))
                        .toList()));
    if (!known.isEmpty() && !known.equals(ids)) {
      throw InvalidInputException.of(
          "task.word_ids: the words were the tokens %s in training, and are %s with this tokenizer;"
              + " it is that of another model",
          known, ids);
    }
    return new PreparedCloze<>(base, cloze, ids, calibrate);
  }

  @Override
  public ClozeTask<E> task() {
    return new ClozeTask<>(base.task(), cloze, wordIds, calibrate);
  }

  @Override
  public Examples<E> usable(Examples<E> read) {
    return base.usable(read);
  }

  @Override
  public boolean tunes() {
    return base.tunes();
  }

  @Override
  public PreparedCloze<E> tune(List<E> examples, List<Answer> answers) {
    return new PreparedCloze<>(base.tune(examples, answers), cloze, wordIds, calibrate);
  }

  @Override
  public PreparedCloze<E> untuned() {
    return new PreparedCloze<>(base.untuned(), cloze, wordIds, calibrate);
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return hasOneTokenWords()
        ? new VerbalizerHeadSpec(base.labels().stream().map(this::firstTokens).toList(), calibrate)
        : CandidateHeadSpec.byDefault(options.spec());
  }

  @Override
  public List<Item> items(E example, ItemEncoder encoder) {
    Map<String, String> fields = base.fields(example);
    OptionalInt right = base.labelIndex(example);
    if (hasOneTokenWords()) {
      TokenRow row = cloze.template().render(fields, encoder).row();
      Item item = Item.of(row);
      return List.of(
          right.isPresent() ? item.withTarget(new Target.Choice(right.getAsInt())) : item);
    }
    List<List<List<Integer>>> wordings = wordings(example, encoder.tokenizer());
    return List.of(wordingItem(fields, wordings, right, encoder));
  }

  private Item wordingItem(
      Map<String, String> fields,
      List<List<List<Integer>>> wordings,
      OptionalInt right,
      ItemEncoder encoder) {
    List<TokenRow> rows = new ArrayList<>();
    List<int[]> reads = new ArrayList<>();
    List<int[]> tokens = new ArrayList<>();
    int target = 0;
    for (int answer = 0; answer < wordings.size(); answer++) {
      if (right.isPresent() && right.getAsInt() == answer) {
        target = rows.size();
      }
      for (List<Integer> wording : wordings.get(answer)) {
        int[] worded = wording.stream().mapToInt(Integer::intValue).toArray();
        RenderedCloze rendered = cloze.template().render(fields, encoder, worded);
        rows.add(rendered.row());
        reads.add(rendered.reads());
        tokens.add(worded);
      }
    }
    Item item = Item.ofWordings(rows, reads, tokens);
    return right.isPresent() ? item.withTarget(new Target.Choice(target)) : item;
  }

  /** The template with "N/A" for every field; none for tasks that are not calibrated. */
  @Override
  public List<Item> contentFree(ItemEncoder encoder) {
    if (!calibrate) {
      return List.of();
    }
    Map<String, String> nothing = new LinkedHashMap<>();
    cloze.template().fields().forEach(field -> nothing.put(field, CONTENT_FREE));
    return List.of(Item.of(cloze.template().render(nothing, encoder).row()));
  }

  @Override
  public Answer answer(E example, List<Item> items, List<float[]> scores) {
    double[] each = Softmax.of(scores.get(0));
    if (cloze.words().isEmpty() || hasOneTokenWords()) {
      return base.answer(example, each);
    }
    double[] sums = new double[base.labels().size()];
    int next = 0;
    for (int label = 0; label < sums.length; label++) {
      for (int word = 0; word < ids(base.labels().get(label)).size(); word++) {
        sums[label] += each[next++];
      }
    }
    return base.answer(example, sums);
  }

  /** For each label or candidate, the tokens of each way to word it. */
  private List<List<List<Integer>>> wordings(E example, TextTokenizer tokenizer) {
    if (!cloze.words().isEmpty()) {
      return base.labels().stream().map(this::ids).toList();
    }
    List<List<List<Integer>>> wordings = new ArrayList<>();
    for (String candidate : base.candidates(example)) {
      String wording = candidate.strip();
      if (cloze.template().endsSentenceAfterMask() && wording.endsWith(".")) {
        wording = wording.substring(0, wording.length() - 1);
      }
      int[] tokens = WordTokens.of(wording, tokenizer);
      if (tokens.length == 0) {
        throw InvalidInputException.of(
            "line %d: candidate '%s' has no token", example.line(), candidate);
      }
      wordings.add(List.of(Arrays.stream(tokens).boxed().toList()));
    }
    if (wordings.isEmpty()) {
      throw InvalidInputException.of(
          "task '%s': neither words for its labels nor candidates at line %d",
          task().name(), example.line());
    }
    return wordings;
  }

  private boolean hasOneTokenWords() {
    return !wordIds.isEmpty() && areSingle(wordIds);
  }

  private static boolean areSingle(Map<String, List<List<Integer>>> wordIds) {
    return wordIds.values().stream().flatMap(List::stream).allMatch(ids -> ids.size() == 1);
  }

  private static String longWords(Cloze cloze, Map<String, List<List<Integer>>> wordIds) {
    List<String> found = new ArrayList<>();
    cloze
        .words()
        .forEach(
            (label, words) -> {
              for (int i = 0; i < words.size(); i++) {
                int tokens = wordIds.get(label).get(i).size();
                if (tokens > 1) {
                  found.add(words.get(i) + " (" + tokens + ")");
                }
              }
            });
    return String.join(", ", found);
  }

  private List<Integer> firstTokens(String label) {
    return ids(label).stream().map(ids -> ids.get(0)).toList();
  }

  private List<List<Integer>> ids(String label) {
    return wordIds.get(label);
  }

  @Override
  public Scores score(List<E> examples, List<Answer> answers) {
    return base.score(examples, answers);
  }
}
