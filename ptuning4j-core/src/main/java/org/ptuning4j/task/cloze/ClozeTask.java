package org.ptuning4j.task.cloze;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.Template;

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
 * @param <E> what one example is
 * @param base the task that it is put for
 * @param cloze the template and the words
 * @param wordIds for each label the tokens of each of its words, where a pack says them: what the
 *     model was trained with; empty for those that the tokenizer gives
 * @param calibrate whether the scores are calibrated with an input without content
 */
public record ClozeTask<E extends Example>(
    LabelledTask<E> base, Cloze cloze, Map<String, List<List<Integer>>> wordIds, boolean calibrate)
    implements Task<E> {

  /** Its kind in packs. */
  public static final String KIND = "cloze";

  /** Checks that each label has its words. */
  public ClozeTask {
    Objects.requireNonNull(cloze, "cloze");
    wordIds = Map.copyOf(wordIds);
    requireWords(base, cloze.words());
    if (calibrate && cloze.words().isEmpty()) {
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
   * A task as the cloze that it comes with, for a method that is better with one.
   *
   * @param model over which; embedding models, for one, have no words to answer with
   * @return empty if the task comes with none, or the model cannot answer it
   */
  public static Optional<ClozeTask<?>> over(Task<?> plain, ModelFolder model) {
    return plain
        .labelled()
        .filter(task -> task.cloze().isPresent())
        .filter(task -> BackboneFamilies.installed().of(model).hasLanguageModel(model))
        .map(ClozeTask::of);
  }

  /**
   * A task as a cloze.
   *
   * @throws InvalidInputException if a label has no word, or a word is for no label
   */
  public static <E extends Example> ClozeTask<E> of(LabelledTask<E> base, Cloze cloze) {
    return new ClozeTask<>(base, cloze, Map.of(), false);
  }

  /** The task of a definition, as {@link #definition} writes it. */
  public static ClozeTask<?> of(Fields fields, Function<Fields, Task<?>> kinds) {
    fields.requireOnly(
        List.of("kind", "name", "base", "template", "words", "word_ids", "calibrate"));
    return restored(kinds.apply(fields.object("base")), fields);
  }

  private static <E extends Example> ClozeTask<E> restored(Task<E> base, Fields fields) {
    Map<String, List<String>> words = new LinkedHashMap<>();
    if (fields.has("words")) {
      Fields byLabel = fields.object("words");
      byLabel.names().forEach(label -> words.put(label, byLabel.texts(label)));
    }
    Map<String, List<List<Integer>>> ids = new LinkedHashMap<>();
    if (fields.has("word_ids")) {
      Fields byLabel = fields.object("word_ids");
      words.forEach((label, each) -> ids.put(label, wordIds(byLabel.object(label), each)));
    }
    return new ClozeTask<>(
        base.labelled()
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "task.base: '%s' is no task on labels or candidates", base.kind())),
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
    for (int i = 0; i < labels.size(); i++) {
      for (String earlier : labels.subList(0, i)) {
        List<String> same = words.get(labels.get(i));
        if (same.equals(words.get(earlier))) {
          throw InvalidInputException.of(
              "task '%s': labels '%s' and '%s' have the same words (%s) and could not be told"
                  + " apart",
              base.name(), earlier, labels.get(i), String.join(", ", same));
        }
      }
    }
  }

  /**
   * The same task with its scores calibrated by what the model says of an input without content.
   *
   * @throws InvalidInputException if each example has its own candidates
   */
  @Override
  public ClozeTask<E> calibrated() {
    return new ClozeTask<>(base, cloze, wordIds, true);
  }

  @Override
  public PreparedCloze<E> prepare(Preparation<E> by) {
    Cloze placed = new Cloze(by.placed(cloze.template()), cloze.words());
    return PreparedCloze.of(base.prepare(by), placed, wordIds, calibrate, by.tokenizer());
  }

  @Override
  public <F extends Example> Task<F> putAlike(Task<F> other) {
    return new ClozeTask<>(base.requireSameLabels(other), cloze, Map.of(), calibrate);
  }

  @Override
  public int softTokens() {
    return cloze.template().softTokens();
  }

  @Override
  public boolean hasTemplate() {
    return true;
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
    definition.put("calibrate", calibrate);
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
  public TaskInfo info() {
    TaskInfo info = base.info();
    return new TaskInfo(
        info.name(),
        info.description() + " (as a cloze)",
        info.metrics(),
        info.truncation(),
        info.presets());
  }

  @Override
  public String kind() {
    return KIND;
  }

  /** Those of the base task, and the columns that the template has beside them. */
  @Override
  public TaskInputs inputs() {
    List<String> columns = new ArrayList<>(cloze.template().fields());
    columns.removeAll(base.ownFields());
    return base.inputs().reading(columns);
  }

  @Override
  public AnswerSchema answerSchema() {
    return base.answerSchema();
  }

  @Override
  public Optional<FileFormat> ownFormat(TextInput input) throws IOException {
    return base.ownFormat(input);
  }

  /** Those that fill the template's gap; where examples have candidates of their own, none. */
  @Override
  public Map<String, String> labelWords() {
    Map<String, String> words = new LinkedHashMap<>();
    base.labelWords()
        .forEach(
            (label, name) ->
                words.put(label, cloze.words().getOrDefault(label, List.of(name)).get(0)));
    return words;
  }

  @Override
  public ExampleContent content(E example) {
    return base.content(example);
  }

  @Override
  public E ofTexts(int line, List<String> texts) throws UnusableRowException {
    return base.ofTexts(line, texts);
  }

  @Override
  public List<String> answersInTexts() {
    List<String> fields = cloze.template().fields();
    return base.answerColumn().filter(fields::contains).map(List::of).orElse(base.answersInTexts());
  }

  @Override
  public Examples<E> read(InputFile file) {
    return base.read(file);
  }

  @Override
  public Examples<E> readUnlabelled(InputFile file) {
    return base.readUnlabelled(file);
  }

  @Override
  public E readRow(Row row) throws UnusableRowException {
    return base.readRow(row);
  }

  @Override
  public E readRow(Row row, Map<String, Template> sources) throws UnusableRowException {
    return base.readRow(row, sources);
  }

  @Override
  public Optional<String> submissionFile() {
    return base.submissionFile();
  }

  @Override
  public void requireSubmittable(List<E> examples) {
    base.requireSubmittable(examples);
  }

  @Override
  public String submission(List<E> examples, List<Answer> answers) {
    return base.submission(examples, answers);
  }
}
