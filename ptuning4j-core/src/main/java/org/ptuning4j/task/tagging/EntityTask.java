package org.ptuning4j.task.tagging;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.tagging.ConllReader;
import org.ptuning4j.data.tagging.EntityJsonReader;
import org.ptuning4j.data.tagging.TagNames;
import org.ptuning4j.data.tagging.TagScheme;
import org.ptuning4j.data.tagging.TaggedSentence;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.Truncations;
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
 * @param info its name, metrics and the like
 * @param labels the tags in IOB2, {@code O} first, in the order of the head's outputs; empty where
 *     the training data will tell them. A tag that only evaluation data has is never predicted and
 *     counts as missed
 * @param columns how files of columns are read; its scheme also holds for JSON
 * @param decoding how tags are chosen
 */
public record EntityTask(TaskInfo info, List<String> labels, ConllReader columns, Decoding decoding)
    implements TagTask<TaggedSentence> {

  /** Its kind in packs. */
  public static final String KIND = "entities";

  /** 128 tokens, of which neighbouring windows share 32. */
  static final Truncation WINDOWS = new Truncation(128, Truncation.Strategy.ONLY_FIRST, 32);

  /** Micro-averaged over entities as seqeval counts them. */
  private static final List<String> METRICS = List.of("f1", "precision", "recall");

  /** Checks every field and copies the list. */
  public EntityTask {
    labels = TagDecoder.checked(info.name(), labels);
    Objects.requireNonNull(columns, "columns");
    Objects.requireNonNull(decoding, "decoding");
  }

  /** A task whose labels are learnt, on files with words first and tags last. */
  public static EntityTask named(String name, String description) {
    return new EntityTask(
        TaskInfo.of(name, description, METRICS, WINDOWS),
        List.of(),
        new ConllReader(),
        Decoding.VITERBI);
  }

  @Override
  public EntityTask withLabels(List<String> newLabels) {
    return new EntityTask(info, newLabels, columns, decoding);
  }

  /** The same task on files of other columns. */
  public EntityTask withColumns(ConllReader newColumns) {
    return new EntityTask(info, labels, newColumns, decoding);
  }

  /** The same task on files whose tags may be numbers. */
  public EntityTask withTagNames(TagNames newNames) {
    return withColumns(columns.withTagNames(newNames));
  }

  @Override
  public EntityTask withDecoding(Decoding newDecoding) {
    return new EntityTask(info, labels, columns, newDecoding);
  }

  /** The same task with other windows. */
  public EntityTask withTruncation(Truncation newTruncation) {
    return new EntityTask(info.withTruncation(newTruncation), labels, columns, decoding);
  }

  /** The same task with published settings. */
  public EntityTask withPresets(List<Preset> newPresets) {
    return new EntityTask(info.withPresets(newPresets), labels, columns, decoding);
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
            "tag_names",
            "tag_field",
            "decoding",
            "truncation",
            "max_length",
            "stride"));
    if (fields.has("tag_field") && !fields.has("tag_names")) {
      throw InvalidInputException.of(
          "task '%s': tag_field is given without tag_names, whose field it is",
          fields.text("name"));
    }
    ConllReader columns =
        new ConllReader()
            .withColumns(
                fields.integer("word_column", 1), fields.integer("tag_column", ConllReader.LAST))
            .withScheme(fields.optionalText("scheme").map(TagScheme::parse).orElse(null))
            .withTagNames(
                fields.has("tag_names")
                    ? new TagNames(
                        fields.texts("tag_names"), fields.optionalText("tag_field").orElse(""))
                    : TagNames.NONE);
    return new EntityTask(
        TaskInfo.read(
            fields, TaskInfo.of(fields.text("name"), "one tag for each word", METRICS, WINDOWS)),
        fields.textsOrNone("labels"),
        fields.flag("comments", false) ? columns.withComments() : columns,
        fields.optionalText("decoding").map(Decoding::parse).orElse(Decoding.VITERBI));
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    info.writeNames(definition);
    definition.put("labels", labels);
    definition.put("word_column", columns.wordColumn());
    definition.put("tag_column", columns.tagColumn());
    definition.put("scheme", columns.scheme() == null ? null : columns.scheme().label());
    definition.put("comments", columns.comments());
    if (!columns.tagNames().names().isEmpty()) {
      definition.put("tag_names", columns.tagNames().names());
      if (!columns.tagNames().field().isEmpty()) {
        definition.put("tag_field", columns.tagNames().field());
      }
    }
    definition.put("decoding", decoding.label());
    definition.putAll(Truncations.write(truncation(), WINDOWS));
    return definition;
  }

  @Override
  public Optional<FileFormat> ownFormat(TextInput input) throws IOException {
    if (columns.isIn(input)) {
      return Optional.of(columns.formatOf(input));
    }
    return EntityJsonReader.isNested(input) ? Optional.of(FileFormat.JSONL) : Optional.empty();
  }

  @Override
  public Map<String, String> labelWords() {
    return TagDecoder.types(labels);
  }

  @Override
  public ExampleContent content(TaggedSentence example) {
    return ExampleContent.ofTags(example.words(), null, example.tags());
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public boolean answersWords() {
    return true;
  }

  /** Words, or a text that is split into them. */
  @Override
  public TaskInputs inputs() {
    return TaskInputs.of(WordColumns.INPUT);
  }

  @Override
  public AnswerSchema answerSchema() {
    return EntityAnswer.SCHEMA;
  }

  @Override
  public Examples<TaggedSentence> read(InputFile file) {
    return isJson(file) ? json().read(file) : columns.read(file);
  }

  @Override
  public Examples<TaggedSentence> readUnlabelled(InputFile file) {
    return isJson(file) ? json().readUnlabelled(file) : columns.readUnlabelled(file);
  }

  private EntityJsonReader json() {
    return new EntityJsonReader(columns.scheme(), columns.tagNames());
  }

  private static boolean isJson(InputFile file) {
    return switch (file.settings().format()) {
      case AUTO -> FileFormat.isJson(file.look(TextInput::firstLine));
      case JSONL -> true;
      case CONLL, CONLL12 -> false;
      default ->
          throw InvalidInputException.of(
              "format: %s holds no words with tags; those that do are conll and jsonl",
              file.settings().format().label());
    };
  }

  /** Reads {@code words} (or {@code tokens}), or {@code text}, which is split at white space. */
  @Override
  public TaggedSentence readRow(Row row) throws UnusableRowException {
    WordColumns columns = WordColumns.of(row);
    return new TaggedSentence(row.source(), columns.words(), List.of(), 0, columns.text());
  }

  @Override
  public PreparedEntities prepare(Preparation<TaggedSentence> by) {
    return new PreparedEntities(by.training().map(this::learnt).orElse(this));
  }

  @Override
  public EntityTask learnt(Examples<TaggedSentence> training) {
    return labels.isEmpty()
        ? withLabels(
            TagDecoder.learn(
                training.file(), training.examples().stream().map(TaggedSentence::tags).toList()))
        : this;
  }
}
