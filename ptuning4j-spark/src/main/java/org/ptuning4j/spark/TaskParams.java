package org.ptuning4j.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.Identifiable;
import org.ptuning4j.InvalidInputException;

/** The parameters that say what is learnt, and the task that they make. */
final class TaskParams implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ENTITIES = "entities";

  private final Param<String> task;
  private final Param<String> kind;
  private final Param<String> text;
  private final Param<String> pair;
  private final Param<String> label;

  TaskParams(Identifiable parent) {
    task =
        ColumnParams.text(
            parent,
            "task",
            "The name of a task that is installed, such as rte, squad or conll03, or the definition"
                + " of one as JSON, with its kind and columns. Without it the columns make one.");
    kind =
        ColumnParams.text(
            parent,
            "kind",
            "The kind of a task made of columns: sequence-classification, regression, multi-label"
                + " or text-generation; with wordsCol entities.");
    text =
        ColumnParams.text(
            parent,
            "textCol",
            "The column with the text, or a template such as \"{title}: {body}\" that makes it.");
    pair =
        ColumnParams.text(
            parent, "pairCol", "The column (or template) with the second text of a pair.");
    label = ColumnParams.text(parent, "labelCol", "The column with what is right.");
  }

  List<Param<?>> all() {
    return List.of(task, kind, text, pair, label);
  }

  void setDefaults(Params owner) {
    owner.setDefault(task, "");
    owner.setDefault(kind, "sequence-classification");
    owner.setDefault(text, "");
    owner.setDefault(pair, "");
    owner.setDefault(label, "label");
  }

  /**
   * The task's name or definition.
   *
   * @param words the column of words; empty where there is none
   */
  String chosen(Params owner, String words) {
    String named = owner.getOrDefault(task);
    String column = owner.getOrDefault(text);
    if (!named.isEmpty()) {
      if (!column.isEmpty()) {
        throw InvalidInputException.of(
            "task: '%s' knows its columns itself; leave out textCol, or task", named);
      }
      return named;
    }
    if (column.isEmpty() && words.isEmpty()) {
      throw new InvalidInputException(
          "task: say what to read: task, or textCol and labelCol, or wordsCol and tagsCol");
    }
    return words.isEmpty()
        ? ofTexts(owner, column)
        : json(Map.of("kind", ENTITIES, "name", "words"));
  }

  private String ofTexts(Params owner, String column) {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", owner.getOrDefault(kind));
    definition.put("name", "columns");
    definition.put("text", column);
    if (!owner.getOrDefault(pair).isEmpty()) {
      definition.put("pair", owner.getOrDefault(pair));
    }
    definition.put("label_column", owner.getOrDefault(label));
    return json(definition);
  }

  private static String json(Map<String, Object> definition) {
    try {
      return JSON.writeValueAsString(definition);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a definition is plain data", e);
    }
  }
}
