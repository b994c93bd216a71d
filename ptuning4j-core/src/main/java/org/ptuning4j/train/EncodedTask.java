package org.ptuning4j.train;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.check.DataWarnings;
import org.ptuning4j.task.check.Overlap;
import org.ptuning4j.task.check.RunCheck;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.objective.DocumentTeacher;
import org.ptuning4j.train.objective.EncodedExamples;
import org.ptuning4j.train.objective.TaskObjective;
import org.ptuning4j.train.run.Provenance;

/**
 * A task with its data, read and encoded.
 *
 * @param <E> what one example is
 * @param name what its pack is called
 * @param task the task, prepared
 * @param train what is trained on
 * @param dev what is evaluated on
 * @param contentFree for calibrating words
 * @param prefix soft tokens before each row
 * @param overlap what both files have in common
 * @param skippedRows bad rows left out of both files
 * @param fingerprints of all files
 * @param document what the prompt is to stand for; empty where targets are learnt
 */
record EncodedTask<E extends Example>(
    String name,
    PreparedTask<E> task,
    EncodedExamples<E> train,
    EncodedExamples<E> dev,
    List<Item> contentFree,
    int prefix,
    Overlap overlap,
    int skippedRows,
    Map<String, Object> fingerprints,
    Optional<Document> document) {

  /**
   * Reads both files of a task and prepares it; where rows are held out, there is one file.
   *
   * @param rows which rows of them are used
   * @param direction which way the model sees a text
   * @param softTokens the method's soft tokens at the input
   */
  static <E extends Example> Read<E> read(
      String name,
      Task<E> task,
      TrainingData data,
      RowSelection rows,
      TextTokenizer tokenizer,
      Direction direction,
      int softTokens) {
    Examples<E> read = task.read(data.train());
    read.usable(data.badRows()); // what is wrong with the file is said before what it lacks
    PreparedTask<E> prepared =
        task.prepare(Preparation.of(read, tokenizer, softTokens > 0, direction));
    Examples<E> all = prepared.usable(read);
    all.usable(data.badRows());
    RowSelection.Parts<E> parts = rows.of(task, all);
    Examples<E> train = parts.train();
    Examples<E> dev = parts.heldOut().orElseGet(() -> prepared.read(data.dev()));
    return new Read<>(
        name,
        prepared,
        train,
        dev,
        train.usable(data.badRows()),
        dev.usable(data.badRows()),
        data.badRows(),
        data.document().map(file -> Document.read(file, tokenizer)));
  }

  /**
   * What both files hold, before any model is looked at.
   *
   * @param name what its pack is called
   * @param task the task, prepared
   * @param train the training file
   * @param dev the evaluation file
   * @param trainRows its usable examples
   * @param devRows the same of the other
   * @param policy what becomes of rows that the model cannot read
   * @param document what the prompt is to stand for
   */
  record Read<E extends Example>(
      String name,
      PreparedTask<E> task,
      Examples<E> train,
      Examples<E> dev,
      List<E> trainRows,
      List<E> devRows,
      BadRowPolicy policy,
      Optional<Document> document) {

    int skippedRows() {
      return train.badRows().size() + dev.badRows().size();
    }

    /** What one should know about the files before a model is trained on them. */
    List<String> warnings() {
      return DataWarnings.ofFiles(task.task(), RunCheck.labels(task.task()), train, dev);
    }

    /**
     * Encodes the examples.
     *
     * @param known the tokens that the model can read
     * @param softTokens the method's soft tokens at the input
     */
    EncodedTask<E> encode(ItemEncoder encoder, KnownTokens known, int softTokens) {
      int prefix = SoftTokenPlacement.prefix(task, softTokens);
      EncodedExamples<E> training =
          EncodedExamples.of(task, trainRows, encoder, known, prefix).usable(train.file(), policy);
      EncodedExamples<E> evaluation =
          EncodedExamples.of(task, devRows, encoder, known, prefix).usable(dev.file(), policy);
      return new EncodedTask<>(
          name,
          task,
          training,
          evaluation,
          task.contentFree(encoder).stream().map(item -> item.withPrefix(prefix)).toList(),
          prefix,
          Overlap.between(task.task(), train, dev),
          skippedRows() + training.unreadable().size() + evaluation.unreadable().size(),
          fingerprints(),
          document);
    }

    private Map<String, Object> fingerprints() {
      Map<String, Object> files = Provenance.files(train, dev);
      document.ifPresent(each -> files.put("document", each.fingerprint()));
      return files;
    }
  }

  /** The batches of an epoch. */
  int batches(TrainingConfig config) {
    return train.batches(config.batching(), config.packing());
  }

  /**
   * What answers it.
   *
   * @param readLayer the layer that is read where it is not the last
   */
  HeadSpec head(HeadOptions options, String model, OptionalInt readLayer) {
    HeadSpec spec = task.head(options);
    if (readLayer.isPresent() && spec.usesLanguageModel()) {
      throw InvalidInputException.of(
          "%s: %d; the model's own words are read after its last layer: a linear head reads any",
          new SettingName("read-layer"), readLayer.getAsInt());
    }
    spec.requireFit(options.spec(), model);
    return spec;
  }

  TaskObjective<E> objective(
      HeadSpec head, Backbone backbone, RandomStream random, int padId, TrainingConfig config) {
    Optional<DocumentTeacher> teacher =
        document.map(each -> each.teacher(name, head, backbone, padId));
    return new TaskObjective<>(
        task,
        head.create(backbone, random),
        train,
        dev,
        overlap,
        contentFree,
        padId,
        config.packing(),
        config.regularisation(),
        teacher);
  }
}
