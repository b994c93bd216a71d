package org.ptuning4j.task.lama;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.lama.Fact;
import org.ptuning4j.data.lama.LamaReader;
import org.ptuning4j.data.lama.Relation;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.VocabularyHeadSpec;
import org.ptuning4j.metric.RankingMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleFacts;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.Values;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * Knowledge probing (LAMA; P-Tuning, section 4.1): which word does a language model put in the
 * place of a fact's object? One task is one relation, with soft tokens of its own around the
 * subject and the mask; the answers are ranked among a vocabulary that compared models share, or
 * among all whole words of the model's own.
 *
 * <p>{@link #on} comes first: only a tokenizer tells which words are one token. From then on {@link
 * #read} makes bad rows of the facts whose object is none of the candidates; in data that was read
 * before, such facts are items without a target, and {@link #score} leaves them out and counts
 * them. Immutable.
 */
public final class LamaTask implements Task<Fact> {

  /** Its kind in packs. */
  public static final String KIND = "lama";

  /** Three blocks of three soft tokens around subject and mask, as P-tuning v1 has for BERT. */
  public static final ClozeTemplate DEFAULT_TEMPLATE =
      ClozeTemplate.parse("{soft:3} {subject} {soft:3} {mask} {soft:3}");

  /** The object of a {@link Fact} that is only asked for. */
  public static final String UNKNOWN = Relation.OBJECT;

  private static final String SUBJECT = "subject";
  private static final List<String> METRICS = List.of("hit@1", "hit@10", "mrr");
  private static final int SHOWN = 10;
  private static final int MAX_LENGTH = 128;

  private final String relation;
  private final ClozeTemplate template;

  /** The words that the caller wants ranked; empty for all whole words of the model. */
  private final List<String> vocabulary;

  private final Optional<CandidateWords> candidates;
  private final Map<Integer, Integer> places;

  /** Tells while reading whether an object is one token; not closed here. */
  private final Optional<TextTokenizer> tokenizer;

  private LamaTask(
      String relation,
      ClozeTemplate template,
      List<String> vocabulary,
      Optional<CandidateWords> candidates,
      Optional<TextTokenizer> tokenizer) {
    if (!relation.matches("[A-Za-z0-9_-]+")) {
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
    this.places = candidates.map(CandidateWords::places).orElse(Map.of());
    this.tokenizer = tokenizer;
  }

  /**
   * A relation with the default template, ranked among all whole words of the model.
   *
   * @param relation its identifier, such as {@code P17}
   */
  public static LamaTask of(String relation) {
    return new LamaTask(relation, DEFAULT_TEMPLATE, List.of(), Optional.empty(), Optional.empty());
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
        candidates,
        Optional.empty());
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
    return new LamaTask(relation, newTemplate, vocabulary, candidates, tokenizer);
  }

  /**
   * The same relation ranked among these words, of which those count that are one token of the
   * model. {@link #on} comes after it.
   */
  public LamaTask withVocabulary(List<String> words) {
    return new LamaTask(relation, template, words, Optional.empty(), Optional.empty());
  }

  /** The relation's identifier. */
  public String relation() {
    return relation;
  }

  /** The template. */
  public ClozeTemplate template() {
    return template;
  }

  /** The words that answers are ranked among; empty before {@link #on}. */
  public List<String> candidates() {
    return candidates.map(CandidateWords::words).orElse(List.of());
  }

  /**
   * The same task with its candidates' tokens; a task made again of a definition keeps those that
   * stand there. The tokenizer is used for as long as the task reads files.
   *
   * @throws InvalidInputException if fewer than two words are one token
   */
  @Override
  public LamaTask on(TextTokenizer modelTokenizer) {
    boolean restored = candidates.isPresent() && tokenizer.isEmpty();
    CandidateWords words =
        restored
            ? bound()
            : vocabulary.isEmpty()
                ? CandidateWords.allOf(modelTokenizer)
                : CandidateWords.among(vocabulary, modelTokenizer);
    return new LamaTask(
        relation, template, vocabulary, Optional.of(words), Optional.of(modelTokenizer));
  }

  @Override
  public LamaTask withoutSoftTokens() {
    return withTemplate(template.withoutSoftTokens());
  }

  @Override
  public int softTokens() {
    return template.softTokens();
  }

  @Override
  public boolean hasTemplate() {
    return true;
  }

  /**
   * Reads the relation's facts with {@link LamaReader}. A fact of another relation is a bad row,
   * and after {@link #on} also one whose object is none of the candidates.
   */
  @Override
  public Examples<Fact> read(Path file) {
    Examples<Fact> all = new LamaReader().read(file);
    List<Fact> facts = new ArrayList<>();
    List<BadRow> badRows = new ArrayList<>(all.badRows());
    for (Fact fact : all.examples()) {
      Optional<String> cause = causeToLeaveOut(fact);
      if (cause.isEmpty()) {
        facts.add(fact);
      } else {
        badRows.add(new BadRow(fact.line(), cause.get()));
      }
    }
    badRows.sort(Comparator.comparingInt(BadRow::line));
    return new Examples<>(all.file(), all.fingerprint(), facts, badRows);
  }

  private Optional<String> causeToLeaveOut(Fact fact) {
    // A file's own name stands for the relation where its rows name none, and may be any.
    if (fact.relation().matches("P\\d+") && !fact.relation().equals(relation)) {
      return Optional.of("it is a fact of " + fact.relation() + ", not of " + relation);
    }
    if (tokenizer.isPresent() && token(fact, tokenizer.get()).isEmpty()) {
      return Optional.of(
          "object '"
              + Values.shown(fact.object())
              + "' is none of the "
              + places.size()
              + " candidates, which are one token each");
    }
    return Optional.empty();
  }

  @Override
  public Examples<Fact> readUnlabelled(Path file) {
    Table table = new TableReader().read(file);
    List<Fact> facts = new ArrayList<>();
    List<BadRow> badRows = new ArrayList<>(table.badRows());
    for (Row row : table.rows()) {
      try {
        facts.add(readRow(row));
      } catch (UnusableRowException e) {
        badRows.add(e.at(row.line()));
      }
    }
    badRows.sort(Comparator.comparingInt(BadRow::line));
    return new Examples<>(table.file(), table.fingerprint(), facts, badRows);
  }

  /** Reads {@code sub_label}, as LAMA calls it, or {@code subject}. */
  @Override
  public Fact readRow(Row row) throws UnusableRowException {
    for (String column : List.of("sub_label", SUBJECT)) {
      if (row.isFilled(column)) {
        if (row.get(column) instanceof String subject) {
          return new Fact(row.line(), relation, subject, UNKNOWN);
        }
        throw new UnusableRowException(
            "column '" + column + "' holds a " + Values.kind(row.get(column)) + ", must be text");
      }
    }
    throw new UnusableRowException("neither 'sub_label' nor 'subject' is there");
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return new VocabularyHeadSpec(bound().ids());
  }

  @Override
  public List<Item> items(Fact fact, ItemEncoder encoder) {
    TokenRow row = template.render(Map.of(SUBJECT, fact.subject()), encoder, 1).row();
    OptionalInt right = token(fact, encoder.tokenizer());
    return List.of(right.isPresent() ? Item.of(row, (float) right.getAsInt()) : Item.of(row));
  }

  /** The token of the object, where that is known and one of the candidates. */
  private OptionalInt token(Fact fact, TextTokenizer modelTokenizer) {
    bound();
    if (fact.object().equals(UNKNOWN)) {
      return OptionalInt.empty();
    }
    OptionalInt id = CandidateWords.id(fact.object(), modelTokenizer);
    return id.isPresent() && places.containsKey(id.getAsInt()) ? id : OptionalInt.empty();
  }

  @Override
  public Answer answer(Fact fact, List<Item> items, List<float[]> scores) {
    float[] each = scores.get(0);
    double[] probabilities = Softmax.of(each);
    List<String> words = bound().words();
    List<LamaAnswer.Word> best =
        highest(each, SHOWN).stream()
            .map(i -> new LamaAnswer.Word(words.get(i), probabilities[i]))
            .toList();
    Item item = items.get(0);
    return new LamaAnswer(
        best, item.hasTarget() ? rank(each, places.get((int) item.target()[0])) : 0);
  }

  /** The places of the highest scores, the highest first; of equal ones the earlier first. */
  private static List<Integer> highest(float[] scores, int count) {
    PriorityQueue<Integer> kept =
        new PriorityQueue<>(
            Comparator.<Integer>comparingDouble(i -> scores[i])
                .thenComparing(Comparator.reverseOrder()));
    for (int i = 0; i < scores.length; i++) {
      if (kept.size() < count) {
        kept.add(i);
      } else if (scores[i] > scores[kept.peek()]) {
        kept.poll();
        kept.add(i);
      }
    }
    List<Integer> highest = new ArrayList<>();
    while (!kept.isEmpty()) {
      highest.add(0, kept.poll());
    }
    return highest;
  }

  /** 1 and the number of words with a higher score, or with the same and an earlier place. */
  private static int rank(float[] scores, int right) {
    int rank = 1;
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] > scores[right] || (scores[i] == scores[right] && i < right)) {
        rank++;
      }
    }
    return rank;
  }

  /**
   * hit@1, hit@10 and the mean reciprocal rank.
   *
   * @throws InvalidInputException if no fact's object is among the candidates
   */
  @Override
  public Scores score(List<Fact> facts, List<Answer> answers) {
    int[] ranks =
        answers.stream()
            .mapToInt(answer -> ((LamaAnswer) answer).rank())
            .filter(rank -> rank > 0)
            .toArray();
    if (ranks.length == 0) {
      throw InvalidInputException.of(
          "relation %s: of %d facts none has an object that is a candidate",
          relation, facts.size());
    }
    RankingMetrics ranking = RankingMetrics.of(ranks);
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put(METRICS.get(0), ranking.hitAt1());
    metrics.put(METRICS.get(1), ranking.hitAt10());
    metrics.put(METRICS.get(2), ranking.meanReciprocalRank());
    return new Scores(metrics, List.of(counts(ranks.length, answers.size() - ranks.length)));
  }

  private Scores.Table counts(int scored, int leftOut) {
    return new Scores.Table(
        "facts",
        List.of("scored", "left out", "candidates"),
        List.of(
            List.of(
                String.valueOf(scored), String.valueOf(leftOut), String.valueOf(places.size()))));
  }

  private CandidateWords bound() {
    return candidates.orElseThrow(
        () -> new IllegalStateException("which words are candidates is not known before on(…)"));
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

  /** {@code lama-} and the relation. */
  @Override
  public String name() {
    return "lama-" + relation;
  }

  @Override
  public ExampleFacts facts(Fact example) {
    return ExampleFacts.of(example.subject(), null, List.of(), !example.object().equals(UNKNOWN));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String description() {
    return "LAMA: which word is the object of relation " + relation + "?";
  }

  @Override
  public List<String> metricNames() {
    return METRICS;
  }

  @Override
  public Truncation truncation() {
    return Truncation.to(MAX_LENGTH);
  }

  @Override
  public List<Preset> presets() {
    return List.of();
  }
}
