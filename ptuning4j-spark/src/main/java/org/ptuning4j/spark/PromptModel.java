package org.ptuning4j.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.spark.inference.PackAnswers;
import org.ptuning4j.spark.inference.PackContent;
import org.ptuning4j.spark.row.RowValues;
import org.ptuning4j.spark.training.FileBundle;
import org.ptuning4j.train.config.TrainingSettings;

/**
 * Answers the rows of a data frame by one trained prompt, or by several over the same model: then a
 * column says which. Each executor has the model in memory once; rows of different packs share its
 * batches. A row that cannot be used has no answer and a text in the error column that says why.
 *
 * <pre>{@code
 * Dataset<Row> answers = model.transform(frame); // + prediction, answer, error
 * }</pre>
 */
public final class PromptModel extends Model<PromptModel> implements MLWritable {

  private static final long serialVersionUID = 1L;

  /** What the only pack is called. */
  private static final String ONLY = "pack";

  private final String uid;
  private final LinkedHashMap<String, PackContent> packs;
  private final String result;
  private final ColumnParams columns;
  private final Param<String> pack;

  PromptModel(FileBundle only, String result) {
    this(
        Identifiable$.MODULE$.randomUID("promptModel"),
        Map.of(ONLY, PackContent.of(ONLY, only)),
        result);
  }

  PromptModel(String uid, Map<String, PackContent> packs, String result) {
    this.uid = uid;
    this.packs = new LinkedHashMap<>(packs);
    this.result = result;
    this.columns = new ColumnParams(this);
    this.pack =
        ColumnParams.text(
            this,
            "packCol",
            "The column that names each row's pack; needed where there are several.");
    columns.setDefaults(this);
    setDefault(pack, "");
  }

  /**
   * A model that answers by packs of files.
   *
   * @param model the model's folder, the same path on every machine
   * @param packs the folder of each pack at this machine, by the name that rows call it
   */
  public static PromptModel of(String model, Map<String, String> packs) {
    if (packs.isEmpty()) {
      throw new InvalidInputException("packs: one at least is needed");
    }
    Map<String, PackContent> read = new LinkedHashMap<>();
    packs.forEach(
        (name, folder) -> read.put(name, PackContent.of(name, FileBundle.of(Path.of(folder)))));
    return new PromptModel(Identifiable$.MODULE$.randomUID("promptModel"), read, "{}")
        .setModel(model);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Param<?>[] params() {
    List<Param<?>> all = new ArrayList<>(columns.all());
    all.add(pack);
    return all.toArray(Param<?>[]::new);
  }

  /** The model's folder, the same path on every machine. */
  public PromptModel setModel(String value) {
    return with("model", value);
  }

  /** The column that names each row's pack. */
  public PromptModel setPackCol(String value) {
    return with("packCol", value);
  }

  /** The new column for what is predicted. */
  public PromptModel setPredictionCol(String value) {
    return with("predictionCol", value);
  }

  /** The new column for the whole answer as JSON. */
  public PromptModel setAnswerCol(String value) {
    return with("answerCol", value);
  }

  /** The new column that says why there is no answer. */
  public PromptModel setErrorCol(String value) {
    return with("errorCol", value);
  }

  /** The precision of the model. */
  public PromptModel setPrecision(String value) {
    return with("precision", value);
  }

  /** How many rows are answered together. */
  public PromptModel setRowsAtOnce(int value) {
    return with("rowsAtOnce", value);
  }

  private PromptModel with(String name, Object value) {
    set(name, value);
    return this;
  }

  /** The names of the packs. */
  public List<String> packNames() {
    return List.copyOf(packs.keySet());
  }

  /** The result of the run that made it, as JSON; an empty object where no run did. */
  public String result() {
    return result;
  }

  /** Writes a pack into a folder of this machine, for {@code ptune} and servers. */
  public void writePack(String name, String folder) {
    PackContent content = packs.get(name);
    if (content == null) {
      throw InvalidInputException.of(
          "pack: there is no '%s'; there are %s", name, String.join(", ", packs.keySet()));
    }
    content.files().writeTo(Path.of(folder));
  }

  Map<String, PackContent> packs() {
    return packs;
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    if (!isDefined(columns.model)) {
      throw InvalidInputException.of("model: is missing; %s", columns.model.doc());
    }
    Broadcast<Map<String, PackContent>> all =
        JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext()).broadcast(packs);
    PackAnswers answers =
        new PackAnswers(
            getOrDefault(columns.model),
            TrainingSettings.PRECISION.read(getOrDefault(columns.precision)),
            all,
            getOrDefault(pack),
            new RowValues(
                ColumnParams.renamed(getOrDefault(columns.words), getOrDefault(columns.tags))),
            (Integer) getOrDefault(columns.rows));
    return dataset.toDF().mapPartitions(answers, Encoders.row(schema));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    String column = getOrDefault(pack);
    if (column.isEmpty() && packs.size() > 1) {
      throw InvalidInputException.of(
          "packCol: there are %d packs; name the column that says which one a row is for",
          packs.size());
    }
    if (!column.isEmpty() && !List.of(schema.fieldNames()).contains(column)) {
      throw InvalidInputException.of(
          "packCol: there is no column '%s'; there are %s",
          column, String.join(", ", schema.fieldNames()));
    }
    return columns.added(this, schema);
  }

  @Override
  public PromptModel copy(ParamMap extra) {
    return copyValues(new PromptModel(uid, packs, result), extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new PromptModelFiles.Writer(this);
  }

  /** Reads one that was saved. */
  public static MLReader<PromptModel> read() {
    return new PromptModelFiles.Reader();
  }

  /** Reads one that was saved in a folder. */
  public static PromptModel load(String path) {
    return read().load(path);
  }
}
