package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.data.BadRowCounts;
import org.ptuning4j.data.Examples;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/**
 * The data of a run: its files, read and checked before any model is loaded, and then encoded for
 * the model. What is odd about them is told to the run's listener.
 */
final class RunData {

  /** The special tokens of a text and one more: what a text may be cut to. */
  private static final int SHORTEST_TEXT = 3;

  private final TrainingConfig config;
  private final TextTokenizer tokenizer;
  private final Direction direction;
  private final TrainingListener listener;
  private final List<EncodedTask.Read<?>> files = new ArrayList<>();

  private RunData(
      TrainingConfig config,
      TextTokenizer tokenizer,
      Direction direction,
      TrainingListener listener) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.direction = direction;
    this.listener = listener;
  }

  /**
   * Reads the files of all tasks.
   *
   * @param direction which way the model sees a text
   * @throws InvalidInputException if a file cannot be used, or a task lacks what the method needs
   */
  static RunData read(
      List<TaskData> tasks,
      TrainingConfig config,
      TextTokenizer tokenizer,
      Direction direction,
      TrainingListener listener) {
    RunData data = new RunData(config, tokenizer, direction, listener);
    tasks.forEach(task -> data.files.add(data.read(task)));
    return data;
  }

  private EncodedTask.Read<?> read(TaskData task) {
    requireTemplate(task.task());
    EncodedTask.Read<?> part =
        EncodedTask.read(
            task.name(),
            task.task(),
            task.data(),
            RowSelection.of(config),
            tokenizer,
            direction,
            config.method().inputTokens());
    warnOfBadRows(part.train());
    warnOfBadRows(part.dev());
    part.warnings().forEach(listener::warned);
    return part;
  }

  private void warnOfBadRows(Examples<?> file) {
    if (!file.badRows().isEmpty()) {
      int count = file.badRows().size();
      listener.warned(
          file.file()
              + (count == 1
                  ? ": 1 bad row is left out: "
                  : ": " + count + " bad rows are left out: ")
              + BadRowCounts.of(file.badRows()));
    }
  }

  private void requireTemplate(Task<?> each) {
    if (config.method().needsTemplate() && !each.hasTemplate()) {
      throw InvalidInputException.of(
          "method: %s needs a template with a mask and words for the labels, and task '%s' has"
              + " none",
          config.method().name(), each.name());
    }
  }

  /**
   * Encodes the examples.
   *
   * @param backbone what reads them
   * @throws InvalidInputException if the longest text and the prompt, or a document before it, do
   *     not fit its positions
   */
  List<EncodedTask<?>> encode(Backbone backbone) {
    BackboneSpec spec = backbone.spec();
    ItemEncoder encoder = new ItemEncoder(tokenizer, config.maxLength(), direction);
    List<EncodedTask<?>> parts = new ArrayList<>();
    KnownTokens known = new KnownTokens(tokenizer, spec.vocabulary());
    for (EncodedTask.Read<?> part : files) {
      EncodedTask<?> encoded = part.encode(encoder, known, config.method().inputTokens());
      int unreadable = encoded.skippedRows() - part.skippedRows();
      if (unreadable > 0) {
        listener.warned(
            unreadable == 1
                ? "1 row that the model cannot read is left out"
                : unreadable + " rows that the model cannot read are left out");
      }
      parts.add(encoded);
    }
    requirePositions(spec, parts);
    parts.forEach(part -> requireDocument(part, backbone, known));
    return parts;
  }

  private void requireDocument(EncodedTask<?> part, Backbone backbone, KnownTokens known) {
    int text = Math.max(part.train().longest(), part.dev().longest()) - part.prefix();
    part.document().ifPresent(each -> each.requireFit(backbone, known, text, config));
  }

  private void requirePositions(BackboneSpec spec, List<EncodedTask<?>> parts) {
    int shift = config.method().positionShift();
    for (EncodedTask<?> part : parts) {
      int longest = Math.max(part.train().longest(), part.dev().longest());
      int prompt = shift + part.prefix();
      int text = longest - part.prefix();
      if (shift + longest > spec.maxPositions()) {
        int left = spec.maxPositions() - prompt;
        String length = "set %7$s to %6$d or less";
        String cure =
            prompt == 0
                ? length
                : "shorten the prompt" + (left < SHORTEST_TEXT ? "" : ", or " + length);
        throw InvalidInputException.of(
            (prompt == 0 ? "" : "%5$s %1$d and ")
                + "the longest text of %2$d tokens need%8$s %3$d positions, but this"
                + " backbone has %4$d: "
                + cure,
            prompt,
            text,
            shift + longest,
            spec.maxPositions(),
            new SettingName("prompt-length"),
            left,
            new SettingName("max-length"),
            prompt == 0 ? "s" : "");
      }
    }
  }
}
