package org.ptuning4j.spark;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.ptuning4j.InvalidInputException;

/** The parameters that {@link PromptTuning} and {@link PromptModel} have in common. */
final class ColumnParams implements Serializable {

  private static final long serialVersionUID = 1L;

  final Param<String> model;
  final Param<String> precision;
  final Param<String> words;
  final Param<String> tags;
  final Param<String> prediction;
  final Param<String> answer;
  final Param<String> error;
  final IntParam rows;

  ColumnParams(Identifiable parent) {
    model =
        text(
            parent,
            "model",
            "The model's folder, with config.json, weights and tokenizer: the same path on every"
                + " machine, or on storage that all share.");
    precision =
        text(parent, "precision", "Of the frozen model: auto, fp32, bf16, and int8 for answers.");
    words =
        text(
            parent,
            "wordsCol",
            "Of tasks on words: the column with a list of them. Tasks that are given by name read"
                + " 'words', 'tokens' or 'text' without it.");
    tags = text(parent, "tagsCol", "Of tasks on words: the column with a list of their tags.");
    prediction = text(parent, "predictionCol", "The new column for what is predicted, as a text.");
    answer =
        text(
            parent,
            "answerCol",
            "The new column for the whole answer as JSON: probabilities, entities with their"
                + " places, and so on.");
    error =
        text(
            parent,
            "errorCol",
            "The new column that says why a row has no answer; null where it has one.");
    rows =
        new IntParam(
            parent, "rowsAtOnce", "How many rows of a partition are answered together, 1 or more.");
  }

  static Param<String> text(Identifiable parent, String name, String documentation) {
    return new Param<>(parent, name, documentation);
  }

  /** Gives all but the model a value. */
  void setDefaults(Params owner) {
    owner.setDefault(precision, "auto");
    owner.setDefault(words, "");
    owner.setDefault(tags, "");
    owner.setDefault(prediction, "prediction");
    owner.setDefault(answer, "answer");
    owner.setDefault(error, "error");
    owner.setDefault(rows, 1024);
  }

  /** The columns that a model adds to a frame. */
  StructType added(Params owner, StructType schema) {
    StructType more = schema;
    for (Param<String> column : List.of(prediction, answer, error)) {
      String name = owner.getOrDefault(column);
      if (List.of(more.fieldNames()).contains(name)) {
        throw InvalidInputException.of(
            "%s: there is a column '%s' already; choose another name, or drop it",
            column.name(), name);
      }
      more = more.add(name, DataTypes.StringType, true);
    }
    return more;
  }

  List<Param<?>> all() {
    return List.of(model, precision, words, tags, prediction, answer, error, rows);
  }

  /** What tasks call the columns of words and tags. */
  static Map<String, String> renamed(String words, String tags) {
    Map<String, String> renamed = new LinkedHashMap<>();
    if (!words.isEmpty()) {
      renamed.put(words, "words");
    }
    if (!tags.isEmpty()) {
      renamed.put(tags, "tags");
    }
    return renamed;
  }
}
