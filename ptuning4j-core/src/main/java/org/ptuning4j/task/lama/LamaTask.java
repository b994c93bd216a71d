package org.ptuning4j.task.lama;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.lama.Fact;
import org.ptuning4j.data.lama.LamaReader;
import org.ptuning4j.data.lama.Relation;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.ExampleFilter;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.TableExamples;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.ColumnValues;

/**
 * Knowledge probing (LAMA; P-Tuning, section 4.1): which word does a language model put in the
 * place of a fact's object? One task is one relation, with soft tokens of its own around the
 * subject and the mask; the answers are ranked among a vocabulary that compared models share, or
 * among all whole words of the model's own.
 *
 * <p>Only a tokenizer tells which words are one token: see {@link PreparedLama}. Immutable.
 */
public final class LamaTask implements Task<Fact> {

  /** Its kind in packs. */
  public static final String KIND = "lama";

  /** Three blocks of three soft tokens around subject and mask, as P-tuning v1 has for BERT. */
  public static final ClozeTemplate DEFAULT_TEMPLATE =
      ClozeTemplate.parse("{soft:3} {subject} {soft:3} {mask} {soft:3}");

  /** The object of a {@link Fact} that is only asked for. */
  public static final String UNKNOWN = Relation.OBJECT;

  static final String SUBJECT = "subject";
  static final List<String> METRICS = List.of("hit@1", "hit@10", "mrr");

  private final TaskInfo info;
  private final String relation;
  private final ClozeTemplate template;

  /** The words that the caller wants ranked; empty for all whole words of the model. */
  private final List<String> vocabulary;

  /** The words and their tokens, where a pack says them. */
  private final Optional<CandidateWords> candidates;

  private LamaTask(
      String relation,
      ClozeTemplate template,
      List<String> vocabulary,
      Optional<CandidateWords> candidates) {
    if (!TaskName.isOne(relation)) {
      throw InvalidInputException.of(
          "relation '%s' may have letters, digits, - and _ only, such as P17", relation);
    }
    if (!template.fields().equals(List.of(SUBJECT))) {
      throw InvalidInputException.of(
          "template \"%s\": a fact's template has the field {subject} and no other", template);
    }
    this.relation = relation;
    this.template = template;
    this.vocabulary = List.copyOf(vocabulary);
    this.candidates = candidates;
    this.info =
        TaskInfo.of(
            "lama-" + relation,
            "LAMA: which word is the object of relation " + relation + "?",
            METRICS,
            Truncations.SENTENCES);
  }

  /**
   * A relation with the default template, ranked among all whole words of the model.
   *
   * @param relation its identifier, such as {@code P17}
   */
  public static LamaTask of(String relation) {
    return new LamaTask(relation, DEFAULT_TEMPLATE, List.of(), Optional.empty());
  }

  /** The task of a definition, as {@link #definition} writes it. */
  public static LamaTask of(Fields fields) {
    fields.requireOnly(
        List.of(
            "kind", "name", "relation", "template", "candidates", "candidate_ids", "vocabulary"));
    Optional<CandidateWords> candidates = Optional.empty();
    if (fields.has("candidate_ids")) {
      List<Integer> ids = Arrays.stream(fields.integers("candidate_ids")).boxed().toList();
      candidates = Optional.of(new CandidateWords(fields.texts("candidates"), ids));
    }
    return new LamaTask(
        fields.text("relation"),
        ClozeTemplate.parse(fields.text("template")),
        fields.textsOrNone("vocabulary"),
        candidates);
  }

  /**
   * The sentence that LAMA's authors wrote for a relation, as a template without soft tokens: the
   * manual prompt to compare with.
   */
  public static ClozeTemplate manualTemplate(Relation relation) {
    return ClozeTemplate.parse(
        relation
            .template()
            .replace("{", "{{")
            .replace("}", "}}")
            .replace(Relation.SUBJECT, "{subject}")
            .replace(Relation.OBJECT, "{mask}"));
  }

  /**
   * Reads a vocabulary: a word a line.
   *
   * @throws InvalidInputException if it cannot be read or has no word
   */
  public static List<String> readVocabulary(Path file) {
    try {
      List<String> words =
          Files.readAllLines(file, StandardCharsets.UTF_8).stream()
              .map(String::strip)
              .filter(word -> !word.isEmpty())
              .distinct()
              .toList();
      if (words.isEmpty()) {
        throw InvalidInputException.of("%s has no word; it must have one a line", file);
      }
      return words;
    } catch (IOException e) {
      throw new InvalidInputException(
          "vocabulary " + file + " cannot be read as UTF-8 text: " + e.getMessage(), e);
    }
  }

  /** The same relation with another template; {@code {subject}} and {@code {mask}} are in it. */
  public LamaTask withTemplate(ClozeTemplate newTemplate) {
    return new LamaTask(relation, newTemplate, vocabulary, candidates);
  }

  /**
   * The same relation ranked among these words, of which those count that are one token of the
   * model.
   */
  public LamaTask withVocabulary(List<String> words) {
    return new LamaTask(relation, template, words, Optional.empty());
  }

  /** The relation's identifier. */
  public String relation() {
    return relation;
  }

  /** The template. */
  public ClozeTemplate template() {
    return template;
  }

  /** The words that answers are ranked among, where a pack says them; else empty. */
  public List<String> candidates() {
    return candidates.map(CandidateWords::words).orElse(List.of());
  }

  /**
   * The task with its candidates' tokens; one that was made again of a pack keeps those that stand
   * there.
   *
   * @throws InvalidInputException if fewer than two words are one token
   */
  @Override
  public PreparedLama prepare(Preparation<Fact> by) {
    CandidateWords words =
        candidates.orElseGet(
            () ->
                vocabulary.isEmpty()
                    ? CandidateWords.allOf(by.tokenizer())
                    : CandidateWords.among(vocabulary, by.tokenizer()));
    return new PreparedLama(
        new LamaTask(relation, by.placed(template), vocabulary, Optional.of(words)),
        words,
        by.tokenizer());
  }

  @Override
  public int softTokens() {
    return template.softTokens();
  }

  @Override
  public boolean hasTemplate() {
    return true;
  }

  /** Reads the relation's facts with {@link LamaReader}; one of another relation is a bad row. */
  @Override
  public Examples<Fact> read(InputFile file) {
    return ExampleFilter.usable(new LamaReader().read(file), this::otherRelation);
  }

  private Optional<BadRow> otherRelation(Fact fact) {
    // A file's own name stands for the relation where its rows name none, and may be any.
    return fact.relation().matches("P\\d+") && !fact.relation().equals(relation)
        ? Optional.of(
            fact.source().bad("it is a fact of " + fact.relation() + ", not of " + relation))
        : Optional.empty();
  }

  @Override
  public Examples<Fact> readUnlabelled(InputFile file) {
    return TableExamples.of(new TableReader().read(file), this::readRow);
  }

  /** Reads {@code sub_label}, as LAMA calls it, or {@code subject}. */
  @Override
  public Fact readRow(Row row) throws UnusableRowException {
    for (String column : List.of("sub_label", SUBJECT)) {
      if (row.isFilled(column)) {
        if (row.get(column) instanceof String subject) {
          return new Fact(row.source(), relation, subject, UNKNOWN);
        }
        throw new UnusableRowException(
            "column '"
                + column
                + "' holds a "
                + ColumnValues.kind(row.get(column))
                + ", must be text");
      }
    }
    throw new UnusableRowException("neither 'sub_label' nor 'subject' is there");
  }

  /** The relation, the template, and the candidates with their tokens where they are known. */
  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    definition.put("name", name());
    definition.put("relation", relation);
    definition.put("template", template.source());
    if (candidates.isPresent()) {
      definition.put("candidates", candidates.get().words());
      definition.put("candidate_ids", candidates.get().ids());
    } else if (!vocabulary.isEmpty()) {
      definition.put("vocabulary", vocabulary);
    }
    return Collections.unmodifiableMap(definition);
  }

  /** Called {@code lama-} and the relation. */
  @Override
  public TaskInfo info() {
    return info;
  }

  @Override
  public TaskInputs inputs() {
    return TaskInputs.of(TaskInputs.Field.text(SUBJECT, "{sub_label|subject}"));
  }

  @Override
  public AnswerSchema answerSchema() {
    return LamaAnswer.SCHEMA;
  }

  @Override
  public ExampleContent content(Fact example) {
    return ExampleContent.of(example.subject(), null, List.of(), !example.object().equals(UNKNOWN));
  }

  @Override
  public String kind() {
    return KIND;
  }
}
