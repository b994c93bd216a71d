package org.ptuning4j.task.tagging;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.ptuning4j.Fields;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.tagging.RoleFormat;
import org.ptuning4j.data.tagging.RoleFrame;
import org.ptuning4j.data.tagging.RoleReader;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.template.ColumnValues;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.text.Truncation;

/**
 * Semantic roles: who did what to whom, one tag a word for one predicate. The model reads the
 * sentence and behind it, as a second text, the predicate; see {@link PredicateMark} for how it
 * knows which word is meant. A sentence that is too long is read in windows: one with the predicate
 * in its middle, and others in which the predicate is repeated on the side on which it stands.
 *
 * <p>The first metric is micro-F1 over all spans as seqeval counts them, that of the predicate's
 * own tag too, as the published figures of P-tuning v2 do; {@code srl_f1} is that of the CoNLL-2005
 * script, which leaves the predicate out and joins discontinuous arguments.
 *
 * @param info its name, metrics and the like
 * @param labels the tags in IOB2, {@code O} first, in the order of the head's outputs; empty where
 *     the training data will tell them. A tag that only evaluation data has is never predicted and
 *     counts as missed
 * @param reader how files are read
 * @param predicate how the model is told the predicate
 * @param decoding how tags are chosen
 */
public record RoleTask(
    TaskInfo info,
    List<String> labels,
    RoleReader reader,
    PredicateMark predicate,
    Decoding decoding)
    implements TagTask<RoleFrame> {

  /** Its kind in packs. */
  public static final String KIND = "roles";

  private static final String LEMMA = "lemma";

  private static final List<String> METRICS =
      List.of("f1", "precision", "recall", "srl_f1", "perfect_frames");

  /** Checks every field and copies the list. */
  public RoleTask {
    labels = TagDecoder.checked(info.name(), labels);
    Objects.requireNonNull(reader, "reader");
    Objects.requireNonNull(predicate, "predicate");
    Objects.requireNonNull(decoding, "decoding");
  }

  /** A task whose labels are learnt, on files of any format. */
  public static RoleTask named(String name, String description) {
    return new RoleTask(
        TaskInfo.of(name, description, METRICS, EntityTask.WINDOWS),
        List.of(),
        new RoleReader(),
        PredicateMark.MARKER,
        Decoding.VITERBI);
  }

  @Override
  public RoleTask withLabels(List<String> newLabels) {
    return new RoleTask(info, newLabels, reader, predicate, decoding);
  }

  /** The same task on files read in another way. */
  public RoleTask withReader(RoleReader newReader) {
    return new RoleTask(info, labels, newReader, predicate, decoding);
  }

  /** The same task telling the predicate in another way. */
  public RoleTask withPredicate(PredicateMark newPredicate) {
    return new RoleTask(info, labels, reader, newPredicate, decoding);
  }

  @Override
  public RoleTask withDecoding(Decoding newDecoding) {
    return new RoleTask(info, labels, reader, predicate, newDecoding);
  }

  /** The same task with other windows. */
  public RoleTask withTruncation(Truncation newTruncation) {
    return new RoleTask(info.withTruncation(newTruncation), labels, reader, predicate, decoding);
  }

  /** The same task with published settings. */
  public RoleTask withPresets(List<Preset> newPresets) {
    return new RoleTask(info.withPresets(newPresets), labels, reader, predicate, decoding);
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
        TaskInfo.read(
            fields,
            TaskInfo.of(
                fields.text("name"), "the arguments of a predicate", METRICS, EntityTask.WINDOWS)),
        fields.textsOrNone("labels"),
        any.withFormat(fields.optionalText("format").map(RoleFormat::parse).orElse(any.format()))
            .withColumns(
                fields.integer("word_column", any.wordColumn()),
                fields.integer("predicate_column", any.predicateColumn())),
        fields.optionalText("predicate").map(PredicateMark::parse).orElse(PredicateMark.MARKER),
        fields.optionalText("decoding").map(Decoding::parse).orElse(Decoding.VITERBI));
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    info.writeNames(definition);
    definition.put("labels", labels);
    definition.put("format", reader.format().label());
    definition.put("word_column", reader.wordColumn());
    definition.put("predicate_column", reader.predicateColumn());
    definition.put("predicate", predicate.label());
    definition.put("decoding", decoding.label());
    definition.putAll(Truncations.write(truncation(), EntityTask.WINDOWS));
    return definition;
  }

  @Override
  public Optional<FileFormat> ownFormat(TextInput input) throws IOException {
    return reader.ownFormat(input);
  }

  @Override
  public Map<String, String> labelWords() {
    return TagDecoder.types(labels);
  }

  /** With the predicate marked as the model reads it: a sentence may have its word twice. */
  @Override
  public ExampleContent content(RoleFrame example) {
    int at = example.predicate();
    List<String> words = new ArrayList<>(example.words());
    if (predicate == PredicateMark.MARKER) {
      words.add(at + 1, WordWindows.MARKER);
      words.add(at, WordWindows.MARKER);
    }
    return ExampleContent.ofTags(words, example.words().get(at), example.tags());
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public boolean answersWords() {
    return true;
  }

  /**
   * Words, or a text that is split into them, and the index of the predicate among them; its lemma
   * may be there.
   */
  @Override
  public TaskInputs inputs() {
    return TaskInputs.of(
            WordColumns.INPUT,
            new TaskInputs.Field(
                "predicate", TaskInputs.Kind.WHOLE_NUMBER, Template.column("predicate")))
        .reading(List.of(LEMMA));
  }

  @Override
  public AnswerSchema answerSchema() {
    return RoleAnswer.SCHEMA;
  }

  @Override
  public Examples<RoleFrame> read(InputFile file) {
    return reader.read(file);
  }

  @Override
  public Examples<RoleFrame> readUnlabelled(InputFile file) {
    return reader.readUnlabelled(file);
  }

  /**
   * Reads {@code words} (or {@code tokens}), or {@code text}, which is split at white space, and
   * {@code predicate}, the index of a word counted from 0.
   */
  @Override
  public RoleFrame readRow(Row row) throws UnusableRowException {
    List<String> words = WordColumns.of(row).words();
    Object lemma = row.get(LEMMA);
    return new RoleFrame(
        row.source(),
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
              + (value == null ? "missing" : ColumnValues.shown(value))
              + "; it should be the index of a word, from 0 to "
              + (words - 1));
    }
    return (int) index;
  }

  @Override
  public PreparedRoles prepare(Preparation<RoleFrame> by) {
    return new PreparedRoles(by.training().map(this::learnt).orElse(this));
  }

  @Override
  public RoleTask learnt(Examples<RoleFrame> training) {
    return labels.isEmpty()
        ? withLabels(
            TagDecoder.learn(
                training.file(), training.examples().stream().map(RoleFrame::tags).toList()))
        : this;
  }
}
