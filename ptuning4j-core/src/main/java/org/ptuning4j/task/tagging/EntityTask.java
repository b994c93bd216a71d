package org.ptuning4j.task.tagging;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.ptuning4j.Fields;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.tagging.ConllReader;
import org.ptuning4j.data.tagging.EntityJsonReader;
import org.ptuning4j.data.tagging.TagScheme;
import org.ptuning4j.data.tagging.TaggedSentence;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.TokenHeadSpec;
import org.ptuning4j.metric.EntityScores;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleFacts;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.Truncation;

/**
 * Named entities, or any other labelling of words: one tag a word. The first sub-word of each word
 * is judged (P-tuning v2, section 3). Sentences that are too long are read in overlapping windows,
 * and each word is judged where most is shown around it; a word of which the tokenizer leaves
 * nothing is {@code O}.
 *
 * <p>Files called {@code .json}, {@code .jsonl} or {@code .ndjson} (perhaps with {@code .gz}) are
 * read by {@link EntityJsonReader}, all others as columns.
 *
 * @param name its name: letters, digits, {@code -} and {@code _}
 * @param description one line on what it asks
 * @param labels the tags in IOB2, {@code O} first, in the order of the head's outputs; empty until
 *     they are learnt. A tag that only evaluation data has is never predicted and counts as missed
 * @param columns how files of columns are read; its scheme also holds for JSON
 * @param decoding how tags are chosen
 * @param truncation how long windows are, and how many tokens neighbours share
 * @param presets published settings
 */
public record EntityTask(
    String name,
    String description,
    List<String> labels,
    ConllReader columns,
    Decoding decoding,
    Truncation truncation,
    List<Preset> presets)
    implements Task<TaggedSentence> {

  /** Its kind in packs. */
  public static final String KIND = "entities";

  /** 128 tokens, of which neighbouring windows share 32. */
  static final Truncation WINDOWS = new Truncation(128, Truncation.Strategy.ONLY_FIRST, 32);

  private static final Pattern JSON = Pattern.compile(".*\\.(json|jsonl|ndjson)(\\.gz)?");

  /** Checks every field and copies the lists. */
  public EntityTask {
    TaskName.require(name);
    Objects.requireNonNull(description, "description");
    labels = TagDecoder.checked(name, labels);
    Objects.requireNonNull(columns, "columns");
    Objects.requireNonNull(decoding, "decoding");
    Objects.requireNonNull(truncation, "truncation");
    presets = List.copyOf(presets);
  }

  /** A task whose labels are learnt, on files with words first and tags last. */
  public static EntityTask named(String name, String description) {
    return new EntityTask(
        name, description, List.of(), new ConllReader(), Decoding.ARGMAX, WINDOWS, List.of());
  }

  /** The same task with these tags. */
  public EntityTask withLabels(List<String> newLabels) {
    return new EntityTask(name, description, newLabels, columns, decoding, truncation, presets);
  }

  /** The same task on files of other columns. */
  public EntityTask withColumns(ConllReader newColumns) {
    return new EntityTask(name, description, labels, newColumns, decoding, truncation, presets);
  }

  /** The same task choosing tags in another way. */
  public EntityTask withDecoding(Decoding newDecoding) {
    return new EntityTask(name, description, labels, columns, newDecoding, truncation, presets);
  }

  /** The same task with other windows. */
  public EntityTask withTruncation(Truncation newTruncation) {
    return new EntityTask(name, description, labels, columns, decoding, newTruncation, presets);
  }

  /** The same task with published settings. */
  public EntityTask withPresets(List<Preset> newPresets) {
    return new EntityTask(name, description, labels, columns, decoding, truncation, newPresets);
  }

  /** The task of a definition, as {@link #definition} writes it. */
  public static EntityTask of(Fields fields) {
    fields.requireOnly(
        List.of(
            "kind",
            "name",
            "description",
            "labels",
            "word_column",
            "tag_column",
            "scheme",
            "comments",
            "decoding",
            "truncation",
            "max_length",
            "stride"));
    ConllReader columns =
        new ConllReader()
            .withColumns(
                fields.integer("word_column", 1), fields.integer("tag_column", ConllReader.LAST))
            .withScheme(fields.optionalText("scheme").map(TagScheme::parse).orElse(null));
    return new EntityTask(
        fields.text("name"),
        fields.optionalText("description").orElse("one tag for each word"),
        fields.textsOrNone("labels"),
        fields.flag("comments", false) ? columns.withComments() : columns,
        fields.optionalText("decoding").map(Decoding::parse).orElse(Decoding.ARGMAX),
        Truncations.read(fields, WINDOWS),
        List.of());
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    definition.put("name", name);
    definition.put("description", description);
    definition.put("labels", labels);
    definition.put("word_column", columns.wordColumn());
    definition.put("tag_column", columns.tagColumn());
    definition.put("scheme", columns.scheme() == null ? null : columns.scheme().label());
    definition.put("comments", columns.comments());
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
  public ExampleFacts facts(TaggedSentence example) {
    return ExampleFacts.ofTags(example.words(), null, example.tags());
  }

  @Override
  public String kind() {
    return KIND;
  }

  /** Micro-averaged over entities as seqeval counts them. */
  @Override
  public List<String> metricNames() {
    return List.of("f1", "precision", "recall");
  }

  @Override
  public Examples<TaggedSentence> read(Path file) {
    return isJson(file) ? json().read(file) : columns.read(file);
  }

  @Override
  public Examples<TaggedSentence> readUnlabelled(Path file) {
    return isJson(file) ? json().readUnlabelled(file) : columns.readUnlabelled(file);
  }

  private EntityJsonReader json() {
    return new EntityJsonReader().withScheme(columns.scheme());
  }

  private static boolean isJson(Path file) {
    return JSON.matcher(file.getFileName().toString().toLowerCase(Locale.ROOT)).matches();
  }

  /** Reads {@code words} (or {@code tokens}), or {@code text}, which is split at white space. */
  @Override
  public TaggedSentence readRow(Row row) throws UnusableRowException {
    WordColumns columns = WordColumns.of(row);
    return new TaggedSentence(row.line(), columns.words(), List.of(), 0, columns.text());
  }

  @Override
  public EntityTask learn(Examples<TaggedSentence> training) {
    return labels.isEmpty()
        ? withLabels(
            TagDecoder.learn(
                training.file(), training.examples().stream().map(TaggedSentence::tags).toList()))
        : this;
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return new TokenHeadSpec(labels.size(), options.dropout());
  }

  @Override
  public List<Item> items(TaggedSentence example, ItemEncoder encoder) {
    TagDecoder decoder = new TagDecoder(labels);
    return WordWindows.of(example.words(), truncation.stride(), encoder).stream()
        .map(window -> decoder.item(window, example.tags()))
        .toList();
  }

  @Override
  public EntityAnswer answer(TaggedSentence example, List<Item> items, List<float[]> scores) {
    TagDecoder decoder = new TagDecoder(labels);
    TagDecoder.Decoded decoded =
        decoder.decode(decoding, decoder.logProbabilities(example.words().size(), items, scores));
    String text = example.text() == null ? String.join(" ", example.words()) : example.text();
    List<EntityAnswer.Entity> entities =
        EntityScores.chunks(decoded.tags(), EntityScores.Mode.DEFAULT).stream()
            .map(
                chunk ->
                    new EntityAnswer.Entity(
                        chunk.type(),
                        chunk.first(),
                        chunk.last(),
                        0,
                        0,
                        "",
                        decoded.probability(chunk.first(), chunk.last())))
            .toList();
    return new EntityAnswer(example.words(), decoded.tags(), text, entities).in(text);
  }

  @Override
  public Scores score(List<TaggedSentence> examples, List<Answer> answers) {
    EntityScores scores =
        EntityScores.of(
            examples.stream().map(TaggedSentence::tags).toList(),
            answers.stream().map(answer -> ((EntityAnswer) answer).tags()).toList());
    List<List<String>> rows = new ArrayList<>();
    scores.types().forEach((type, score) -> rows.add(LabelScores.row(type, score)));
    return Scores.builder()
        .metric("f1", scores.total().definedF1())
        .metric("precision", scores.total().definedPrecision())
        .metric("recall", scores.total().definedRecall())
        .table(
            new Scores.Table(
                "entities", List.of("", "precision", "recall", "f1", "entities"), rows))
        .build();
  }
}
