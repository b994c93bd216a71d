package org.ptuning4j.task.cloze;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.head.CandidateHeadSpec;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.VerbalizerHeadSpec;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleFacts;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.ModelClass;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.RenderedCloze;
import org.ptuning4j.task.template.WordTokens;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * A task on labels or candidates put as a cloze (P-Tuning, section 3; PET): the model's own
 * language model fills a template's gap, and words stand for the labels. Files, answers and metrics
 * are the base task's.
 *
 * <p>Where each word is one token, an example is one row. Else it has a row for each wording, of
 * each label in the labels' order, with as many masks as the wording has tokens; so too where each
 * example brings its own candidates. A label's probability is the sum over its wordings; training
 * aims at its first.
 *
 * <p>Which tokens the words are only a tokenizer tells: {@link #on} comes before {@link #head} and
 * {@link #items} unless there are no fixed words. Immutable.
 *
 * @param <E> what one example is
 */
public final class ClozeTask<E extends Example> implements Task<E> {

  /** Its kind in packs. */
  public static final String KIND = "cloze";

  /** The text without content (Zhao et al. 2021, "Calibrate before use"). */
  private static final String CONTENT_FREE = "N/A";

  private final LabelledTask<E> base;
  private final Cloze cloze;

  /** For each label the tokens of each of its words; empty until a tokenizer is known. */
  private final Map<String, List<List<Integer>>> wordIds;

  private final boolean calibrated;

  private ClozeTask(
      LabelledTask<E> base,
      Cloze cloze,
      Map<String, List<List<Integer>>> wordIds,
      boolean calibrated) {
    this.base = base;
    this.cloze = cloze;
    this.wordIds = wordIds;
    this.calibrated = calibrated;
    requireWords(base, cloze.words());
    if (calibrated && cloze.words().isEmpty()) {
      throw InvalidInputException.of(
          "task '%s': calibration is for fixed words; here each example has its own candidates",
          base.name());
    }
  }

  /**
   * A task as the cloze that it comes with.
   *
   * @throws InvalidInputException if it comes with none
   */
  public static <E extends Example> ClozeTask<E> of(LabelledTask<E> base) {
    return of(
        base,
        base.cloze()
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "task '%s' comes with no template; give one, such as \"{text_a} It was"
                            + " {soft:3} {mask}.\", and a word for each label",
                        base.name())));
  }

  /**
   * A task as a cloze.
   *
   * @throws InvalidInputException if a label has no word, or a word is for no label
   */
  public static <E extends Example> ClozeTask<E> of(LabelledTask<E> base, Cloze cloze) {
    return new ClozeTask<>(base, cloze, Map.of(), false);
  }

  /**
   * A task as the model of another one reads it, such as AX-b for the model of RTE: plainly, or put
   * as the same cloze.
   *
   * @param trained what the model was trained on
   * @throws InvalidInputException where that task has other labels, or the same in another order
   */
  public static <E extends Example> Task<E> asReadBy(Task<?> trained, LabelledTask<E> task) {
    Task<?> plain = trained instanceof ClozeTask<?> cloze ? cloze.base() : trained;
    if (!(plain instanceof LabelledTask<?> other) || !other.labels().equals(task.labels())) {
      throw InvalidInputException.of(
          "task '%s' has the labels %s, so a model trained on '%s' cannot answer it%s",
          task.name(),
          task.labels(),
          trained.name(),
          plain instanceof LabelledTask<?> another ? ": its labels are " + another.labels() : "");
    }
    if (!(trained instanceof ClozeTask<?> cloze)) {
      return task;
    }
    ClozeTask<E> same = of(task, cloze.cloze());
    return cloze.isCalibrated() ? same.calibrated() : same;
  }

  /** The task of a definition, as {@link #definition} writes it. */
  public static ClozeTask<?> of(Fields fields, Function<Fields, Task<?>> kinds) {
    fields.requireOnly(
        List.of("kind", "name", "base", "template", "words", "word_ids", "calibrate"));
    if (!(kinds.apply(fields.fields("base")) instanceof LabelledTask<?> base)) {
      throw InvalidInputException.of(
          "task.base: '%s' is no task on labels or candidates", fields.fields("base").text("kind"));
    }
    return restored(base, fields);
  }

  private static <E extends Example> ClozeTask<E> restored(LabelledTask<E> base, Fields fields) {
    Map<String, List<String>> words = new LinkedHashMap<>();
    if (fields.has("words")) {
      Fields byLabel = fields.fields("words");
      byLabel.names().forEach(label -> words.put(label, byLabel.texts(label)));
    }
    Map<String, List<List<Integer>>> ids = new LinkedHashMap<>();
    if (fields.has("word_ids")) {
      Fields byLabel = fields.fields("word_ids");
      words.forEach((label, each) -> ids.put(label, wordIds(byLabel.fields(label), each)));
    }
    return new ClozeTask<>(
        base,
        new Cloze(ClozeTemplate.parse(fields.text("template")), words),
        ids,
        fields.flag("calibrate", false));
  }

  private static List<List<Integer>> wordIds(Fields byWord, List<String> words) {
    List<List<Integer>> ids = new ArrayList<>();
    for (String word : words) {
      List<Integer> tokens = Arrays.stream(byWord.integers(word)).boxed().toList();
      if (tokens.isEmpty()) {
        throw InvalidInputException.of("task.word_ids: '%s' has no token", word);
      }
      ids.add(tokens);
    }
    return ids;
  }

  private static void requireWords(LabelledTask<?> base, Map<String, List<String>> words) {
    List<String> labels = base.labels();
    if (labels.isEmpty() || words.isEmpty()) {
      if (!labels.isEmpty()) {
        throw InvalidInputException.of(
            "task '%s': no words; each label needs one: %s",
            base.name(), String.join(", ", labels));
      }
      return; // candidates, or labels that the training data will tell
    }
    for (String label : labels) {
      if (words.getOrDefault(label, List.of()).isEmpty()) {
        throw InvalidInputException.of(
            "task '%s': label '%s' has no word; there are words for: %s",
            base.name(), label, String.join(", ", words.keySet()));
      }
    }
    for (String label : words.keySet()) {
      if (!labels.contains(label)) {
        throw InvalidInputException.of(
            "task '%s': there is a word for label '%s', which is none of %s",
            base.name(), label, String.join(", ", labels));
      }
    }
  }

  /** The task that it is put for. */
  public LabelledTask<E> base() {
    return base;
  }

  /** The template and the words. */
  public Cloze cloze() {
    return cloze;
  }

  /** Whether the scores are to be calibrated with an input without content. */
  public boolean isCalibrated() {
    return calibrated;
  }

  /**
   * The same task with its scores calibrated by what the model says of an input without content.
   *
   * @throws InvalidInputException if each example has its own candidates
   */
  public ClozeTask<E> calibrated() {
    return new ClozeTask<>(base, cloze, wordIds, true);
  }

  /**
   * The same task with the tokens of its words.
   *
   * @throws InvalidInputException if the vocabulary cannot spell a word, or calibration is asked
   *     for and a word has several tokens
   */
  @Override
  public ClozeTask<E> on(TextTokenizer tokenizer) {
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
    ClozeTask<E> bound = new ClozeTask<>(base, cloze, Collections.unmodifiableMap(ids), calibrated);
    if (calibrated && !bound.hasOneTokenWords()) {
      throw InvalidInputException.of(
          "task '%s': calibration needs words of one token each; these have more: %s",
          name(), bound.longWords());
    }
    return bound;
  }

  @Override
  public ClozeTask<E> withoutSoftTokens() {
    Cloze plain = new Cloze(cloze.template().withoutSoftTokens(), cloze.words());
    return new ClozeTask<>(base, plain, wordIds, calibrated);
  }

  @Override
  public ClozeTask<E> learn(Examples<E> training) {
    return over(base.learn(training));
  }

  @Override
  public boolean tunes() {
    return base.tunes();
  }

  @Override
  public ClozeTask<E> tune(List<E> examples, List<Answer> answers) {
    return over(base.tune(examples, answers));
  }

  private ClozeTask<E> over(Task<E> newBase) {
    if (newBase instanceof LabelledTask<E> labelled) {
      return new ClozeTask<>(labelled, cloze, wordIds, calibrated);
    }
    throw new IllegalStateException("task '" + name() + "' became one without labels");
  }

  @Override
  public int softTokens() {
    return cloze.template().softTokens();
  }

  @Override
  public boolean hasTemplate() {
    return true;
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return hasOneTokenWords()
        ? new VerbalizerHeadSpec(labels().stream().map(this::firstTokens).toList(), calibrated)
        : new CandidateHeadSpec(CandidateHeadSpec.Length.MEAN);
  }

  @Override
  public List<Item> items(E example, ItemEncoder encoder) {
    Map<String, String> fields = base.fields(example);
    OptionalInt right = base.labelIndex(example);
    if (hasOneTokenWords()) {
      TokenRow row = cloze.template().render(fields, encoder, 1).row();
      return List.of(right.isPresent() ? Item.of(row, (float) right.getAsInt()) : Item.of(row));
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
    List<int[]> masks = new ArrayList<>();
    List<int[]> tokens = new ArrayList<>();
    float target = 0;
    for (int answer = 0; answer < wordings.size(); answer++) {
      if (right.isPresent() && right.getAsInt() == answer) {
        target = rows.size();
      }
      for (List<Integer> wording : wordings.get(answer)) {
        RenderedCloze rendered = cloze.template().render(fields, encoder, wording.size());
        rows.add(rendered.row());
        masks.add(rendered.masks());
        tokens.add(wording.stream().mapToInt(Integer::intValue).toArray());
      }
    }
    return right.isPresent()
        ? Item.ofWordings(rows, masks, tokens, target)
        : Item.ofWordings(rows, masks, tokens);
  }

  /** The template with "N/A" for every field; none for tasks that are not calibrated. */
  @Override
  public List<Item> contentFree(ItemEncoder encoder) {
    if (!calibrated) {
      return List.of();
    }
    Map<String, String> nothing = new LinkedHashMap<>();
    cloze.template().fields().forEach(field -> nothing.put(field, CONTENT_FREE));
    return List.of(Item.of(cloze.template().render(nothing, encoder, 1).row()));
  }

  @Override
  public Answer answer(E example, List<Item> items, List<float[]> scores) {
    double[] each = Softmax.of(scores.get(0));
    if (cloze.words().isEmpty() || hasOneTokenWords()) {
      return base.answer(example, each);
    }
    double[] sums = new double[labels().size()];
    int next = 0;
    for (int label = 0; label < sums.length; label++) {
      for (int word = 0; word < ids(labels().get(label)).size(); word++) {
        sums[label] += each[next++];
      }
    }
    return base.answer(example, sums);
  }

  /** For each label or candidate, the tokens of each way to word it. */
  private List<List<List<Integer>>> wordings(E example, TextTokenizer tokenizer) {
    if (!cloze.words().isEmpty()) {
      return labels().stream().map(this::ids).toList();
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
          name(), example.line());
    }
    return wordings;
  }

  private boolean hasOneTokenWords() {
    return !cloze.words().isEmpty()
        && bound().values().stream().flatMap(List::stream).allMatch(ids -> ids.size() == 1);
  }

  private String longWords() {
    List<String> found = new ArrayList<>();
    cloze
        .words()
        .forEach(
            (label, words) -> {
              for (int i = 0; i < words.size(); i++) {
                if (ids(label).get(i).size() > 1) {
                  found.add(words.get(i) + " (" + ids(label).get(i).size() + ")");
                }
              }
            });
    return String.join(", ", found);
  }

  private List<Integer> firstTokens(String label) {
    return ids(label).stream().map(ids -> ids.get(0)).toList();
  }

  private List<List<Integer>> ids(String label) {
    return bound().get(label);
  }

  private Map<String, List<List<Integer>>> bound() {
    if (wordIds.isEmpty()) {
      throw new IllegalStateException("which tokens the words are is not known before on(…)");
    }
    return wordIds;
  }

  private List<String> labels() {
    if (base.labels().isEmpty()) {
      throw new IllegalStateException("task '" + name() + "' has not learnt its labels yet");
    }
    return base.labels();
  }

  /** The base task's definition, the template and the words with their tokens. */
  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    definition.put("name", name());
    definition.put("base", base.definition());
    definition.put("template", cloze.template().source());
    definition.put("words", cloze.words());
    if (!wordIds.isEmpty()) {
      Map<String, Object> ids = new LinkedHashMap<>();
      cloze.words().forEach((label, words) -> ids.put(label, byWord(words, wordIds.get(label))));
      definition.put("word_ids", ids);
    }
    definition.put("calibrate", calibrated);
    return definition;
  }

  private static Map<String, Object> byWord(List<String> words, List<? extends Collection<?>> ids) {
    Map<String, Object> byWord = new LinkedHashMap<>();
    for (int i = 0; i < words.size(); i++) {
      byWord.put(words.get(i), List.copyOf(ids.get(i)));
    }
    return byWord;
  }

  @Override
  public String name() {
    return base.name();
  }

  @Override
  public boolean hasOwnFormat(Path file) {
    return base.hasOwnFormat(file);
  }

  @Override
  public ExampleFacts facts(E example) {
    return base.facts(example);
  }

  @Override
  public E ofTexts(int line, String text, String pairOrNull) throws UnusableRowException {
    return base.ofTexts(line, text, pairOrNull);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String description() {
    return base.description() + " (as a cloze)";
  }

  @Override
  public List<String> metricNames() {
    return base.metricNames();
  }

  @Override
  public String primaryMetric() {
    return base.primaryMetric();
  }

  @Override
  public Truncation truncation() {
    return base.truncation();
  }

  @Override
  public List<Preset> presets() {
    return base.presets();
  }

  @Override
  public Optional<Preset> preset(ModelClass modelClass) {
    return base.preset(modelClass);
  }

  @Override
  public List<String> answersInTexts() {
    List<String> fields = cloze.template().fields();
    return base.answerColumn().filter(fields::contains).map(List::of).orElse(base.answersInTexts());
  }

  @Override
  public Examples<E> read(Path file) {
    return base.read(file);
  }

  @Override
  public Examples<E> readUnlabelled(Path file) {
    return base.readUnlabelled(file);
  }

  @Override
  public E readRow(Row row) throws UnusableRowException {
    return base.readRow(row);
  }

  @Override
  public Scores score(List<E> examples, List<Answer> answers) {
    return base.score(examples, answers);
  }

  @Override
  public Optional<String> submissionFile() {
    return base.submissionFile();
  }

  @Override
  public String submission(List<E> examples, List<Answer> answers) {
    return base.submission(examples, answers);
  }
}
