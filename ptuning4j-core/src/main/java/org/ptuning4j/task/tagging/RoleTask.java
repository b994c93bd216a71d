package org.ptuning4j.task.tagging;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.ptuning4j.Fields;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.tagging.RoleFormat;
import org.ptuning4j.data.tagging.RoleFrame;
import org.ptuning4j.data.tagging.RoleReader;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.TokenHeadSpec;
import org.ptuning4j.metric.EntityScores;
import org.ptuning4j.metric.EntityScores.Chunk;
import org.ptuning4j.metric.RoleScores;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleFacts;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.Values;
import org.ptuning4j.text.Truncation;

/**
 * Semantic roles: who did what to whom, one tag a word for one predicate. The model reads the
 * sentence and behind it, as a second text, the predicate; see {@link PredicateMark} for how it
 * knows which word is meant. A sentence that is too long is read in windows: one with the predicate
 * in its midst, and others in which the predicate is repeated on the side on which it stands.
 *
 * <p>The first metric is micro-F1 over all spans as seqeval counts them, that of the predicate's
 * own tag too, as the published figures of P-tuning v2 do; {@code srl_f1} is that of the CoNLL-2005
 * script, which leaves the predicate out and joins discontinuous arguments.
 *
 * @param name its name: letters, digits, {@code -} and {@code _}
 * @param description one line on what it asks
 * @param labels the tags in IOB2, {@code O} first, in the order of the head's outputs; empty until
 *     they are learnt. A tag that only evaluation data has is never predicted and counts as missed
 * @param reader how files are read
 * @param predicate how the model is told the predicate
 * @param decoding how tags are chosen
 * @param truncation how long windows are, and how many tokens neighbours share
 * @param presets published settings
 */
public record RoleTask(
    String name,
    String description,
    List<String> labels,
    RoleReader reader,
    PredicateMark predicate,
    Decoding decoding,
    Truncation truncation,
    List<Preset> presets)
    implements Task<RoleFrame> {

  /** Its kind in packs. */
  public static final String KIND = "roles";

  /** Checks every field and copies the lists. */
  public RoleTask {
    TaskName.require(name);
    Objects.requireNonNull(description, "description");
    labels = TagDecoder.checked(name, labels);
    Objects.requireNonNull(reader, "reader");
    Objects.requireNonNull(predicate, "predicate");
    Objects.requireNonNull(decoding, "decoding");
    Objects.requireNonNull(truncation, "truncation");
    presets = List.copyOf(presets);
  }

  /** A task whose labels are learnt, on files of any format. */
  public static RoleTask named(String name, String description) {
    return new RoleTask(
        name,
        description,
        List.of(),
        new RoleReader(),
        PredicateMark.MARKER,
        Decoding.VITERBI,
        EntityTask.WINDOWS,
        List.of());
  }

  /** The same task with these tags. */
  public RoleTask withLabels(List<String> newLabels) {
    return new RoleTask(
        name, description, newLabels, reader, predicate, decoding, truncation, presets);
  }

  /** The same task on files read in another way. */
  public RoleTask withReader(RoleReader newReader) {
    return new RoleTask(
        name, description, labels, newReader, predicate, decoding, truncation, presets);
  }

  /** The same task telling the predicate in another way. */
  public RoleTask withPredicate(PredicateMark newPredicate) {
    return new RoleTask(
        name, description, labels, reader, newPredicate, decoding, truncation, presets);
  }

  /** The same task choosing tags in another way. */
  public RoleTask withDecoding(Decoding newDecoding) {
    return new RoleTask(
        name, description, labels, reader, predicate, newDecoding, truncation, presets);
  }

  /** The same task with other windows. */
  public RoleTask withTruncation(Truncation newTruncation) {
    return new RoleTask(
        name, description, labels, reader, predicate, decoding, newTruncation, presets);
  }

  /** The same task with published settings. */
  public RoleTask withPresets(List<Preset> newPresets) {
    return new RoleTask(
        name, description, labels, reader, predicate, decoding, truncation, newPresets);
  }

  /** The task of a definition, as {@link #definition} writes it. */
  public static RoleTask of(Fields fields) {
    fields.requireOnly(
        List.of(
            "kind",
            "name",
            "description",
            "labels",
            "format",
            "word_column",
            "predicate_column",
            "predicate",
            "decoding",
            "truncation",
            "max_length",
            "stride"));
    RoleReader any = new RoleReader();
    return new RoleTask(
        fields.text("name"),
        fields.optionalText("description").orElse("the arguments of a predicate"),
        fields.textsOrNone("labels"),
        any.withFormat(fields.optionalText("format").map(RoleFormat::parse).orElse(any.format()))
            .withColumns(
                fields.integer("word_column", any.wordColumn()),
                fields.integer("predicate_column", any.predicateColumn())),
        fields.optionalText("predicate").map(PredicateMark::parse).orElse(PredicateMark.MARKER),
        fields.optionalText("decoding").map(Decoding::parse).orElse(Decoding.VITERBI),
        Truncations.read(fields, EntityTask.WINDOWS),
        List.of());
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    definition.put("name", name);
    definition.put("description", description);
    definition.put("labels", labels);
    definition.put("format", reader.format().label());
    definition.put("word_column", reader.wordColumn());
    definition.put("predicate_column", reader.predicateColumn());
    definition.put("predicate", predicate.label());
    definition.put("decoding", decoding.label());
    definition.putAll(Truncations.write(truncation));
    return definition;
  }

  /** All but JSON lines, whose rows {@link #readRow} takes one by one. */
  @Override
  public boolean hasOwnFormat(Path file) {
    return !file.toString().matches("(?i).*\\.(jsonl|ndjson|csv|tsv|txt)(\\.gz)?");
  }

  @Override
  public ExampleFacts facts(RoleFrame example) {
    return ExampleFacts.ofTags(
        example.words(), example.words().get(example.predicate()), example.tags());
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<String> metricNames() {
    return List.of("f1", "precision", "recall", "srl_f1", "perfect_frames");
  }

  @Override
  public Examples<RoleFrame> read(Path file) {
    return reader.read(file);
  }

  @Override
  public Examples<RoleFrame> readUnlabelled(Path file) {
    return reader.readUnlabelled(file);
  }

  /**
   * Reads {@code words} (or {@code tokens}), or {@code text}, which is split at white space, and
   * {@code predicate}, the index of a word counted from 0.
   */
  @Override
  public RoleFrame readRow(Row row) throws UnusableRowException {
    List<String> words = WordColumns.of(row).words();
    Object lemma = row.get("lemma");
    return new RoleFrame(
        row.line(),
        words,
        predicate(row.get("predicate"), words.size()),
        List.of(),
        lemma == null ? null : lemma.toString());
  }

  private static int predicate(Object value, int words) throws UnusableRowException {
    boolean number = value instanceof Integer || value instanceof Long;
    boolean digits = value instanceof String text && text.strip().matches("\\d{1,9}");
    long index = number || digits ? Long.parseLong(value.toString().strip()) : -1;
    if (index < 0 || index >= words) {
      throw new UnusableRowException(
          "'predicate' is "
              + (value == null ? "missing" : Values.shown(value))
              + "; it should be the index of a word, from 0 to "
              + (words - 1));
    }
    return (int) index;
  }

  @Override
  public RoleTask learn(Examples<RoleFrame> training) {
    return labels.isEmpty()
        ? withLabels(
            TagDecoder.learn(
                training.file(), training.examples().stream().map(RoleFrame::tags).toList()))
        : this;
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return new TokenHeadSpec(labels.size(), options.dropout());
  }

  @Override
  public List<Item> items(RoleFrame example, ItemEncoder encoder) {
    TagDecoder decoder = new TagDecoder(labels);
    return WordWindows.around(
            example.words(),
            example.predicate(),
            predicate == PredicateMark.MARKER,
            example.words().get(example.predicate()),
            truncation.stride(),
            encoder)
        .stream()
        .map(window -> decoder.item(window, example.tags()))
        .toList();
  }

  @Override
  public RoleAnswer answer(RoleFrame example, List<Item> items, List<float[]> scores) {
    TagDecoder decoder = new TagDecoder(labels);
    TagDecoder.Decoded decoded =
        decoder.decode(decoding, decoder.logProbabilities(example.words().size(), items, scores));
    List<RoleAnswer.Argument> arguments =
        RoleScores.arguments(decoded.tags()).stream()
            .map(argument -> argument(argument, example.words(), decoded))
            .toList();
    return new RoleAnswer(example.words(), example.predicate(), decoded.tags(), arguments);
  }

  private static RoleAnswer.Argument argument(
      RoleScores.Argument argument, List<String> words, TagDecoder.Decoded decoded) {
    double logs = 0;
    int length = 0;
    for (Chunk part : argument.parts()) {
      int own = part.last() - part.first() + 1;
      logs += own * Math.log(decoded.probability(part.first(), part.last()));
      length += own;
    }
    return new RoleAnswer.Argument(
        argument.role(),
        argument.parts().stream()
            .map(part -> new RoleAnswer.Part(part.first(), part.last()))
            .toList(),
        argument.parts().stream()
            .map(part -> String.join(" ", words.subList(part.first(), part.last() + 1)))
            .collect(Collectors.joining(" … ")),
        Math.exp(logs / length));
  }

  @Override
  public Scores score(List<RoleFrame> examples, List<Answer> answers) {
    List<List<String>> truth = examples.stream().map(RoleFrame::tags).toList();
    List<List<String>> found =
        answers.stream().map(answer -> ((RoleAnswer) answer).tags()).toList();
    EntityScores spans = EntityScores.of(truth, found);
    RoleScores roles = RoleScores.of(truth, found);
    List<List<String>> rows = new ArrayList<>();
    roles.roles().forEach((role, score) -> rows.add(LabelScores.row(role, score)));
    return Scores.builder()
        .metric("f1", spans.total().definedF1())
        .metric("precision", spans.total().definedPrecision())
        .metric("recall", spans.total().definedRecall())
        .metric("srl_f1", roles.total().definedF1())
        .metric("perfect_frames", roles.perfectFrames())
        .table(
            new Scores.Table(
                "arguments", List.of("", "precision", "recall", "f1", "arguments"), rows))
        .build();
  }
}
